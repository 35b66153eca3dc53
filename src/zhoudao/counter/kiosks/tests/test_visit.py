"""What one person does at the kiosk: from area to hand-in, step by step, and nothing that isn't offered."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.kiosks.machine.bridge import Card
from zhoudao.counter.kiosks.machine.journal import Outcome
from zhoudao.counter.kiosks.machine.screen import visit as visits
from zhoudao.counter.kiosks.machine.screen.visit import Area, Step, Visit
from zhoudao.counter.kiosks.rules import done_here

TODAY = date(2026, 11, 24)
CARD = Card("resident_id", "339999197001010006", "样例人")


def item(path: str) -> Item:
    text = (Path(settings.CITY_PACK) / "items" / f"{path}.yaml").read_text(encoding="utf-8")
    return Item.model_validate(yaml.safe_load(text))


CERTIFICATE, LICENCE = item("household/household-certificate"), item("traffic/driver-licence-replacement")
RECORD = item("exit-entry/record-query")
OFFER = [(CERTIFICATE, 3), (LICENCE, 1), (RECORD, 1)]


def at_questions() -> Visit:
    visit = visits.choose_area(Visit(), Area.HOUSEHOLD)
    return visits.read(visits.begin(visits.choose_item(visit, CERTIFICATE.code, OFFER)), CARD)


def answered(visit: Visit, *said: str) -> Visit:
    for each in said:
        visit = visits.answer(visit, each, TODAY)
    return visit


def test_from_the_area_to_the_slip():
    visit = answered(at_questions(), "moved", "2019年迁入", "12800990001")
    assert visit.step is Step.CHECK, "the card is the only paper that is needed, and it was read"
    assert visit.body == {
        "item": "household-certificate",
        "version": 3,
        "card": {"kind": "resident_id", "number": CARD.number},
        "answers": {"about": "moved", "details": "2019年迁入", "phone": "12800990001"},
        "papers": ["id-card"],
    }
    visit = visits.handed(visit, "k" * 24)
    assert not visit.has_slip
    assert visits.late(visit).has_slip, "how to ask for it"
    done = visits.told(visits.late(visit), visit.key, Outcome("A20261124-00001", "2026-11-24T17:00:00+08:00"))
    assert done.step is Step.ANSWER
    assert done.has_slip
    assert not visits.told(visit, visit.key, Outcome(refused="resident")).has_slip


def test_each_area_has_something_to_do_in_the_city_s_own_catalogue():
    every = ["kiosk-household", "kiosk-traffic", "kiosk-exit-entry"]
    assert all(done_here(each, every) for each, _ in OFFER)
    assert not done_here(LICENCE, ["kiosk-household"])
    assert not done_here(item("household/kinship-proof"), every)
    assert not done_here(item("traffic/temporary-plate"), every), "described only: the platform takes none"
    assert [len(items) for items in visits.areas(OFFER).values()] == [1, 1, 1]


def test_what_is_not_offered_can_not_be_chosen():
    visit = visits.choose_area(Visit(), Area.HOUSEHOLD)
    assert visits.choose_item(visit, "kinship-proof", OFFER) == visit
    assert visits.choose_area(Visit(), "kiosk-fishing").step is Step.HOME
    assert visits.choose_item(Visit(), CERTIFICATE.code, OFFER).step is Step.HOME, "not from the first screen"


def test_a_wrong_answer_stays_with_what_is_wrong():
    visit = answered(at_questions(), "moved", "2019年迁入", "abc")
    assert visit.step is Step.QUESTION
    assert visit.problem.reason == "phone"
    assert visit.answers["phone"] == "abc"
    assert answered(visit, "12800990001").problem is None


def test_a_date_is_typed_in_eight_digits():
    visit = visits.choose_item(visits.choose_area(Visit(), Area.TRAFFIC), LICENCE.code, OFFER)
    visit = visits.read(visits.begin(visit), CARD)
    assert answered(visit, "20261120").answers["lost_on"] == "2026-11-20"
    assert answered(visit, "20261125").problem.reason == "days_ago"
    assert answered(visit, "2026").problem.reason == "date"


def test_back_goes_screen_by_screen_to_the_first_and_forgets_the_card():
    visit, seen = answered(at_questions(), "moved", "2019年迁入", "12800990001"), []
    while visit.step is not Step.HOME:
        visit = visits.back(visit)
        seen.append(visit.step)
    assert seen == [Step.QUESTION] * 3 + [Step.ITEM, Step.ITEMS, Step.HOME]
    assert visit.card is None
    assert visit.answers == {}


def test_what_was_handed_in_can_not_be_taken_back_or_handed_in_again():
    sent = visits.handed(answered(at_questions(), "moved", "2019年迁入", "12800990001"), "k" * 24)
    assert visits.back(sent) == sent
    assert visits.handed(sent, "m" * 24) == sent
    assert visits.answer(sent, "x", TODAY) == sent


def test_papers_that_the_card_is_not_are_laid_on_the_scanner():
    other = Card("passport", "UTO123456", "A B")
    visit = visits.choose_item(visits.choose_area(Visit(), Area.HOUSEHOLD), CERTIFICATE.code, OFFER)
    visit = answered(visits.read(visits.begin(visit), other), "moved", "x", "12800990001")
    assert visit.step is Step.PAPER
    assert visit.wanted_papers == ["id-card"]
    assert visits.see(visit).step is Step.CHECK
    assert visits.see(visit).body["papers"] == ["id-card"]


@pytest.mark.parametrize("change", [lambda v: visits.choose_area(v, Area.TRAFFIC), visits.look_up])
def test_every_change_is_another_screen(change):
    visit = Visit()
    assert change(visit).serial != visit.serial
    assert Visit().serial != Visit().serial, "of somebody else"


def test_a_visit_never_prints_who_it_is():
    visit = answered(at_questions(), "moved", "2019年迁入", "12800990001")
    assert CARD.number not in repr(visit)
    assert "样例人" not in repr(visit)
    assert "12800990001" not in repr(visit)
