"""Long contents encrypted in pieces, so that a file of gigabytes opens in the memory of one piece.

AES-256-GCM over segments, each with its own nonce and the last one marked, so that a segment can't be altered, moved,
repeated or cut off unnoticed (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated
Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015). Each content has a key of its own, derived from the
given one by HKDF-SHA-256 (RFC 5869) with a random salt; ``place`` is bound into it, so that a sealed file put in
another's place doesn't open.

    header   b"ZDS1" + salt (32 bytes) + nonce prefix (7 bytes)
    segment  AES-GCM(nonce = prefix + number (4 bytes, big endian) + last (1 byte)), 1 MiB of content each
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"ZDS1"
SALT_BYTES = 32
PREFIX_BYTES = 7
TAG_BYTES = 16
SEGMENT = 1024 * 1024
"""Bytes of content in one segment; 2^32 of them, 4 PiB, is the longest content."""
HEADER_BYTES = len(MAGIC) + SALT_BYTES + PREFIX_BYTES


class CannotOpen(ValueError):
    """The content was altered, cut, moved from its place, or sealed under another key."""


@dataclass(frozen=True)
class Sealed:
    """What went in."""

    sha256: str
    size: int


def seal(content: Iterable[bytes], into: BinaryIO, key: bytes, place: str) -> Sealed:
    """Write ``content`` sealed under ``key`` (32 bytes); the hash and size of what was sealed."""
    salt, prefix = os.urandom(SALT_BYTES), os.urandom(PREFIX_BYTES)
    cipher = _cipher(key, salt, place)
    into.write(MAGIC + salt + prefix)
    digest, size = hashlib.sha256(), 0
    for number, (segment, last) in enumerate(_segments(content)):
        digest.update(segment)
        size += len(segment)
        into.write(cipher.encrypt(_nonce(prefix, number, last), segment, None))
    return Sealed(digest.hexdigest(), size)


def unseal(sealed: BinaryIO, key: bytes, place: str) -> Iterator[bytes]:
    """The content, piece by piece; nothing of a piece is given out before it has proved whole. Raises CannotOpen,
    perhaps only at the end: who writes the pieces somewhere must throw them away then."""
    header = sealed.read(HEADER_BYTES)
    if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
        raise CannotOpen(f"{place}: it is no sealed content")
    salt, prefix = header[len(MAGIC) : -PREFIX_BYTES], header[-PREFIX_BYTES:]
    cipher = _cipher(key, salt, place)
    number, segment = 0, sealed.read(SEGMENT + TAG_BYTES)
    while True:
        following = sealed.read(SEGMENT + TAG_BYTES)
        last = not following
        try:
            yield cipher.decrypt(_nonce(prefix, number, last), segment, None)
        except InvalidTag:
            raise CannotOpen(
                f"{place}: it doesn't open: altered, cut, moved, or sealed under another key"
            ) from None
        if last:
            return
        number, segment = number + 1, following


def _cipher(key: bytes, salt: bytes, place: str) -> AESGCM:
    info = b"zhoudao sealed stream 1\n" + place.encode("utf-8")
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def _segments(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The same bytes in segments of full length but for the last, which may be empty only when all is."""
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) > SEGMENT:
            yield bytes(waiting[:SEGMENT]), False
            del waiting[:SEGMENT]
    yield bytes(waiting), True
