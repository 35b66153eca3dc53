"""What is exported is imported again without loss: CSV and Open Referral HSDS."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhoudao.core import city
from zhoudao.core.access import SYSTEM
from zhoudao.counter.places import actions, queries
from zhoudao.counter.places.exchange import hsds, records, rows
from zhoudao.counter.places.exchange.records import COLUMNS, GUIDES, PHONES, POINTS
from zhoudao.counter.places.exchange.rows import Refused
from zhoudao.counter.places.models import Guide, PhoneEntry, Point
from zhoudao.counter.places.rules import unsafe_text
from zhoudao.counter.places.tests import directory as small

SCHEMA = Path(hsds.__file__).with_name("hsds.schema.json")

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=120)
kept_texts = texts.filter(lambda text: text == text.strip() and unsafe_text(text) is None)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(note_zh=kept_texts, note_en=kept_texts, address=kept_texts.filter(bool))
def test_any_text_survives_the_file(tmp_path, note_zh, note_en, address):
    guide = records.GuideRecord("P001", "id-card-replacement", "", "", note_zh, note_en)
    path = tmp_path / "guides.csv"
    rows.write_csv(path, COLUMNS[GUIDES], [records.as_cells(guide)])
    read = rows.read_csv(GUIDES, path, COLUMNS[GUIDES])
    assert [records.check_guide(row, {"P001"}, {"id-card-replacement"}) for row in read] == [guide]

    row = small.point(address_zh=address)
    small.write(tmp_path / "points.csv", POINTS, [row])
    bounds = city.current().bounds
    edges = (bounds.west, bounds.south, bounds.east, bounds.north)
    services = ["household", "id-card"]
    (first,) = rows.read_csv(POINTS, tmp_path / "points.csv", COLUMNS[POINTS])
    point = records.check_point(first, edges, small.districts(), services)
    rows.write_csv(tmp_path / "again.csv", COLUMNS[POINTS], [records.as_cells(point)])
    (second,) = rows.read_csv(POINTS, tmp_path / "again.csv", COLUMNS[POINTS])
    assert records.check_point(second, edges, small.districts(), services) == point
    assert point.address_zh == address


@settings(max_examples=100)
@given(st.text())
def test_what_pages_and_spreadsheets_should_not_see_is_never_kept(text):
    if unsafe_text(text) is None:
        assert not text.startswith(("=", "+", "-", "@"))
        assert "\u202e" not in text
        assert "\0" not in text


def everything() -> list[dict]:
    return [list(model.objects.order_by("pk").values()) for model in (Point, PhoneEntry, Guide)]


def test_the_csv_export_comes_back_unchanged(directory, tmp_path):
    before = everything()
    counts = actions.export_csv(SYSTEM, tmp_path / "out")
    assert counts == {"points.csv": 6, "phones.csv": 7, "guides.csv": 7}
    for table, read in (
        ("points", actions.import_points),
        ("phones", actions.import_phones),
        ("guides", actions.import_guides),
    ):
        report = read(SYSTEM, tmp_path / "out" / f"{table}.csv", complete=True)
        assert (report.unchanged, report.removed) == (report.rows_in, 0)
    assert everything() == before


def test_the_csv_export_says_what_the_import_said(directory, tmp_path):
    actions.export_csv(SYSTEM, tmp_path)
    with (tmp_path / "guides.csv").open(encoding="utf-8", newline="") as file:
        exported = list(csv.DictReader(file))
    key = lambda row: (row["point"], row["item"])  # noqa: E731
    assert sorted(exported, key=key) == sorted(small.guides_rows(), key=key)


@pytest.fixture
def document(directory, tmp_path) -> dict:
    actions.export_hsds(SYSTEM, tmp_path)
    return json.loads((tmp_path / "hsds.json").read_text(encoding="utf-8"))


def test_the_hsds_export_is_hsds(document):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)
    assert hsds.counts(document) == {
        "organizations": 1, "locations": 6, "phones": 7, "services": 3, "service_at_locations": 7,
    }  # fmt: skip


def test_the_schema_notices_what_is_not_hsds(document):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document["services"][0]["status"] = "open"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_every_id_is_unique_and_every_reference_leads_somewhere(document):
    ids: list[str] = []
    references: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            ids.append(value["id"]) if "id" in value else None
            references.update(child for name, child in value.items() if name.endswith("_id"))
            for child in value.values():
                walk(child)
        elif isinstance(value, list):
            for child in value:
                walk(child)

    walk(document)
    assert len(ids) == len(set(ids))
    assert references <= set(ids)


def test_hours_stand_as_weekly_recurrences(document):
    location = next(
        each for each in document["organizations"][0]["locations"] if each["external_identifier"] == "P001"
    )
    days = {
        (schedule["byday"], schedule["opens_at"], schedule["closes_at"]) for schedule in location["schedules"]
    }
    assert days == {
        ("MO,TU,WE,TH,FR", "08:30+08:00", "11:30+08:00"),
        ("MO,TU,WE,TH,FR", "14:00+08:00", "17:00+08:00"),
    }


def test_the_hsds_export_comes_back_unchanged(document, tmp_path):
    before = everything()
    reports = actions.import_hsds(SYSTEM, tmp_path / "hsds.json", complete=True)
    assert [(report.table, report.unchanged, report.removed) for report in reports] == [
        (POINTS, 6, 0), (PHONES, 7, 0), (GUIDES, 7, 0),
    ]  # fmt: skip
    assert everything() == before


def test_the_hsds_export_fills_an_empty_directory(document, tmp_path):
    before = queries.directory(SYSTEM)
    for model in (Guide, PhoneEntry, Point):
        model.objects.all().delete()
    actions.import_hsds(SYSTEM, tmp_path / "hsds.json")
    assert queries.directory(SYSTEM) == before


def rewrite(tmp_path: Path, document: dict) -> Path:
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def test_schedules_without_our_notes_are_read_as_hours(document, tmp_path):
    for schedule in document["organizations"][0]["locations"][0]["schedules"]:
        del schedule["notes"]
    actions.import_hsds(SYSTEM, rewrite(tmp_path, document))
    assert Point.objects.get(code="P001").hours == "Mo,Tu,We,Th,Fr 08:30-11:30,14:00-17:00"


def test_round_the_clock_without_our_notes_is_read_as_such(document, tmp_path):
    kiosk = next(
        each for each in document["organizations"][0]["locations"] if each["external_identifier"] == "P004"
    )
    del kiosk["schedules"][0]["notes"]
    actions.import_hsds(SYSTEM, rewrite(tmp_path, document))
    assert Point.objects.get(code="P004").hours == "24/7"


def change(document: dict, *place: str | int) -> dict:
    for step in place:
        document = document[step]
    return document


LOCATION = ("organizations", 0, "locations", 0)
SCHEDULE = (*LOCATION, "schedules", 0)


@pytest.mark.parametrize(
    ("place", "name", "value", "field", "problem"),
    [
        (LOCATION, "latitude", "north", "locations.0.latitude", "is 'north'"),
        (LOCATION, "external_identifier_type", "UPRN", "external_identifier_type", "'UPRN'"),
        (SCHEDULE, "freq", "MONTHLY", "schedules.0", "not the same every week"),
        (SCHEDULE, "opens_at", "early", "opens_at", "is 'early'"),
        (SCHEDULE, "byday", "MO,XX", "byday", "names 'XX'"),
        (SCHEDULE, "byday", "MO", "schedules", "but their notes say"),
        (("organizations", 0, "phones", 0), "number", "", "phone", "is ''"),
        (("services", 0, "service_at_locations", 0), "location_id", "nowhere", "location_id", "is 'nowhere'"),
        (("services", 0, "attributes", 0), "value", "haircut", "item", "is 'haircut'"),
    ],
)  # fmt: skip
def test_a_bad_object_is_refused_by_its_place(document, tmp_path, place, name, value, field, problem):
    change(document, *place)[name] = value
    before = everything()
    with pytest.raises(Refused) as refused:
        actions.import_hsds(SYSTEM, rewrite(tmp_path, document))
    assert any(
        each.field.endswith(field) and problem in each.problem for each in refused.value.report.problems
    )
    assert all(each.field.startswith(str(place[0])) for each in refused.value.report.problems)
    assert everything() == before


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "[" * 100_000, '{"organizations": {}}', '{"organizations": [], "services": 3}']
)
def test_what_is_no_hsds_document_is_refused(directory, tmp_path, content):
    path = tmp_path / "hsds.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refused):
        actions.import_hsds(SYSTEM, path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "organizations",
                        "services",
                        "locations",
                        "phones",
                        "id",
                        "schedules",
                        "attributes",
                        "label",
                        "byday",
                        "freq",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_makes_the_reader_fail_otherwise(tmp_path, content):
    path = tmp_path / "any.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        tables = hsds.read(path)
    except Refused:
        return
    assert set(tables) == {POINTS, PHONES, GUIDES}
