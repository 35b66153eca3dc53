"""Versions of the table: what is published, what is refused, what stays."""

from datetime import date

import pytest
from click.testing import CliRunner

from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.workdays import actions, queries, table
from zhoudao.core.workdays.commands import workdays
from zhoudao.core.workdays.models import Version
from zhoudao.core.workdays.rules import DayKind, Named

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor("user:1", Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def _fresh():
    queries.forget_cached()
    yield
    queries.forget_cached()


@pytest.fixture
def seeded():
    return actions.seed(SYSTEM)


def test_before_any_version_every_day_is_unconfirmed():
    assert queries.day_kinds(SYSTEM)(date(2026, 11, 24)) is DayKind.UNCONFIRMED


def test_seeding_twice_publishes_once(seeded):
    assert seeded.number == 1
    assert actions.seed(SYSTEM) is None
    assert Version.objects.count() == 1


def test_a_changed_day_is_a_new_version_and_the_old_one_stays(seeded):
    version = actions.change_day(
        ADMINISTRATOR, date(2026, 11, 24), Named(False, "台风停课停工", "Typhoon"), "Typhoon notice 12"
    )
    assert version.number == 2
    assert queries.day_kinds(SYSTEM)(date(2026, 11, 24)) is DayKind.HOLIDAY
    assert not Version.objects.get(number=1).days.filter(day=date(2026, 11, 24)).exists()
    actions.change_day(ADMINISTRATOR, date(2026, 11, 24), None, "Notice withdrawn")
    assert queries.day_kinds(SYSTEM)(date(2026, 11, 24)) is DayKind.ORDINARY


def test_each_version_leaves_an_audit_row(seeded):
    before = AuditRow.objects.count()
    actions.change_day(ADMINISTRATOR, date(2026, 11, 24), Named(False), "Typhoon notice 12")
    assert AuditRow.objects.count() == before + 1


@pytest.mark.parametrize(
    "role", [Role.VISITOR, Role.CLERK, Role.SUPERVISOR, Role.AUDITOR, Role.SECURITY_OFFICER]
)
def test_only_an_administrator_publishes(seeded, role):
    with pytest.raises(Forbidden):
        actions.change_day(Actor("user:2", role), date(2026, 11, 24), Named(False), "no reason of theirs")
    assert Version.objects.count() == 1


def test_a_missing_reason_and_a_day_outside_are_refused(seeded):
    with pytest.raises(actions.BadChange, match="reason"):
        actions.change_day(ADMINISTRATOR, date(2026, 11, 24), Named(False), "  ")
    with pytest.raises(actions.BadChange, match="outside the table"):
        actions.change_day(ADMINISTRATOR, date(2031, 1, 1), Named(False), "too early to say")
    assert Version.objects.count() == 1


def test_a_file_adds_a_year(seeded, tmp_path):
    path = tmp_path / "2027.csv"
    path.write_text(
        "day,is_workday,name_zh,name_en\n2027-02-06,no,春节,Spring Festival\n2027-02-20,yes,春节调休,Make-up\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(workdays, ["set", "--file", str(path), "--reason", "Notice 2026-30", "--json"])
    assert done.exit_code == 0, done.output
    kinds = queries.day_kinds(SYSTEM)
    assert kinds(date(2027, 2, 20)) is DayKind.MAKE_UP
    assert kinds(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert kinds(date(2028, 1, 3)) is DayKind.UNCONFIRMED


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("2027-13-01,no,x,x", "2027.csv:2 day:"),
        ("2027-02-06,maybe,x,x", "2027.csv:2 is_workday: 'maybe'; expected yes or no"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_published(seeded, tmp_path, row, complaint):
    path = tmp_path / "2027.csv"
    path.write_text(f"day,is_workday,name_zh,name_en\n{row}\n", encoding="utf-8")
    done = CliRunner().invoke(workdays, ["set", "--file", str(path), "--reason", "Notice 2026-30"])
    assert done.exit_code == 2
    assert complaint in done.stderr
    assert Version.objects.count() == 1


def test_a_file_with_a_missing_column_or_a_gap_is_refused(seeded, tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("day,name\n2027-01-01,x\n", encoding="utf-8")
    with pytest.raises(table.BadTable, match="is_workday"):
        table.from_csv(path)
    path.write_text("day,is_workday,name_zh,name_en\n2031-01-01,no,元旦,New Year\n", encoding="utf-8")
    with pytest.raises(actions.BadChange, match="no year left out"):
        actions.publish(ADMINISTRATOR, table.from_csv(path), "far ahead")


def test_reading_the_calendar_costs_one_query(seeded, django_assert_num_queries):
    queries.in_force(SYSTEM)
    with django_assert_num_queries(1):
        queries.in_force(SYSTEM)
