"""Bytes made smaller with zlib (RFC 1950), and opened again within a bound: one whole stream, nothing behind it."""

from __future__ import annotations

import zlib

from zhoudao.engines.seals.cose import Malformed


def pack(data: bytes) -> bytes:
    return zlib.compress(data, 9)


def unpack(data: bytes, limit: int) -> bytes:
    """At most ``limit`` bytes, never more in memory. Raises Malformed."""
    stream = zlib.decompressobj()
    try:
        opened = stream.decompress(data, limit + 1)
    except zlib.error:
        raise Malformed("not a zlib stream") from None
    if len(opened) > limit:
        raise Malformed(f"unpacks to more than {limit} bytes")
    if not stream.eof:
        raise Malformed("a zlib stream without its end")
    if stream.unused_data:
        raise Malformed("bytes behind the end of a zlib stream")
    return opened
