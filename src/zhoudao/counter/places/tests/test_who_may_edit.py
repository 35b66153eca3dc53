"""Supervisors import and edit in their own districts; staff export; anyone reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from zhoudao.core.access import STAFF_ROLES, SYSTEM, VISITOR, Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.counter.places import actions, checks, queries
from zhoudao.counter.places.exchange.records import GUIDES, PHONES, POINTS
from zhoudao.counter.places.exchange.rows import Refused
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.tests import directory as small

CLERK = Actor("user:3", Role.CLERK, frozenset({"*"}), origin="192.0.2.3")


def test_a_supervisor_imports_for_the_own_district(directory, tmp_path):
    here, _ = small.districts()[:2]
    report = actions.import_points(
        small.supervisor(here), small.write(tmp_path / "p.csv", POINTS, [small.point("P007")])
    )
    assert report.added == 1
    row = AuditRow.objects.filter(action="places.edit").latest("sequence")
    assert f'"district":"{here}"' in row.details.replace(" ", "")


def test_a_row_of_another_district_is_refused_by_name(directory, tmp_path):
    here, there = small.districts()[:2]
    rows = [small.point("P007"), small.point("P008", district=there)]
    path = small.write(tmp_path / "p.csv", POINTS, rows)
    with pytest.raises(Refused) as refused:
        actions.import_points(small.supervisor(here), path)
    problem = refused.value.report.problems[0]
    assert (problem.line, problem.field, problem.expected) == (3, "district", here)
    assert there in problem.problem
    assert not Point.objects.filter(code="P007").exists()


def test_a_point_can_not_be_taken_from_another_district(directory, tmp_path):
    here, _ = small.districts()[:2]
    path = small.write(tmp_path / "p.csv", POINTS, [small.point("P005", district=here)])
    with pytest.raises(Refused, match="is not yours to edit"):
        actions.import_points(small.supervisor(here), path)


def test_the_citys_own_phones_need_the_whole_city(directory, tmp_path):
    path = small.write(tmp_path / "phones.csv", PHONES, [small.phone("T100")])
    with pytest.raises(Refused, match="the whole city is not yours to edit"):
        actions.import_phones(small.supervisor(small.districts()[0]), path)
    assert actions.import_phones(small.supervisor("*"), path).added == 1


def test_a_guide_belongs_to_the_district_of_its_point(directory, tmp_path):
    here, there = small.districts()[:2]
    path = small.write(tmp_path / "guides.csv", GUIDES, [small.guide("P005")])
    with pytest.raises(Refused, match="is not yours to edit"):
        actions.import_guides(small.supervisor(here), path)
    assert actions.import_guides(small.supervisor(there), path).added == 1


def test_a_complete_file_of_one_district_leaves_the_others_alone(directory, tmp_path):
    here, there = small.districts()[:2]
    path = small.write(tmp_path / "p.csv", POINTS, [small.point("P001")])
    report = actions.import_points(small.supervisor(here), path, complete=True)
    assert report.removed == 4
    assert not Point.objects.get(district=there).withdrawn


def test_two_districts_leave_a_row_of_the_trail_each(directory, tmp_path):
    both = small.districts()[:2]
    before = AuditRow.objects.count()
    rows = [small.point("P007"), small.point("P008", district=both[1])]
    actions.import_points(small.supervisor(*both), small.write(tmp_path / "p.csv", POINTS, rows))
    details = [row.details.replace(" ", "") for row in AuditRow.objects.order_by("sequence")[before:]]
    assert sorted(f'"district":"{code}"' in "".join(details) for code in both) == [True, True]
    assert all('"points_added":1' in each for each in details)


@pytest.mark.parametrize("actor", [VISITOR, CLERK, small.supervisor("atlantis")])
def test_others_import_nothing(directory, tmp_path, actor):
    path = small.write(tmp_path / "p.csv", POINTS, [small.point("P007")])
    with pytest.raises(Forbidden):
        actions.import_points(actor, path)
    assert not Point.objects.filter(code="P007").exists()
    assert AuditRow.objects.latest("sequence").outcome == "refused"


def test_closing_a_point_is_for_its_own_supervisor(directory):
    here, there = small.districts()[:2]
    until = small.TUESDAY_AFTERNOON + timedelta(hours=3)
    with pytest.raises(Forbidden):
        actions.close_point(
            small.supervisor(there), "P001", small.TUESDAY_AFTERNOON, until, "停电", "No power"
        )
    actions.close_point(small.supervisor(here), "P001", small.TUESDAY_AFTERNOON, until, "停电", "No power")
    with pytest.raises(Forbidden):
        actions.reopen_point(small.supervisor(there), "P001")


def test_staff_export_and_the_public_does_not(directory, tmp_path):
    for role in STAFF_ROLES:
        actions.export_csv(Actor("user:9", role), tmp_path / role.value)
    for actor in (VISITOR, Actor("user:10", Role.RESIDENT)):
        for forbidden in (
            lambda actor=actor: actions.export_csv(actor, tmp_path / "x"),
            lambda actor=actor: actions.export_hsds(actor, tmp_path / "x"),
            lambda actor=actor: queries.directory(actor),
            lambda actor=actor: checks.findings(actor),
        ):
            with pytest.raises(Forbidden):
                forbidden()
    assert not (tmp_path / "x").exists()


def test_anyone_reads(directory):
    assert queries.points(VISITOR)
    assert queries.phones(VISITOR)
    assert queries.answer(VISITOR, "身份证丢了").item is not None
    assert queries.points(SYSTEM)
