"""Licences are published within the item's working days, once, and late ones are told; bad marks wait in a list."""

from datetime import timedelta

import pytest
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.city.tests.here import DISTRICT, OTHER_DISTRICT
from zhoudao.core.people.models import Organisation
from zhoudao.core.signs import Level
from zhoudao.counter.applications import actions, signs
from zhoudao.counter.applications.actions.publishing import publish_licences
from zhoudao.counter.applications.models import Application, Mark, Publication
from zhoudao.counter.applications.queries.publishing import unpublished
from zhoudao.counter.applications.tests import life

pytestmark = pytest.mark.django_db
MOVE = "security-firm-address-change"


@pytest.fixture
def world():
    with clock.at(life.MONDAY):
        return life.build()


def granted(world, number="A20261123-09001", status="finished", **changes):
    firm = Organisation.objects.first()
    return Application.objects.create(
        number=number, uid=number, item=MOVE, item_version=1, applicant_kind="organisation",
        applicant=f"organisation:{firm.pk}", organisation=firm, channel="window", district=DISTRICT,
        received_at=clock.now(), decided_at=clock.now(), finished_at=clock.now(), status=status,
        promised_workdays=1, due_at=clock.now(), **changes,
    )  # fmt: skip


def test_a_licence_is_published_once_within_seven_working_days(world, client):
    with clock.at(life.MONDAY):
        application = granted(world)
        assert [each.due_at for each in unpublished()] == [
            life.MONDAY.replace(month=12, day=2, hour=17, minute=0)
        ]
        assert publish_licences(SYSTEM) == 1
        assert publish_licences(SYSTEM) == 0
        page = client.get(reverse("applications:published")).content.decode()
    row = Publication.objects.get()
    assert (row.application_id, row.published_at < row.due_at) == (application.pk, True)
    assert application.number in page
    assert application.organisation.credit_code in page
    assert AuditRow.objects.filter(action="applications.publish", outcome="done").count() == 1


def test_what_is_no_licence_of_an_organisation_stays_in(world):
    with clock.at(life.MONDAY):
        granted(world, status="refused")
        life.accepted(world)
        assert publish_licences(SYSTEM) == 0
        with pytest.raises(Forbidden):
            publish_licences(world.supervisor)


def test_a_licence_that_is_late_is_told(world):
    with clock.at(life.MONDAY):
        granted(world)
        assert signs.published().level is Level.WELL
    with clock.at(life.MONDAY + timedelta(days=10)):
        told = signs.published()
        assert (told.level, told.numbers["zhoudao_licences_unpublished_late"]) == (Level.BAD, 1)
        publish_licences(SYSTEM)
        assert signs.published().level is Level.WELL
    assert '"late":true' in AuditRow.objects.filter(action="applications.publish").last().details


def bad_mark(world):
    number = life.accepted(world)
    Application.objects.filter(number=number).update(
        status="finished", decided_at=clock.now(), finished_at=clock.now(), waits_for=None
    )
    actions.rate(world.resident, number, 1, "等了很久")
    return number


def test_a_bad_mark_waits_until_it_is_answered(world, visit):
    browser = visit(Role.SUPERVISOR, DISTRICT)
    with clock.at(life.MONDAY):
        number = bad_mark(world)
    due = Mark.objects.get().answer_due_at
    for moment, late in ((due - timedelta(minutes=1), Level.WELL), (due + timedelta(minutes=1), Level.WATCH)):
        with clock.at(moment):
            page = browser.get(reverse("applications:marks")).content.decode()
            assert number in page
            assert "等了很久" not in page  # read on opening the application, for a purpose
            assert signs.marks().level is late
    with clock.at(due - timedelta(hours=1)):
        actions.answer_mark(world.supervisor, number, "已上门说明")
        page = browser.get(reverse("applications:marks")).content.decode()
    assert number not in page
    assert signs.marks().level is Level.WELL


def test_other_districts_marks_are_not_there(world, visit):
    browser = visit(Role.SUPERVISOR, OTHER_DISTRICT)
    with clock.at(life.MONDAY):
        number = bad_mark(world)
        assert number not in browser.get(reverse("applications:marks")).content.decode()
