"""The items of Zhoushan hold together, and say enough for someone who knows none of our words."""

from collections import Counter

import pytest

from zhoudao.core.city.tests.here import ITEMS as FOLDER
from zhoudao.counter.catalog.files import read_folder
from zhoudao.counter.catalog.schema import KIOSK_SERVICES, Category, Channel, Service, Unit

ITEMS = read_folder(FOLDER)
CODES = {item.code for item in ITEMS}
EACH = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
HOURS = {Unit.MINUTE: 1 / 60, Unit.HOUR: 1, Unit.WORKDAY: 24, Unit.DAY: 24}


def test_there_are_about_a_hundred_and_twenty():
    assert 115 <= len(ITEMS) <= 125
    assert len(CODES) == len(ITEMS)


def test_every_category_and_every_desk_has_its_items():
    assert {item.category for item in ITEMS} == set(Category)
    desks = Counter(service for item in ITEMS for service in item.served_by)
    assert set(desks) == set(Service)
    assert desks[Service.HOUSEHOLD] + desks[Service.ID_CARD] >= 35
    assert desks[Service.VEHICLE] + desks[Service.DRIVER] >= 30
    assert desks[Service.EXIT_ENTRY] >= 18
    assert desks[Service.PUBLIC_SECURITY] >= 20


@EACH
def test_an_item_can_be_found_in_five_chinese_and_three_english_ways(item):
    assert len(item.words.zh) >= 5
    assert len(item.words.en) >= 3


@EACH
def test_an_item_names_only_items_that_exist(item):
    assert set(item.related) <= CODES


@EACH
def test_what_is_promised_is_not_slower_than_the_law_allows(item):
    if item.legal_time is not None:
        promised, legal = item.promised_time, item.legal_time
        assert promised.amount * HOURS[promised.unit] <= legal.amount * HOURS[legal.unit]


@EACH
def test_an_item_does_not_shout(item):
    said = item.model_dump_json()
    assert "!" not in said
    assert "！" not in said


@EACH
def test_someone_can_go_somewhere_or_need_not(item):
    if Channel.WINDOW in item.channels:
        assert set(item.served_by) - KIOSK_SERVICES


def test_no_two_items_share_a_plain_phrase():
    phrases = Counter(phrase for item in ITEMS for phrase in item.words.zh)
    assert [phrase for phrase, times in phrases.items() if times > 1] == []


def test_most_citations_were_compared_with_the_text():
    citations = [law for item in ITEMS for law in item.law]
    assert sum(law.checked for law in citations) / len(citations) > 0.9


def test_the_popular_ranks_count_from_one():
    ranks = sorted(item.popular_rank for item in ITEMS if item.popular_rank)
    assert ranks == list(range(1, len(ranks) + 1))
    assert len(ranks) >= 8


def test_what_the_scenes_of_the_city_need_is_there():
    by_code = {item.code: item for item in ITEMS}
    assert by_code["residence-permit"].promised_time.amount == 2
    assert by_code["residence-permit"].promised_time.unit is Unit.WORKDAY
    temporary = by_code["temporary-id-card"].promised_time
    assert (temporary.amount, temporary.unit) == (10, Unit.MINUTE)
    assert by_code["id-card-renewal"].fee.fen == 2000
    assert by_code["id-card-replacement"].fee.fen == 4000
    assert Service.KIOSK_HOUSEHOLD in by_code["id-card-replacement"].served_by
    assert Service.ENTERPRISE in by_code["security-firm-address-change"].served_by
    assert Channel.HOME in by_code["island-inspection"].channels
    assert Service.ANTI_FRAUD in by_code["fraud-check"].served_by
