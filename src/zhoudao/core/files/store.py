"""The store: content under its own SHA-256, written whole or not at all.

    <FILES_DIR>/sha256/ab/cd/abcd...   content, readable by the owner alone and never executable
    <FILES_DIR>/incoming/              being received; what a crash leaves here is swept

A file is received into ``incoming``, flushed to the disk, checked, and only then renamed to its place, so
that a content that is there is complete.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import hashlib
import os
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from zhoudao.core.files.rules import HEAD, ZIP, BadFile, Kind, check_head, check_members, check_text

MIB = 1024 * 1024
MOST_MEMBERS = 10_000
"""Of an Office file; more is no document."""


class CannotStore(Exception):
    """The disk doesn't take it. Nothing was kept."""

    http_status = 503


@dataclass(frozen=True)
class Content:
    sha256: str
    size: int
    kind: Kind
    name: str

    @property
    def path(self) -> Path:
        return path_of(self.sha256)


def path_of(sha256: str) -> Path:
    return settings.FILES_DIR / "sha256" / sha256[:2] / sha256[2:4] / sha256


def incoming() -> Path:
    return settings.FILES_DIR / "incoming"


def receive(chunks: Iterable[bytes], name: str, kind: Kind) -> Content:
    """Write the chunks to the store as they come. Raises BadFile, CannotStore; then nothing is left
    behind.
    """
    unfinished = incoming() / secrets.token_hex(16)
    try:
        _make_folder(unfinished.parent)
        sha256, size = _write(unfinished, chunks, name, kind)
        _check_whole(unfinished, name, kind)
        _put_in_place(unfinished, path_of(sha256))
    except OSError as error:
        why = (
            "the disk is full"
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else os.strerror(error.errno or 0)
        )
        raise CannotStore(f"{name}: nothing was kept, because {why}; try again later") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink()
    return Content(sha256, size, kind, name)


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _write(path: Path, chunks: Iterable[bytes], name: str, kind: Kind) -> tuple[str, int]:
    digest, size, limit = hashlib.sha256(), 0, settings.FILE_LIMIT_MIB * MIB
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    try:
        for chunk in _beginning_first(chunks):
            if size == 0:
                check_head(name, kind, chunk[:HEAD])
            size += len(chunk)
            if size > limit:
                raise BadFile(
                    f"{name}: it is larger than {settings.FILE_LIMIT_MIB} MiB; expected a smaller file"
                )
            digest.update(chunk)
            _write_all(descriptor, chunk)
        if size == 0:
            raise BadFile(f"{name}: it is empty; expected a {kind.code} file")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return digest.hexdigest(), size


def _beginning_first(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, the first piece long enough to tell what the file is."""
    beginning, rest = b"", iter(chunks)
    for chunk in rest:
        beginning += chunk
        if len(beginning) >= HEAD:
            break
    if beginning:
        yield beginning
    yield from rest


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


def _check_whole(path: Path, name: str, kind: Kind) -> None:
    """What can't be told from the beginning: what an Office file holds, and whether text is text."""
    if kind.magic == ZIP:
        check_members(name, kind, _members(path, name))
    elif not kind.magic:
        _check_text_of(path, name)


def _members(path: Path, name: str) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BadFile(f"{name}: it can't be opened ({error}); expected a whole, unencrypted file") from None
    if len(members) > MOST_MEMBERS:
        raise BadFile(f"{name}: it holds {len(members)} parts; expected a document")
    return members


def _check_text_of(path: Path, name: str) -> None:
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            decoder = codecs.getincrementaldecoder(encoding)()
            with path.open("rb") as file:
                while chunk := file.read(MIB):
                    check_text(name, decoder.decode(chunk))
                decoder.decode(b"", final=True)
            return
    raise BadFile(f"{name}: it isn't text; expected UTF-8 or GB 18030")


def _put_in_place(unfinished: Path, place: Path) -> None:
    if place.exists():
        os.utime(place)  # in use again: the sweeper leaves what is young
        return
    _make_folder(place.parent)
    os.replace(unfinished, place)
    try:
        _flush_folder(place.parent)
    except OSError:
        place.unlink()
        raise


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def contents() -> Iterator[Path]:
    """Every content in the store."""
    yield from sorted((settings.FILES_DIR / "sha256").glob("??/??/*"))


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
