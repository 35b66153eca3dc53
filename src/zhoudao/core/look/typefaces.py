"""The typefaces that documents are set in: the bundled one, and those an installation adds for rarer characters.

The bundled Noto Sans SC has 27,776 Han characters: nearly all of Unicode's first block and extension A, and 218 beyond
them. GB 18030-2022 counts 88,000: who needs the rest on paper puts a font that has them (TrueType or OpenType)
into the folder ``ZHOUDAO_FONTS``.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from functools import cache
from pathlib import Path

from django.conf import settings

BUNDLED = Path(__file__).parent / "fonts"
FIRST_HAN = 0x2E80
"""Below this block (CJK Radicals Supplement) typst has faces of its own to fall back on."""
KINDS = (".ttf", ".otf", ".ttc")


def folders() -> list[str]:
    """Where typst finds them, the bundled ones first."""
    return [str(folder) for folder in (BUNDLED, settings.FONTS_DIR) if folder.is_dir()]


def printable(text: str) -> tuple[str, list[str]]:
    """``text`` with each character no font has a shape for written as 〔U+20BB7〕, and those codes."""
    lacking = {c for c in text if ord(c) >= FIRST_HAN and not has_shape(ord(c))}
    codes = [f"U+{ord(character):04X}" for character in sorted(lacking)]
    for character in lacking:
        text = text.replace(character, f"〔U+{ord(character):04X}〕")
    return text, codes


def has_shape(code: int) -> bool:
    for path in _files():
        covered = _covered(path, path.stat().st_mtime_ns)
        place = bisect_right(covered, (code, 0x110000)) - 1
        if place >= 0 and covered[place][0] <= code <= covered[place][1]:
            return True
    return False


def _files() -> list[Path]:
    found = (path for folder in folders() for path in sorted(Path(folder).iterdir()))
    return [path for path in found if path.suffix.lower() in KINDS]


@cache
def _covered(path: Path, _changed: int) -> tuple[tuple[int, int], ...]:
    """The ranges of characters in a font file: its tables "cmap" in formats 12 and 4 (OpenType 1.9, "cmap"). Nothing
    for a file that is no font: typst doesn't use it either."""
    data = path.read_bytes()
    try:
        return tuple(sorted(pair for start in _fonts(data) for pair in _of_font(data, start)))
    except (struct.error, KeyError):
        return ()


def _fonts(data: bytes) -> tuple[int, ...]:
    """Where the fonts of the file begin: one, or the several of a collection."""
    if data[:4] != b"ttcf":
        return (0,)
    (count,) = struct.unpack_from(">I", data, 8)
    return struct.unpack_from(f">{count}I", data, 12)


def _of_font(data: bytes, start: int) -> list[tuple[int, int]]:
    (tables,) = struct.unpack_from(">H", data, start + 4)
    directory = {}
    for at in range(start + 12, start + 12 + 16 * tables, 16):
        tag, _sum, offset, _length = struct.unpack_from(">4sIII", data, at)
        directory[tag] = offset
    cmap = directory[b"cmap"]
    (subtables,) = struct.unpack_from(">H", data, cmap + 2)
    ranges: list[tuple[int, int]] = []
    for number in range(subtables):
        (offset,) = struct.unpack_from(">I", data, cmap + 4 + 8 * number + 4)
        (form,) = struct.unpack_from(">H", data, cmap + offset)
        if form == 12:
            (groups,) = struct.unpack_from(">I", data, cmap + offset + 12)
            ranges += [
                struct.unpack_from(">II", data, cmap + offset + 16 + 12 * group) for group in range(groups)
            ]
        elif form == 4:
            (twice,) = struct.unpack_from(">H", data, cmap + offset + 6)
            ends = struct.unpack_from(f">{twice // 2}H", data, cmap + offset + 14)
            starts = struct.unpack_from(f">{twice // 2}H", data, cmap + offset + 16 + twice)
            ranges += [pair for pair in zip(starts, ends, strict=True) if pair[0] != 0xFFFF]
    return ranges
