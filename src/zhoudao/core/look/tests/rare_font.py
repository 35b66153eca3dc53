"""A font with a character that the bundled one lacks."""

from __future__ import annotations

import struct

from zhoudao.core.look import typefaces

BUNDLED = typefaces.BUNDLED / "NotoSansSC-Regular.ttf"
RARE = "\U00020bb7"
"""𠮷, of extension B."""


def with_rare_character() -> bytes:
    """The bundled font under another name, the first range of characters beyond RARE moved to it."""
    here, there = (name.encode("utf-16-be") for name in ("Noto Sans SC", "More Sans SC"))
    data = bytearray(BUNDLED.read_bytes().replace(here, there))
    at = data.index(struct.pack(">HH", 12, 0))
    while True:  # the table in format 12 is the one whose length and groups agree
        _form, _zero, length, _language, groups = struct.unpack_from(">HHIII", data, at)
        if groups and length == 16 + 12 * groups:
            break
        at = data.index(struct.pack(">HH", 12, 0), at + 1)
    starts = [struct.unpack_from(">I", data, at + 16 + 12 * group)[0] for group in range(groups)]
    moved = next(group for group, start in enumerate(starts) if start > ord(RARE))
    struct.pack_into(">II", data, at + 16 + 12 * moved, ord(RARE), ord(RARE))
    return bytes(data)
