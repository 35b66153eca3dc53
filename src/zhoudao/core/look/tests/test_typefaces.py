"""Rare characters on paper: in the bundled font, in one that was added, or as their code."""

from __future__ import annotations

import shutil
import struct

import pytest

from zhoudao.core.look import typefaces
from zhoudao.core.look.tests.rare_font import BUNDLED, RARE, with_rare_character


@pytest.fixture
def added(settings, tmp_path):
    settings.FONTS_DIR = tmp_path / "fonts"
    settings.FONTS_DIR.mkdir()
    return settings.FONTS_DIR


def test_a_character_without_a_shape_is_printed_as_its_code():
    assert typefaces.printable("䶮小明") == ("䶮小明", [])
    assert typefaces.printable(f"{RARE}小明") == ("〔U+20BB7〕小明", ["U+20BB7"])
    assert typefaces.has_shape(ord("舟"))
    assert typefaces.folders() == [str(typefaces.BUNDLED)]


def test_latin_and_other_alphabets_are_left_to_typst():
    assert typefaces.printable("Нуркан da Conceição·") == ("Нуркан da Conceição·", [])


def test_a_font_that_is_added_is_used_at_once_and_no_more_when_it_goes(added):
    assert typefaces.printable(RARE)[1] == ["U+20BB7"]
    (added / "more.ttf").write_bytes(with_rare_character())
    assert typefaces.printable(f"{RARE}䶮") == (f"{RARE}䶮", [])
    assert typefaces.folders() == [str(typefaces.BUNDLED), str(added)]
    (added / "more.ttf").unlink()
    assert typefaces.printable(RARE)[1] == ["U+20BB7"]


def test_every_font_of_a_collection_counts(added):
    font = with_rare_character()
    head = struct.pack(">4sIII", b"ttcf", 0x10000, 1, 16)
    moved = bytearray(font)
    (tables,) = struct.unpack_from(">H", font, 4)
    for at in range(12, 12 + 16 * tables, 16):
        (offset,) = struct.unpack_from(">I", font, at + 8)
        struct.pack_into(">I", moved, at + 8, offset + len(head))
    (added / "more.ttc").write_bytes(head + moved)
    assert typefaces.has_shape(ord(RARE))


@pytest.mark.parametrize("content", [b"", b"not a font", b"ttcf", BUNDLED.read_bytes()[:3000]])
def test_what_is_no_font_has_no_shapes(added, content):
    (added / "broken.ttf").write_bytes(content)
    shutil.copy(__file__, added / "notes.txt")
    assert not typefaces.has_shape(ord(RARE))
    assert typefaces.has_shape(ord("舟"))
