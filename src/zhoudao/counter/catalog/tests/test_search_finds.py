"""From what people type to the item they mean, over the real catalogue of the sample city."""

import re
import sys

import pytest
from click.testing import CliRunner

from zhoudao.core.access import SYSTEM
from zhoudao.core.city.tests.here import ITEMS
from zhoudao.counter.catalog import actions, ports
from zhoudao.counter.catalog.search.command import search
from zhoudao.counter.catalog.search.find import find, triage
from zhoudao.counter.catalog.search.index import Document, Index

FIND = sys.modules[find.__module__]
"""The module itself, which the package hides behind its function."""


@pytest.fixture
def catalogue(db):
    actions.load_items(SYSTEM, ITEMS)


@pytest.fixture
def errands(monkeypatch):
    """What people come for most, as the applications room would say."""
    monkeypatch.setattr(ports, "_popularity", lambda actor, limit: ["id-card-renewal", "id-card-replacement"])
    monkeypatch.setattr(FIND, "_counted", None)


def test_finds_in_every_way_people_type(catalogue, errands):
    wanted = {
        "身份证丢了": "id-card-replacement",
        "办护照要带什么": "passport-first",
        "年检": "vehicle-inspection-mark",
        "养狗": "dog-registration",
        "改名字": "name-change",
        "lost my id card": "id-card-replacement",
        "pasport renew": "passport-renewal",
        "身份正丢了": "id-card-replacement",
        "dianpingche shangpai": "ebike-plate",
    }
    assert {words: find(words)[0].item for words in wanted} == wanted


@pytest.mark.parametrize("words", ["shenfenzheng", "sfz", "SFZ"])
def test_pinyin_and_initials_find_the_id_card(catalogue, words):
    assert all("id-card" in one.item for one in find(words, limit=3))


@pytest.mark.parametrize("words", ["量子力学", "qqqq", "!!!", "   ", "🦀"])
def test_what_fits_nothing_finds_nothing(catalogue, words):
    assert find(words) == []


def test_between_equals_what_people_come_for_goes_first_and_nothing_is_asked(catalogue, errands):
    found = find("身份证丢了")
    assert found[0].item == "id-card-replacement"
    assert triage(found) is None


def test_where_nobody_has_applied_yet_the_items_own_ranks_say_what_is_common(catalogue, monkeypatch):
    for counted in (None, lambda actor, limit: []):
        monkeypatch.setattr(ports, "_popularity", counted)
        monkeypatch.setattr(FIND, "_counted", None)
        assert find("身份证丢了")[0].item == "id-card-replacement"


def test_many_wrong_characters_are_found_by_their_sound_but_written_words_go_first(catalogue):
    assert find("靠架照")[0].item == "driver-licence-first"
    assert find("靠架照")[0].score < find("考驾照")[0].score


def test_items_equally_likely_are_asked_about(catalogue):
    question = triage(find("身份证"))
    assert question is not None
    assert len(question.choices) >= 2


def test_a_changed_catalogue_is_searched_at_once(catalogue, tmp_path):
    assert find("护照换发")[0].item == "passport-renewal"
    folder = tmp_path / "items" / "traffic"
    folder.mkdir(parents=True)
    source = (ITEMS / "traffic" / "ebike-plate.yaml").read_text(encoding="utf-8")
    alone = re.sub(r"^related:.*(\n[ -].*)*", "related: []", source, flags=re.MULTILINE)
    (folder / "ebike-plate.yaml").write_text(alone, encoding="utf-8")
    actions.load_items(SYSTEM, tmp_path / "items")
    assert [one.item for one in find("电瓶车上牌")] == ["ebike-plate"]
    assert find("护照换发") == []


def test_the_command_prints_one_json_list(catalogue):
    done = CliRunner().invoke(search, ["身份证丢了", "--json"])
    assert done.exit_code == 0
    assert '"item": "id-card-replacement"' in done.stdout


def test_the_command_refuses_empty_words(catalogue):
    done = CliRunner().invoke(search, ["  "])
    assert done.exit_code == 2
    assert "WORDS is empty" in done.stderr


def test_a_phrase_said_exactly_beats_a_text_that_holds_its_words():
    index = Index(
        [
            Document("exact", ["身份证过期"]),
            Document("long", ["护照换发"], body="身份证过期时带户口簿，身份证过期，身份证过期"),
            Document("other", ["车辆年检"]),
        ]
    )
    assert index.search("身份证过期")[0].key == "exact"


def test_an_empty_index_finds_nothing():
    assert Index([]).search("身份证") == []
