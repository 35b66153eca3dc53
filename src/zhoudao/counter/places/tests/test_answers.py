"""The whole answer to what someone typed: item, whom to call, places in order; in a bounded number of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhoudao.core.access import SYSTEM, VISITOR
from zhoudao.counter.catalog import ports
from zhoudao.counter.places import actions, queries
from zhoudao.counter.places.exchange.records import GUIDES, PHONES, POINTS
from zhoudao.counter.places.rules import Position, distance_m
from zhoudao.counter.places.tests import directory as small


def here(east: float = 0) -> Position:
    """``east`` thousandths of a degree east of the city's middle."""
    return Position(small.centre()[0] + east / 1000, small.centre()[1])


def codes(places) -> list[str]:
    return [place.point.code for place in places]


@pytest.mark.parametrize(
    ("words", "language"),
    [("身份证丢了", "zh-hans"), ("lost my ID card", "en"), ("shenfenzheng diule", "en")],
)
def test_the_item_is_found_in_either_language(directory, words, language):
    answer = queries.answer(VISITOR, words, here(), language)
    assert answer.item.code == "id-card-replacement"
    assert codes(answer.places) == ["P001", "P002", "P004", "P003", "P006"]


def test_places_come_nearest_first(directory):
    assert codes(queries.points_for(VISITOR, "id-card-replacement", here(21))) == [
        "P003",
        "P004",
        "P006",
        "P002",
        "P001",
    ]
    places = queries.points_for(VISITOR, "id-card-replacement", here(3))
    assert [place.distance_m for place in places] == sorted(place.distance_m for place in places)
    assert places[0].distance_m == pytest.approx(distance_m(here(3), here(0)), abs=1)


def test_without_a_place_to_measure_from_open_ones_come_first(directory):
    night = queries.points_for(VISITOR, "id-card-replacement", moment=small.TUESDAY_NIGHT)
    assert codes(night) == [
        "P004",
        "P001",
        "P002",
        "P006",
        "P003",
    ]  # P003's own desk opens last, next Tuesday
    assert all(place.distance_m is None for place in night)


def test_only_as_many_places_as_asked(directory):
    assert codes(queries.points_for(VISITOR, "id-card-replacement", here(), limit=2)) == ["P001", "P002"]


def test_a_guide_may_have_its_own_hours_phone_and_note(directory):
    own = queries.guide(VISITOR, "P003", "id-card-replacement", small.TUESDAY_AFTERNOON)
    assert own.state.changes_at.hour == 16
    assert own.phone == "0580-1200303"
    plain = queries.guide(VISITOR, "P001", "id-card-replacement")
    assert (plain.phone, plain.note["en"]) == ("0580-1200001", "Window 3, second floor.")
    with pytest.raises(queries.NotInDirectory):
        queries.guide(VISITOR, "P001", "driver-licence-renewal")


def test_a_choice_is_offered_when_two_items_are_about_as_likely(directory):
    answer = queries.answer(VISITOR, "驾照")
    assert answer.item is None
    assert {item.code for item in answer.choices} == {"driver-licence-renewal", "driver-licence-replacement"}
    picked = queries.answer(VISITOR, "驾照", item_code="driver-licence-renewal")
    assert picked.item.code == "driver-licence-renewal"
    assert picked.choices == []
    assert "driver-licence-replacement" in [item.code for item in picked.others]


def test_an_unknown_choice_is_as_none(directory):
    assert queries.answer(VISITOR, "身份证丢了", item_code="haircut").item.code == "id-card-replacement"


@pytest.mark.parametrize("words", ["", "   ", "zzzzqqq", "🦑" * 50])
def test_nothing_found_is_an_empty_answer(directory, words):
    answer = queries.answer(VISITOR, words)
    assert (answer.item, answer.choices, answer.places, answer.phones) == (None, [], [], [])


def test_whom_to_call_nearest_places_first_then_whoever_speaks_of_it(directory):
    near = queries.answer(VISITOR, "身份证丢了", here(21)).phones
    assert [line.entry.code for line in near] == ["T006", "T005", "T003"]
    anywhere = queries.answer(VISITOR, "身份证丢了").phones
    assert [line.entry.code for line in anywhere] == ["T003"]


def test_phones_for_an_item_leave_out_emergency_complaints_and_other_matters(directory):
    def found(item: str, district: int | None) -> list[str]:
        where = small.districts()[district] if district is not None else None
        return [line.entry.code for line in queries.phones_for(VISITOR, item, where)]

    assert found("id-card-replacement", 0) == ["T005", "T006", "T003"]
    assert found("id-card-replacement", None) == ["T005", "T006", "T003", "T004"]
    assert found("driver-licence-renewal", None) == []


def test_a_phone_says_whether_it_is_answered(directory):
    lines = {line.entry.code: line for line in queries.phones(VISITOR, moment=small.TUESDAY_NIGHT)}
    assert lines["T001"].state.always
    assert not lines["T003"].state.is_open
    assert not lines["T005"].state.is_open  # its point's hours
    assert lines["T007"].state is None


def test_phones_are_looked_up_by_kind_district_and_words(directory):
    def found(**choice) -> list[str]:
        return [line.entry.code for line in queries.phones(VISITOR, **choice)]

    assert found(words="预约") == ["T005", "T006"]
    assert found(words="one appointments") == ["T005"]
    assert found(words="12389") == ["T007"]
    assert found(words="P003") == ["T006"]  # the name of its point
    assert "T004" not in found(district=small.districts()[0])
    assert found(words="%") == []


def test_what_people_come_for_most(directory, monkeypatch):
    assert [item.code for item in queries.popular(VISITOR, 4)] == [
        "id-card-replacement",
        "driver-licence-renewal",
    ]
    monkeypatch.setattr(
        ports, "_popularity", lambda actor, limit: ["driver-licence-replacement", "gone"][:limit]
    )
    assert [item.code for item in queries.popular(VISITOR, 2)] == [
        "driver-licence-replacement",
        "id-card-replacement",
    ]


def number_of_queries(ask) -> int:
    ask()  # what is kept between calls is built now
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


@pytest.mark.parametrize(
    ("ask", "most"),
    [
        (lambda: queries.answer(VISITOR, "身份证丢了", here()), 8),
        (lambda: queries.points_for(VISITOR, "id-card-replacement", here()), 3),
        (lambda: queries.open_now(VISITOR), 3),
        (lambda: queries.guide(VISITOR, "P001", "id-card-replacement"), 3),
        (lambda: queries.point(VISITOR, "P001"), 7),
        (lambda: queries.phones(VISITOR), 2),
        (lambda: queries.directory(SYSTEM), 3),
    ],
)
def test_queries_do_not_grow_with_the_directory(directory, tmp_path, ask, most):
    before = number_of_queries(ask)
    assert before <= most
    more = range(100, 160)
    points = [small.point(f"P{number}", east=str(number / 20)) for number in more]
    actions.import_points(SYSTEM, small.write(tmp_path / "p.csv", POINTS, points))
    phones = [small.phone(f"T{number}", point=f"P{number}", district=small.districts()[0]) for number in more]
    actions.import_phones(SYSTEM, small.write(tmp_path / "t.csv", PHONES, phones))
    actions.import_guides(
        SYSTEM, small.write(tmp_path / "g.csv", GUIDES, [small.guide(f"P{n}") for n in more])
    )
    assert number_of_queries(ask) == before
