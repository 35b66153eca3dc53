"""points.csv: what is taken, what is refused and how it is said; nothing is half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.models import AuditRow
from zhoudao.counter.places import actions
from zhoudao.counter.places.exchange.records import POINTS
from zhoudao.counter.places.exchange.rows import Refused
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.tests import directory as small

pytestmark = pytest.mark.django_db


def refusal(path: Path, **how: bool) -> Refused:
    with pytest.raises(Refused) as caught:
        actions.import_points(SYSTEM, path, **how)
    return caught.value


def test_good_rows_become_points(tmp_path):
    report = actions.import_points(SYSTEM, small.write(tmp_path / "points.csv", POINTS, small.points_rows()))
    assert (report.rows_in, report.kept, report.added, report.refused) == (6, 6, 6, 0)
    kiosk = Point.objects.get(code="P004")
    assert (kiosk.kind, kiosk.hours, kiosk.services, kiosk.phone) == (
        "kiosk",
        "24/7",
        ["kiosk-household"],
        "",
    )
    assert kiosk.longitude == pytest.approx(small.centre()[0] + 0.015)


BAD = {
    "code": ("p1", "is 'p1'", "capital letters"),
    "name_zh": ("", "is empty", "at most 120 characters"),
    "name_en": ("=HYPERLINK(1)", "begins with '='", "plain text"),
    "kind": ("office", "is 'office'", "counter, station, kiosk, enterprise_window"),
    "district": ("atlantis", "is 'atlantis'", "one of "),
    "address_zh": ("路" * 201, "has 201 characters", "at most 200 characters"),
    "address_en": ("1 \u202eRoad", "U+202E", "plain text"),
    "longitude": ("east", "is 'east'", "a number from -180 to 180"),
    "latitude": ("nan", "is 'nan'", "a number from -90 to 90"),
    "hours": ("Mo-Fr 8 to 5", "can't be read", "Mo-Fr 08:30-11:30,14:00-17:00; PH off"),
    "phone": ("ring me", "is 'ring me'", "3 to 15 digits"),
    "step_free": ("maybe", "is 'maybe'", "one of yes, no"),
    "services": ("household|haircut", "names 'haircut'", "separated by |"),
}


@pytest.mark.parametrize("column", BAD)
def test_a_bad_value_is_refused_by_file_row_field_and_expectation(tmp_path, column):
    value, problem, expected = BAD[column]
    rows = [small.point("P001"), small.point("P002") | {column: value}]
    path = small.write(tmp_path / "points.csv", POINTS, rows)
    refused = refusal(path)
    found = [each for each in refused.report.problems if each.field == column]
    assert len(found) == 1
    assert (found[0].path, found[0].line) == (path, 3)
    assert problem in found[0].problem
    assert expected in found[0].expected
    assert str(found[0]).startswith(f"{path}:3 {column}: ")
    assert refused.report.rows_in == refused.report.kept + refused.report.refused == 2
    assert not Point.objects.exists()


def test_every_problem_of_every_row_is_told_at_once(tmp_path):
    rows = [small.point("P001", kind="x", step_free="x"), small.point("bad", hours="x")]
    fields = [each.field for each in refusal(small.write(tmp_path / "p.csv", POINTS, rows)).report.problems]
    assert sorted(fields) == ["code", "hours", "kind", "step_free"]


def test_swapped_coordinates_are_recognised_and_the_right_ones_offered(tmp_path):
    longitude, latitude = small.centre()
    row = small.point() | {"longitude": str(latitude), "latitude": str(longitude)}
    problem = refusal(small.write(tmp_path / "p.csv", POINTS, [row])).report.problems[0]
    assert "look swapped" in problem.problem
    assert problem.expected == f"longitude {longitude} and latitude {latitude}"


def test_coordinates_outside_the_city_are_refused_with_its_bounds(tmp_path):
    row = small.point() | {"longitude": "12.5", "latitude": "41.9"}
    problems = refusal(small.write(tmp_path / "p.csv", POINTS, [row])).report.problems
    assert [each.field for each in problems] == ["longitude", "latitude"]
    assert all("outside the city" in each.problem and "WGS-84" in each.expected for each in problems)


def test_coordinates_of_another_datum_are_converted_when_said(tmp_path):
    path = small.write(tmp_path / "p.csv", POINTS, [small.point()])
    actions.import_points(SYSTEM, path, datum="GCJ-02")
    moved = Point.objects.get()
    longitude, latitude = small.centre()
    assert (
        100 < abs(moved.longitude - longitude) * 96_000 < 1000
    )  # a few hundred metres, as everywhere in China
    assert moved.latitude != latitude


def test_rows_are_counted_by_physical_lines(tmp_path):
    first, second = (
        small.point("P001", address_en="1 Wenhua Road\nsecond floor\nroom 3"),
        small.point("P002", kind="x"),
    )
    assert refusal(small.write(tmp_path / "p.csv", POINTS, [first, second])).report.problems[0].line == 5


def test_a_point_that_stands_twice_is_refused_with_the_row_it_stood_in_before(tmp_path):
    rows = [small.point("P001"), small.point("P002"), small.point("P001", east="3")]
    problem = refusal(small.write(tmp_path / "p.csv", POINTS, rows)).report.problems[0]
    assert (problem.line, problem.field) == (4, "code")
    assert "row 2" in problem.problem


def test_only_the_good_rows_when_asked(tmp_path):
    rows = [small.point("P001"), small.point("P002", kind="x", hours="x"), small.point("P003")]
    report = actions.import_points(SYSTEM, small.write(tmp_path / "p.csv", POINTS, rows), keep_good=True)
    assert (report.rows_in, report.kept, report.refused, len(report.problems)) == (3, 2, 1, 2)
    assert report.rows_in == report.kept + report.refused
    assert [point.code for point in Point.objects.all()] == ["P001", "P003"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "has no rows"),
        (b"code,name_zh\nP001,x\n", "is missing"),
        ("code,编号\n".encode(), "is not a column"),
        ("code,name_zh\nP001,沈家门\n".encode("gb18030"), "has a byte that is not UTF-8"),
        (b'code,"name_zh\nP001', "can't be read as CSV"),
        (b"code\0,name_zh\n", "is not a column"),
        (b"x" * 200_000, "can't be read as CSV"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(tmp_path, content, problem):
    path = tmp_path / "points.csv"
    path.write_bytes(content)
    problems = refusal(path, keep_good=True).report.problems
    assert any(problem in each.problem for each in problems)


def test_a_chinese_spreadsheet_in_its_own_encoding_is_told_how_to_be_saved(tmp_path):
    path = tmp_path / "points.csv"
    path.write_bytes("code,name_zh\nP001,沈家门\n".encode("gb18030"))
    assert "save it again as CSV UTF-8" in refusal(path).report.problems[0].expected


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    assert "is not there" in str(refusal(tmp_path / "nowhere.csv"))


def test_a_row_with_too_few_values_is_refused_alone(tmp_path):
    path = small.write(tmp_path / "p.csv", POINTS, [small.point("P001")])
    path.write_text(path.read_text(encoding="utf-8") + "P002,x\n", encoding="utf-8")
    report = actions.import_points(SYSTEM, path, keep_good=True)
    assert (report.kept, report.refused) == (1, 1)
    assert "has 2 values" in report.problems[0].problem


def test_a_byte_order_mark_blank_lines_and_another_order_of_columns_do_no_harm(tmp_path):
    row = small.point()
    columns = sorted(row)
    text = (
        ",".join(columns) + "\r\n\r\n" + ",".join(row[column].join('""') for column in columns) + "\r\n\r\n"
    )
    path = tmp_path / "p.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert actions.import_points(SYSTEM, path).kept == 1


def test_importing_the_same_file_twice_touches_nothing(tmp_path):
    path = small.write(tmp_path / "p.csv", POINTS, small.points_rows())
    actions.import_points(SYSTEM, path)
    before = list(Point.objects.values())
    with clock.at(small.TUESDAY_NIGHT):
        report = actions.import_points(SYSTEM, path)
    assert (report.unchanged, report.added, report.changed) == (6, 0, 0)
    assert list(Point.objects.values()) == before


def test_only_what_differs_is_changed(tmp_path):
    rows = small.points_rows()
    actions.import_points(SYSTEM, small.write(tmp_path / "a.csv", POINTS, rows))
    rows[1]["phone"] = "0580-1207777"
    with clock.at(small.TUESDAY_NIGHT):
        report = actions.import_points(SYSTEM, small.write(tmp_path / "b.csv", POINTS, rows))
    assert (report.changed, report.unchanged) == (1, 5)
    assert [point.code for point in Point.objects.filter(changed_at=small.TUESDAY_NIGHT)] == ["P002"]


def test_a_complete_file_withdraws_what_it_no_longer_names_and_a_later_one_brings_it_back(tmp_path):
    rows = small.points_rows()
    actions.import_points(SYSTEM, small.write(tmp_path / "a.csv", POINTS, rows))
    report = actions.import_points(SYSTEM, small.write(tmp_path / "b.csv", POINTS, rows[:4]), complete=True)
    assert report.removed == 2
    assert [point.code for point in Point.objects.filter(withdrawn=True)] == ["P005", "P006"]
    again = actions.import_points(SYSTEM, small.write(tmp_path / "c.csv", POINTS, rows))
    assert (again.changed, Point.objects.filter(withdrawn=True).count()) == (2, 0)


def test_a_file_with_gaps_is_never_complete(tmp_path):
    actions.import_points(SYSTEM, small.write(tmp_path / "a.csv", POINTS, small.points_rows()))
    path = small.write(tmp_path / "b.csv", POINTS, [small.point("P001"), small.point("P002", kind="x")])
    refusal(path, keep_good=True, complete=True)
    assert not Point.objects.filter(withdrawn=True).exists()


def test_an_import_leaves_its_counts_in_the_trail_and_a_refused_one_that_it_failed(tmp_path):
    good = small.write(tmp_path / "good.csv", POINTS, small.points_rows())
    actions.import_points(SYSTEM, good)
    refusal(small.write(tmp_path / "bad.csv", POINTS, [small.point("P001", kind="x")]))
    done, failed = AuditRow.objects.filter(action="places.edit").order_by("sequence")
    assert (done.subject, done.outcome) == ("file:good.csv", "done")
    assert '"points_added":6' in done.details.replace(" ", "")
    assert (failed.subject, failed.outcome) == ("file:bad.csv", "failed")
