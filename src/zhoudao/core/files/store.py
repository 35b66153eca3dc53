"""The store: content sealed under its own address, written whole or not at all.

    <FILES_DIR>/sealed/ab/cd/abcd...   content (``sealing``), readable by the owner alone and never executable
    <FILES_DIR>/incoming/              being received, sealed too; what a crash leaves here is swept
    <FILES_DIR>/sha256/ab/cd/abcd...   content of a release that didn't seal; ``seal_plain`` seals and removes it

A file is checked and sealed as it comes into ``incoming``, flushed to the disk, and only then renamed to its place, so
that a content that is there is complete.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from zhoudao.core.files import sealing
from zhoudao.core.files.checking import checked
from zhoudao.core.files.rules import Kind

PIECE = 256 * 1024


class CannotStore(Exception):
    """The disk doesn't take it. Nothing was kept."""

    http_status = 503


@dataclass(frozen=True)
class Content:
    address: str
    size: int
    kind: Kind
    name: str

    @property
    def path(self) -> Path:
        return path_of(self.address)


def path_of(address: str) -> Path:
    """Where a content lies, or will."""
    plain = _below("sha256", address)
    return plain if plain.exists() else _below("sealed", address)


def is_plain(path: Path) -> bool:
    """Left by a release that didn't seal."""
    return path.is_relative_to(settings.FILES_DIR / "sha256")


def _below(folder: str, address: str) -> Path:
    return settings.FILES_DIR / folder / address[:2] / address[2:4] / address


def incoming() -> Path:
    return settings.FILES_DIR / "incoming"


def receive(chunks: Iterable[bytes], name: str, kind: Kind) -> Content:
    """Check and seal the chunks as they come. Raises BadFile, CannotStore; then nothing is left behind."""
    unfinished, address = incoming() / secrets.token_hex(16), sealing.Address()
    try:
        _make_folder(unfinished.parent)
        _write(unfinished, address.over(checked(chunks, name, kind)))
        _put_in_place(unfinished, _below("sealed", str(address)))
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
    return Content(str(address), address.size, kind, name)


def open_content(address: str) -> Iterator[bytes]:
    """The pieces of a content. Raises FileNotFoundError at once, ``sealing.Broken`` while it is read."""
    path = path_of(address)
    return _pieces(path, path.open("rb"), address)


def _pieces(path: Path, file: object, address: str) -> Iterator[bytes]:
    with file:  # type: ignore[attr-defined]
        if is_plain(path):
            yield from iter(lambda: file.read(PIECE), b"")  # type: ignore[attr-defined]
        else:
            yield from sealing.unseal(file, address)  # type: ignore[arg-type]


def reseal(path: Path) -> None:
    """Seal a content again under the current key, beside its place and then into it. Raises sealing.Broken."""
    unfinished, found = incoming() / secrets.token_hex(16), path.stat()
    _make_folder(unfinished.parent)
    try:
        with path.open("rb") as file:
            _write(unfinished, sealing.unseal(file, path.name))
        os.utime(unfinished, ns=(found.st_atime_ns, found.st_mtime_ns))
        os.replace(unfinished, path)
        _flush_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    try:
        sealing.seal(pieces, sealing.Writer(lambda piece: _write_all(descriptor, piece)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


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


def sealed_contents() -> Iterator[Path]:
    yield from sorted((settings.FILES_DIR / "sealed").glob("??/??/*"))


def plain_contents() -> Iterator[Path]:
    yield from sorted((settings.FILES_DIR / "sha256").glob("??/??/*"))
