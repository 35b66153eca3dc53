"""What a typed text is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.counter.catalog.search.language import LONGEST, normalise, stem
from zhoudao.counter.catalog.search.pieces import KIND, PAIRS, WORD, pieces


def test_asking_words_are_left_out_of_a_query():
    assert pieces("请问身份证丢了怎么办", asked=True) == pieces("身份证丢了", asked=True)
    assert pieces("how do I renew my passport", asked=True) == pieces("renew passport", asked=True)


def test_filling_words_are_left_out_only_where_they_are_words():
    assert pieces("我的户口去世") == pieces("户口去世")
    assert "去世" in pieces("去世")


def test_a_query_of_asking_words_alone_keeps_them():
    assert pieces("怎么办", asked=True)


def test_different_words_for_one_meaning_are_one_word():
    assert pieces("驾照不见了") == pieces("驾驶证丢失")
    assert pieces("lost my identity card") == pieces("lost ID card")


def test_a_word_that_is_one_of_a_kind_says_the_kind_too():
    said = pieces("加拿大驾照")
    assert said["加拿大"] == WORD
    assert said["外国"] == KIND


def test_a_word_cut_elsewhere_still_shares_its_pairs():
    assert pieces("电频车上牌").keys() & pieces("车上牌照").keys()


def test_no_word_says_more_for_being_longer():
    long = "机动车污染物排放检验"
    inner = [weight for piece, weight in pieces("行驶证").items() if len(piece) == 2]
    assert sum(inner) == pytest.approx(PAIRS)
    assert max(pieces(long).values()) == WORD


def test_full_width_and_capitals_are_folded():
    assert normalise("ＩＤ Card") == "id card"


@pytest.mark.parametrize(
    ("word", "root"), [("licences", "licence"), ("renewed", "renew"), ("pass", "pass"), ("cities", "city")]
)
def test_endings_are_taken_off(word, root):
    assert stem(word) == root


@given(st.text(max_size=2 * LONGEST), st.booleans())
def test_any_text_has_pieces_that_weigh_something(text, asked):
    assert all(0 < weight <= WORD for weight in pieces(text, asked=asked).values())
