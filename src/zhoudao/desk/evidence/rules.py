"""Who may bring evidence in and look at it, what is taken, and what a cleaning is. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from zhoudao.core.access import Permission, Role
from zhoudao.desk.cases.rules import DESK_ROLES

IMPORT = Permission("evidence.import", "bring files into a case, and clean them", {Role.ANALYST})
LOOK = Permission("evidence.look", "look at a case's files, ledger and raw lines", DESK_ROLES)
EXPORT = Permission("evidence.export", "take rows or files out of a case", {Role.ANALYST})
CLEAN = Permission("evidence.clean", "run the cleaning of a case's files", ())
"""Nobody but the platform's own worker, for somebody who may import."""

MOST_MEMBERS = 10_000
"""Files in one archive."""
MOST_UNPACKED = 8 * 1024**3
"""Bytes an archive may unpack to."""
CONFIRMED = "confirmed "
"""What the name of a layout that an analyst confirmed begins with."""
LONGEST_NAME = 200


class FileState(StrEnum):
    KEPT = "kept"
    """In the vault, and part of every cleaning from now on."""
    ARCHIVE = "archive"
    """A zip: kept as it came, its members stand as files of their own."""
    ASIDE = "aside"
    """Set aside by an analyst: kept, and left out of cleaning."""


class CleaningState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = frozenset({CleaningState.WAITING, CleaningState.RUNNING})


@dataclass(frozen=True)
class Accounting:
    """Rows in = kept + merged + refused. Lines that are no data rows stand beside it."""

    rows_in: int
    kept: int
    merged: int
    refused: int
    lines_skipped: int = 0
    transfers: int = 0

    @property
    def balanced(self) -> bool:
        return self.rows_in == self.kept + self.merged + self.refused


class BadName(ValueError):
    """A file's name that can't be used."""


def clean_path(name: str) -> str:
    """A file's path as it came, without what could lead out of a folder or hide what it is. Raises BadName."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/"))
    text = "".join(
        character for character in text if unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
    parts = [part.strip() for part in PurePosixPath(text).parts if part.strip(" .") and part != "/"]
    if not parts:
        raise BadName(f"{name!r} is no file's name")
    stem, dot, extension = parts[-1].rpartition(".")
    if dot and len(parts[-1]) > LONGEST_NAME:
        parts[-1] = f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"
    return "/".join(part[:LONGEST_NAME] for part in parts[-8:])


JUNK = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$)")
"""What archivers and spreadsheets leave behind: no evidence."""


def is_junk(path: str) -> bool:
    return JUNK.search(path) is not None


def is_archive(path: str, head: bytes) -> bool:
    """A zip that is no spreadsheet: those are zips too."""
    return head.startswith(b"PK\x03\x04") and not path.lower().endswith((".xlsx", ".xlsm", ".docx", ".ods"))


def member_name(raw: str, is_utf8: bool) -> str:
    """The name of a zip's member. Archivers in China wrote GBK where the format means CP437."""
    if is_utf8 or raw.isascii():
        return raw
    try:
        return raw.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return raw


TIMES = frozenset({"time", "date"})
AMOUNTS = frozenset({"amount", "debit", "credit"})
OWN_ACCOUNTS = frozenset({"card", "account", "payer_account"})


def lacking(roles: set[str], has_account: bool) -> list[str]:
    """Roles without which no row of a sheet can be kept. ``has_account``: a line above or a name tells the account."""
    found = []
    if not roles & TIMES:
        found.append("time")
    if not roles & AMOUNTS:
        found.append("amount")
    if not roles & OWN_ACCOUNTS and not has_account:
        found.append("account")
    return found


def given_twice(roles: Iterable[str]) -> str:
    """The first role that two columns are said to be; empty when none is."""
    seen: set[str] = set()
    for role in roles:
        if role and role in seen:
            return role
        seen.add(role)
    return ""
