"""Which files are taken, and what they really are, by their content. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from zhoudao.core.access import ANYONE, Permission, Role

KEEP = Permission("files.keep", "store a file for a room whose own permission was checked", ANYONE)
OPEN = Permission("files.open", "open a stored file; the room it belongs to decides", ANYONE)
SEAL = Permission("files.seal", "seal content that an earlier release kept in plain", set())
SWEEP = Permission("files.sweep", "delete content that no room refers to", {Role.ADMINISTRATOR})

HEAD = 8192
"""Bytes from the beginning that are enough to tell every kind but the text and Office ones."""
LONGEST_NAME = 120


class BadFile(Exception):
    """A file that isn't taken; says which, why, and what was expected."""

    http_status = 400


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken."""

    code: str
    extensions: tuple[str, ...]
    content_type: str
    """What it is served as, whatever it was called when it came."""
    magic: bytes = b""
    """How it begins; empty for text."""
    member: str = ""
    """For Office files: a name the archive must hold."""


_OFFICE = "application/vnd.openxmlformats-officedocument."
ZIP = b"PK\x03\x04"
KINDS = (
    Kind("pdf", (".pdf",), "application/pdf", b"%PDF-"),
    Kind("jpeg", (".jpg", ".jpeg"), "image/jpeg", b"\xff\xd8\xff"),
    Kind("png", (".png",), "image/png", b"\x89PNG\r\n\x1a\n"),
    Kind("docx", (".docx",), _OFFICE + "wordprocessingml.document", ZIP, "word/document.xml"),
    Kind("xlsx", (".xlsx",), _OFFICE + "spreadsheetml.sheet", ZIP, "xl/workbook.xml"),
    Kind("csv", (".csv",), "text/csv; charset=utf-8"),
    Kind("text", (".txt",), "text/plain; charset=utf-8"),
)
"""Magic numbers: ISO 32000-2 7.5.2, ITU-T T.81 B.1.1.3, W3C PNG 5.2, PKWARE APPNOTE 4.3.7; Office:
ISO/IEC 29500-2.
"""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TRICKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Invisible and direction-changing characters, which can make ``exe.pdf`` of ``fdp.exe``."""


def claimed_kind(name: str) -> Kind:
    """The kind that a name's extension claims. Raises BadFile naming those that are taken."""
    extension = PurePosixPath(name).suffix.lower()
    for kind in KINDS:
        if extension in kind.extensions:
            return kind
    taken = ", ".join(extension[1:] for kind in KINDS for extension in kind.extensions)
    raise BadFile(f"{name}: files of this kind aren't taken; expected one of {taken}")


def check_head(name: str, kind: Kind, head: bytes) -> None:
    """Raises BadFile when a file doesn't begin as its name claims, saying what it really is where that is
    known.
    """
    if kind.magic and head.startswith(kind.magic):
        return
    real = next((other.code for other in KINDS if other.magic and head.startswith(other.magic)), None)
    if kind.magic or real is not None:
        found = f"it is {real}" if real and real not in ("docx", "xlsx") else "its content is something else"
        raise BadFile(f"{name}: the name says {kind.code}, but {found}; expected a real {kind.code} file")


def check_members(name: str, kind: Kind, members: Iterable[str]) -> None:
    """Raises BadFile when an archive isn't the Office file its name claims, or carries macros."""
    present = set(members)
    if "[Content_Types].xml" not in present or kind.member not in present:
        raise BadFile(
            f"{name}: the name says {kind.code}, but its content is something else; expected {kind.member}"
        )
    if any(member.lower().endswith("vbaproject.bin") for member in present):
        raise BadFile(f"{name}: it holds macros; expected a file without them (save it as {kind.code} again)")


def check_text(name: str, piece: str) -> None:
    """Raises BadFile when decoded text holds control characters, so is no text."""
    if _CONTROL.search(piece):
        raise BadFile(f"{name}: it isn't text; expected UTF-8 or GB 18030")


def clean_name(name: str) -> str:
    """A file's name as people wrote it: no folders, no control or invisible characters, not overlong."""
    base = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    base = _TRICKS.sub(
        "", _CONTROL.sub("", base.replace("\n", "").replace("\t", " ").replace("\r", ""))
    ).strip(" .")
    stem, dot, extension = base.rpartition(".")
    if not stem:
        raise BadFile(f"{name!r}: a file needs a name with an extension, such as photo.jpg")
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}{dot}{extension}"


def kind_named(code: str) -> Kind:
    return next(kind for kind in KINDS if kind.code == code)
