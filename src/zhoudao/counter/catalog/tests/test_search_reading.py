"""Letters and slips are read as words the catalogue knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.counter.catalog.search.language import LONGEST
from zhoudao.counter.catalog.search.reading import Reader, may_be_syllables

READER = Reader([
    "居民身份证丢失补领", "身份证丢了", "护照到期换发", "车辆年检", "改民族", "改名字", "无犯罪记录证明",
    "电瓶车上牌", "台湾通行证", "住在哪里", "住宅",
    "Replace a lost ID card", "Renew a passport", "Taiwan permit", "criminal record",
])  # fmt: skip


@pytest.mark.parametrize(("typed", "read"), [
    ("shenfenzheng", "身份证"),
    ("shen fen zheng", "身份证"),
    ("shenfenzheng diule", "身份证丢了"),
    ("senfenzen", "身份证"),
    ("nianjian", "年检"),
    ("taiwan tongxingzheng", "台湾通行证"),
])  # fmt: skip
def test_pinyin_is_read_as_chinese(typed, read):
    assert READER.read(typed) == read


def test_syllables_that_are_no_word_are_kept_beside_those_that_are():
    assert READER.read("ouyang shenfenzheng diule").split() == ["ou", "yang", "身份证丢了"]


@pytest.mark.parametrize(("typed", "read"), [("sfz", "身份证"), ("WFZJLZM", "无犯罪记录证明")])
def test_initials_are_read_as_the_commonest_words(typed, read):
    assert READER.read(typed) == read


@pytest.mark.parametrize(("typed", "read"), [
    ("身份征丢了", "身份证丢了"),
    ("年捡到期", "年检到期"),
    ("电频车上牌", "电瓶车上牌"),
])  # fmt: skip
def test_a_wrong_character_of_the_same_sound_is_put_right(typed, read):
    assert READER.read(typed) == read


@pytest.mark.parametrize("typed", ["改民族", "住在", "到期", "红烧肉"])
def test_what_is_right_stays(typed):
    assert READER.read(typed) == typed


@pytest.mark.parametrize(("typed", "read"), [
    ("pasport", "passport"),
    ("criminal recrod", "criminal record"),
    ("passports", "passport"),
    ("taiwan", "taiwan"),
    ("qqqq", "qqqq"),
    ("best", "best"),
])  # fmt: skip
def test_english_is_kept_and_one_slip_put_right(typed, read):
    assert READER.read(typed) == read


def test_many_wrong_characters_are_read_by_their_sound():
    assert READER.read_aloud("护招换法") == "护照换发"


@pytest.mark.parametrize(
    ("letters", "may"),
    [("shenfenzheng", True), ("xian", True), ("sfz", False), ("passport", False), ("身份", False)],
)
def test_letters_that_can_be_pinyin_are_known(letters, may):
    assert may_be_syllables(letters) is may


@given(st.text(max_size=2 * LONGEST))
def test_any_text_can_be_read(text):
    READER.read(text)
    READER.read_aloud(text)


def test_long_letters_that_are_almost_pinyin_are_answered():
    assert READER.read("xian" * 40 + "q")
