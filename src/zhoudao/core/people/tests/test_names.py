"""Names as people have them come through unchanged, and only what nobody means is folded."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.core.people.rules import names
from zhoudao.core.people.rules.names import BadName, key_of_name, normalise_name


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        "欧阳小明",
        "䶮",  # extension A
        "𬎆𬱖",  # extensions E
        "𠀀𪜀𫝀𫠠𬺰𰀀𱍐",  # first of extensions B, C, D, E, F, G, H
        "王﨑",  # a compatibility ideograph that is a character of its own
        "李\uf92c",  # one that NFC would swap for 郎
        "阿卜杜拉·买买提·艾力",
        "Maria Fernanda dos Santos Oliveira-Guimarães",
        "O’Brien",
        "D'Angelo",
        "Нуркан Абишев",
        "Nguyễn Thị Minh Khai",
        "ขวัญใจ",
        "李〇",
    ],
)
def test_stay_as_they_are(name):
    assert normalise_name(name) == name
    assert normalise_name(normalise_name(name)) == name


def test_a_hundred_characters_are_kept_and_one_more_is_refused():
    longest = "Wolfeschlegel " * 7 + "Si"
    assert len(longest) == 100
    assert normalise_name(longest) == longest
    with pytest.raises(BadName, match="101 characters; at most 100") as problem:
        normalise_name(longest + "x")
    assert "Wolfe" not in str(problem.value)


@pytest.mark.parametrize("dot", "·・･•‧∙⋅.．。")
def test_every_dot_becomes_one(dot):
    assert normalise_name(f"买买提{dot}艾力") == "买买提·艾力"


def test_stops_in_latin_names_stay():
    assert normalise_name("J. R. R. Tolkien") == "J. R. R. Tolkien"
    assert normalise_name("Ｊ．Ｒ．Tolkien") == "J.R.Tolkien"


def test_spaces_become_single_and_letters_are_composed():
    assert normalise_name("  José\u3000\u00a0Luís ") == "José Luís"
    assert normalise_name("Jose\u0301") == "José"


def test_lent_private_characters_become_their_own():
    assert normalise_name("\ue863小明") == "䶮小明"
    assert normalise_name("\ue816") == "𠂇"
    assert normalise_name("\ue864") == "龻"


def test_the_table_of_lent_characters_is_that_of_gb_18030():
    codes = [0xFE00 + low for low in (*range(0x50, 0x7F), *range(0x80, 0xA1))]
    assert len(codes) == len(names._LENT) == 80
    taken_in_later = []
    for place, code in enumerate(codes):
        decoded = code.to_bytes(2, "big").decode("gb18030")  # Python's is the edition of 2005
        if "\ue000" <= decoded <= "\uf8ff":
            assert ord(decoded) == 0xE815 + place
            taken_in_later.append(names._LENT[place])
        else:
            assert decoded == names._LENT[place]
    assert "".join(taken_in_later) == "𠂇𠂉𠃌龴龵龶龷𡗗龸𢦏龹龺𤇾龻"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "name_empty"),
        (" \u3000", "name_empty"),
        ("张3", "name_character"),
        ("张\u202e三", "name_character"),
        ("张\x00", "name_character"),
        ("张🙂", "name_character"),
        ("<b>", "name_character"),
        ("·", "name_no_letter"),
        ("--", "name_no_letter"),
        ("张\ue001", "name_private_font"),
        ("张\U000f0001", "name_private_font"),
    ],
)
def test_what_no_name_has_is_refused(name, reason):
    with pytest.raises(BadName) as problem:
        normalise_name(name)
    assert problem.value.reason == reason


def test_two_spellings_of_one_name_have_one_key():
    assert key_of_name("Maria  SANTOS-lima") == key_of_name("maria santos lima")
    assert key_of_name("买买提•艾力") == key_of_name("买买提·艾力") == key_of_name("买买提艾力")
    assert key_of_name("李\uf92c") == key_of_name("李郎")
    assert key_of_name("张三") != key_of_name("张二")


@given(st.text(max_size=40))
def test_is_stable_and_never_repeats_a_refused_name(name):
    problem = None
    try:
        once = normalise_name(name)
    except BadName as refused:
        problem = refused
    if problem is not None:
        assert len(name.strip()) < 6 or name.strip() not in str(problem)
        return
    assert normalise_name(once) == once
    assert unicodedata.normalize("NFKC", key_of_name(once)) == key_of_name(once)
