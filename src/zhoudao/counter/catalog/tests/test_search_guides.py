"""An item and a place in one line of words: the guide meant."""


import pytest

from zhoudao.core.access import SYSTEM
from zhoudao.core.city.tests.here import ITEMS
from zhoudao.counter.catalog import actions
from zhoudao.counter.catalog.search import PlaceNames, find, find_guides

NAMES = PlaceNames([
    ("P09", ["普陀区政务服务中心公安窗口", "普陀区"]),
    ("P29", ["沈家门派出所", "沈家门街道", "普陀区"]),
    ("P33", ["普陀山派出所", "普陀山镇"]),
    ("P54", ["沈家门24小时警务自助站", "沈家门街道"]),
    ("P05", ["定海区政务服务中心公安窗口", "定海区"]),
])  # fmt: skip
DONE_AT = {
    "id-card-replacement": ["P05", "P09", "P29", "P54"],
    "id-card-renewal": ["P29"],
    "passport-first": ["P05", "P09"],
}


@pytest.fixture
def catalogue(db):
    actions.load_items(SYSTEM, ITEMS)


@pytest.mark.parametrize(("words", "rest", "place", "codes"), [
    ("沈家门 补身份证", "补身份证", "沈家门", {"P29", "P54"}),
    ("补身份证沈家门派出所", "补身份证", "沈家门派出所", {"P29"}),
    ("在沈家门自助机换身份证", "在 换身份证", "沈家门", {"P29", "P54"}),
    ("shenjiamen bu shenfenzheng", "bu shenfenzheng", "沈家门", {"P29", "P54"}),
    ("shen jia men passport", "passport", "沈家门", {"P29", "P54"}),
    ("普陀办护照", "办护照", "普陀", {"P09", "P29"}),
    ("普陀山办护照", "办护照", "普陀山", {"P33"}),
    ("沈家门", "", "沈家门", {"P29", "P54"}),
    ("补身份证", "补身份证", "", set()),
])  # fmt: skip
def test_a_place_is_found_and_taken_out(words, rest, place, codes):
    asked = NAMES.take_out(words)
    assert (asked.words, asked.place, asked.places) == (rest, place, codes)


def test_without_names_nothing_is_taken_out():
    assert PlaceNames([]).take_out("沈家门 补身份证").words == "沈家门 补身份证"


def test_the_item_is_found_at_the_place_named(catalogue):
    best = find_guides("沈家门 补身份证", NAMES, DONE_AT)[0]
    assert (best.found.item, best.places) == ("id-card-replacement", ["P29", "P54"])


def test_where_no_place_is_named_all_that_do_it_are_given_in_their_order(catalogue):
    best = find_guides("补身份证", NAMES, DONE_AT)[0]
    assert best.places == DONE_AT["id-card-replacement"]


def test_a_place_that_does_not_do_it_is_not_swapped_for_another(catalogue):
    best = find_guides("普陀山 办护照", NAMES, DONE_AT)[0]
    assert (best.found.item, best.places) == ("passport-first", [])


def test_a_place_that_was_part_of_the_need_is_not_lost(catalogue):
    assert (
        find_guides("定海迁普陀", NAMES, DONE_AT)[0].found.item
        == find("定海迁普陀")[0].item
        == "move-within-city"
    )


def test_a_place_alone_gets_what_people_come_there_for(catalogue):
    found = find_guides("沈家门派出所", NAMES, DONE_AT)
    assert [each.found.item for each in found] == ["id-card-replacement", "id-card-renewal"]
    assert all(each.places == ["P29"] for each in found)
