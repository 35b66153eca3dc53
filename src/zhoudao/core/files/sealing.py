"""A content sealed at rest (静态加密): how it lies on the disk, and the address by which it is found.

    k<version>\\n    the data key of the keyring that the next line's key is derived from
    ZDS1...         the content, in segments of AES-256-GCM (``zhoudao.engines.seals.streams``)

The address is HMAC-SHA-256 of the content under a key of the keyring: equal contents are kept once, and who has the
disk but not the keyring can't find out whether a document they have is among those handed in. It is known only once
all of it has come, so it isn't bound into the seal; whoever opens a content has it proved before the last piece.
"""

from __future__ import annotations

import hmac
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from zhoudao.core.keys import keyring
from zhoudao.engines.seals import streams

PURPOSE = "files"
PLACE = "file"
ADDRESS = "files.address"
LONGEST_HEADER = 16


class Broken(Exception):
    """A content doesn't open: altered, moved, or sealed under a key that isn't in the keyring."""

    http_status = 503


class Address:
    """Counts and addresses what passes through it."""

    def __init__(self) -> None:
        self._mac, self.size = hmac.new(keyring.get().derive(ADDRESS), digestmod="sha256"), 0

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._mac.update(piece)
            self.size += len(piece)
            yield piece

    def __str__(self) -> str:
        return self._mac.hexdigest()


class Writer(io.RawIOBase):
    """A binary file over a function that writes all it is given."""

    def __init__(self, write_all: Callable[[bytes], None]) -> None:
        self._write_all = write_all

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._write_all(piece)
        return len(piece)


def seal(pieces: Iterable[bytes], into: IO[bytes] | Writer) -> int:
    """Write the pieces sealed under the current data key; returns its version."""
    key = keyring.get().current
    into.write(f"k{key.version}\n".encode())
    streams.seal(pieces, cast(BinaryIO, into), key.derive(PURPOSE), PLACE)
    return key.version


def unseal(file: BinaryIO, address: str) -> Iterator[bytes]:
    """The content at an address, piece by piece. Raises Broken, perhaps only before the last piece."""
    counted, held = Address(), b""
    for piece in counted.over(_pieces(file, address)):
        if held:
            yield held
        held = piece
    if str(counted) != address:
        raise Broken(f"{address}: another content lies in its place")
    yield held


def _pieces(file: BinaryIO, address: str) -> Iterator[bytes]:
    version = _version(file)
    key = None if version is None else keyring.get().data_key(version)
    if key is None:
        raise Broken(
            f"{address}: it is no sealed content"
            if version is None
            else f"{address}: it is sealed with key k{version}, which the keyring doesn't have"
        )
    try:
        yield from streams.unseal(file, key.derive(PURPOSE), PLACE)
    except streams.CannotOpen:
        raise Broken(f"{address}: it was altered, cut, or sealed under another key") from None


def version_of(path: Path) -> int | None:
    """The data key that a content is sealed under; None when it is no sealed content."""
    with path.open("rb") as file:
        return _version(file)


def _version(file: BinaryIO) -> int | None:
    line = file.readline(LONGEST_HEADER)
    number = line[1:-1]
    return int(number) if line[:1] == b"k" and line[-1:] == b"\n" and number.isdigit() else None
