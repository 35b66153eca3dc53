"""From paths to files: folders and zips opened, names put right, each file known by its SHA-256."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MOST_DEPTH = 4
MOST_MEMBERS = 20_000
MOST_MEMBER = 8 << 30
"""Bytes of one file in a zip."""
MOST_RATIO = 400
"""A member that unpacks to more times its size, and to more than SMALL, is a zip bomb; statements reach about 40."""
SMALL = 64 << 20
IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db", "~$")


@dataclass(frozen=True)
class RawFile:
    """One file. ``name`` is its place under what was given, with ``!`` before a member of a zip. ``refused``
    is a reason, where
    it can't even be opened. ``called``: what it was called before, where its path no longer says."""

    name: str
    path: Path | None = None
    data: bytes | None = None
    refused: str = ""
    called: str = ""

    @property
    def size(self) -> int:
        return len(self.data) if self.data is not None else (self.path.stat().st_size if self.path else 0)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        if self.data is not None:
            yield io.BytesIO(self.data)
        else:
            assert self.path is not None
            with self.path.open("rb") as file:
                yield file

    def sha256(self) -> str:
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # it reads


def files_under(paths: list[Path], scratch: Path, names: Mapping[Path, str]) -> Iterator[RawFile]:
    """Every file under ``paths``, in the order of their names. Large zip members are unpacked into ``scratch``."""
    for path in paths:
        if path.is_dir():
            for inner in sorted(path.rglob("*")):
                if inner.is_file() and not _ignored(inner.name):
                    name = f"{path.name}/{inner.relative_to(path).as_posix()}"
                    yield from _file(inner, name, scratch, names.get(inner, ""))
        else:
            yield from _file(path, names.get(path, path.name), scratch)


def _ignored(name: str) -> bool:
    return any(part in name for part in IGNORED)


def _file(path: Path, name: str, scratch: Path, called: str = "") -> Iterator[RawFile]:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError:
        yield RawFile(name, path, refused="unreadable")
        return
    if head.startswith(b"PK\x03\x04") and not _is_workbook(path):
        yield from _members(path, name, scratch, 1)
    else:
        yield RawFile(name, path, called=called)


def _is_workbook(file: Path | BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return any(name.startswith(("xl/", "[Content_Types]")) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _members(file: Path | BinaryIO, name: str, scratch: Path, depth: int) -> Iterator[RawFile]:
    if depth > MOST_DEPTH:
        yield RawFile(name, data=b"", refused="zip_too_deep")
        return
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        yield RawFile(name, data=b"", refused="torn")
        return
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MOST_MEMBERS:
            yield RawFile(name, data=b"", refused="zip_bomb")
            return
        kept = [member for member in sorted(members, key=_name_of) if not _ignored(_name_of(member))]
        if not kept:
            yield RawFile(name, data=b"", refused="empty")
        for member in kept:
            inner = f"{name}!{_name_of(member)}"
            yield from _member(archive, member, inner, scratch, depth)


def _name_of(member: zipfile.ZipInfo) -> str:
    """A member's name; zips made in China without the UTF-8 flag hold GBK, which zipfile reads as code page 437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, scratch: Path, depth: int
) -> Iterator[RawFile]:
    if member.flag_bits & 1:
        yield RawFile(name, data=b"", refused="password")
        return
    size = member.file_size
    if size > MOST_MEMBER or (size > SMALL and size > member.compress_size * MOST_RATIO):
        yield RawFile(name, data=b"", refused="zip_bomb")
        return
    try:
        if size > SMALL:
            path = scratch / hashlib.sha256(name.encode()).hexdigest()[:24]
            with archive.open(member) as source, path.open("wb") as target:
                while block := source.read(1 << 22):
                    target.write(block)
            yield from (
                [RawFile(name, path)]
                if not _is_zip(path.open("rb").read(4))
                else _members(path, name, scratch, depth + 1)
            )
            return
        data = archive.read(member)
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        EOFError,
        RuntimeError,
        zlib.error,
    ):
        yield RawFile(name, data=b"", refused="torn")
        return
    if _is_zip(data[:4]) and not _is_workbook(io.BytesIO(data)):
        yield from _members(io.BytesIO(data), name, scratch, depth + 1)
    else:
        yield RawFile(name, data=data)


def _is_zip(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")
