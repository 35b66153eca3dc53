"""A file of applications is taken whole or not at all, and each bad cell is named."""

import pytest

from zhoudao.core.access import STAFF_ROLES, SYSTEM, VISITOR, Forbidden
from zhoudao.counter.applications.actions import Refused, import_applications
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.records import COLUMNS
from zhoudao.counter.applications.tests.conftest import actor_of


def test_a_good_file_is_taken(row, file_of, items):
    report = import_applications(
        SYSTEM, file_of([row(), row(number="20261123-0002", point="", channel="online")])
    )
    assert (report.rows_in, report.kept, report.refused, report.added) == (2, 2, 0, 2)
    kept = Application.objects.get(number="20261123-0001")
    assert kept.item == items[0]
    assert kept.received_at.isoformat() == "2026-11-23T01:30:00+00:00"
    assert kept.applicant == "R00001"


def test_the_same_file_changes_nothing_and_another_state_is_brought_up(row, file_of):
    waiting = row(decided_at="", finished_at="", status="received")
    import_applications(SYSTEM, file_of([waiting]))
    again = import_applications(SYSTEM, file_of([waiting]))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    later = import_applications(SYSTEM, file_of([row()]))
    assert (later.added, later.changed, later.unchanged) == (0, 1, 0)
    assert Application.objects.get().status == "finished"


BAD_CELLS = {
    "number": [("", "is empty"), ("N" * 33, "has 33 characters")],
    "item": [("no-such-item", "is 'no-such-item'; expected the code of an item")],
    "applicant_kind": [("visitor", "expected one of person, organisation")],
    "applicant": [("", "is empty"), ("R" * 65, "has 65 characters")],
    "point": [("P999", "is 'P999'; expected the code of a point, or nothing")],
    "channel": [("letter", "expected one of window, online, kiosk, post, home")],
    "district": [("", "expected the code of a district"), ("atlantis", "expected the code of a district")],
    "received_at": [("yesterday", "expected a moment with its offset"), ("2026-11-23T09:30:00", "offset")],
    "decided_at": [
        ("2026-11-23T09:00:00+08:00", "is before received_at"),
        ("", "is empty for status finished"),
    ],
    "finished_at": [("2026-11-23T09:35:00+08:00", "is before what it follows"), ("", "is empty for status")],
    "status": [("lost", "expected one of received, approved, finished, refused, withdrawn")],
    "promised_workdays": [("-1", "a whole number from 0 to 1000"), ("two", "a whole"), ("²", "a whole")],
}


@pytest.mark.parametrize(
    ("column", "cell", "told"), [(column, *bad) for column, cells in BAD_CELLS.items() for bad in cells]
)
def test_a_bad_cell_is_named_by_file_row_and_field(row, file_of, column, cell, told):
    path = file_of([row(), row(**{"number": "20261123-0002", column: cell})])
    with pytest.raises(Refused) as refusal:
        import_applications(SYSTEM, path)
    assert f"{path}:3 {column}: " in str(refusal.value)
    assert told in str(refusal.value)
    assert refusal.value.report.refused == refusal.value.report.rows_in == 2
    assert not Application.objects.exists()


def test_every_column_has_a_bad_cell_above():
    assert set(BAD_CELLS) == set(COLUMNS)


def test_a_status_that_is_not_over_has_no_end(row, file_of):
    with pytest.raises(Refused, match="finished_at: is given for status approved"):
        import_applications(SYSTEM, file_of([row(status="approved")]))
    with pytest.raises(Refused, match="decided_at: is given for status withdrawn"):
        import_applications(SYSTEM, file_of([row(status="withdrawn")]))


def test_a_number_stands_in_a_file_once(row, file_of):
    with pytest.raises(Refused, match="3 number: stands in the file already, in row 2"):
        import_applications(SYSTEM, file_of([row(), row(applicant="R00002")]))


def test_good_rows_are_taken_alone_when_that_is_asked(row, file_of):
    path = file_of([row(), row(number="bad", item="nothing"), row(number="20261123-0003")])
    report = import_applications(SYSTEM, path, keep_good=True)
    assert (report.rows_in, report.kept, report.refused) == (3, 2, 1)
    assert [problem.line for problem in report.problems] == [3]
    assert set(Application.objects.values_list("number", flat=True)) == {"20261123-0001", "20261123-0003"}


def test_a_file_with_other_columns_is_refused(row, file_of):
    with pytest.raises(Refused, match="1 status: is missing"):
        import_applications(SYSTEM, file_of([row()], [column for column in COLUMNS if column != "status"]))
    with pytest.raises(Refused, match="1 name: is not a column"):
        import_applications(SYSTEM, file_of([row() | {"name": "张"}], [*COLUMNS, "name"]))


def test_a_row_that_is_cut_is_refused(row, file_of):
    path = file_of([row()])
    with path.open("a", encoding="utf-8") as file:
        file.write("20261123-0002,half\n")
    with pytest.raises(Refused, match="has 2 values; expected 12, one a column"):
        import_applications(SYSTEM, path)


def test_only_the_platform_itself_imports(row, file_of):
    path = file_of([row()])
    for actor in [VISITOR, *(actor_of(role, "*") for role in STAFF_ROLES)]:
        with pytest.raises(Forbidden):
            import_applications(actor, path)
    assert not Application.objects.exists()
