"""What a typed text is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.counter.catalog.search.features import VIEWS, features, normalise, split_pinyin, stem


@pytest.mark.parametrize(("letters", "syllables"), [
    ("shenfenzheng", ["shen", "fen", "zheng"]),
    ("huzhao", ["hu", "zhao"]),
    ("nianjian", ["nian", "jian"]),
    ("xian", ["xian"]),
    ("sfz", None),
    ("passport", None),
])
def test_letters_are_split_into_the_fewest_syllables(letters, syllables):
    assert split_pinyin(letters) == syllables


def test_question_words_are_dropped_from_a_query():
    assert features("请问身份证丢了怎么办", is_query=True)["words"] == features("身份证丢了", is_query=True)["words"]


def test_a_query_of_question_words_alone_keeps_them():
    assert features("怎么办", is_query=True)["words"]


def test_different_words_for_one_meaning_are_one_word():
    assert features("驾照不见了")["words"] == features("驾驶证丢失")["words"]


def test_a_wrong_character_of_the_same_sound_has_the_same_sounds():
    assert features("身份正")["sounds"] == features("身份证")["sounds"].keys() & features("身份正")["sounds"].keys() \
        or set(features("身份正")["sounds"]) <= set(features("身份证")["sounds"])


def test_initials_of_a_word_inside_a_longer_one_are_found():
    assert "sfz" in features("居民身份证")["initials"]
    assert "sfz" in features("sfz", is_query=True)["initials"]


def test_a_typing_slip_shares_most_pieces_of_the_english_word():
    right, slip = features("passport")["english"], features("pasport", is_query=True)["english"]
    assert len(right.keys() & slip.keys()) >= 5


def test_full_width_and_capitals_are_folded():
    assert normalise("ＩＤ Card") == "id card"


@pytest.mark.parametrize(("word", "root"), [("licences", "licence"), ("renewed", "renew"), ("pass", "pass"), ("cities", "city")])
def test_endings_are_taken_off(word, root):
    assert stem(word) == root


@given(st.text(max_size=300), st.booleans())
def test_any_text_has_features_and_positive_weights(text, is_query):
    views = features(text, is_query=is_query)
    assert set(views) == set(VIEWS)
    assert all(weight > 0 for pieces in views.values() for weight in pieces.values())
