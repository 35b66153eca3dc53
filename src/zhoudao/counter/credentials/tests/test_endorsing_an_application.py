"""A yearly endorsement (签注) that somebody applied for endorses the certificate they hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.people.models import Resident
from zhoudao.counter.applications import actions as applications
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.problems import Conflict
from zhoudao.counter.applications.rules import Status
from zhoudao.counter.applications.tests import life
from zhoudao.counter.credentials import actions, rules
from zhoudao.counter.credentials.models import Credential

pytestmark = pytest.mark.django_db
A_YEAR_AND_A_DAY = timedelta(days=366)
ANSWERS = {"address": "海印路 12 号 301 室", "same_basis": "yes", "phone": "12800990001"}
PAPERS = {"permit": life.PAPERS["proof"], "proof": life.PAPERS["proof"]}


@pytest.fixture
def world():
    with clock.at(life.MONDAY):
        yield life.build()


def permitted(world) -> Credential:
    number = life.accepted(world)
    applications.approve(world.reviewer, number, 2)
    applications.issue(world.reviewer, number, 3)
    return Credential.objects.get(application=number)


def asked(world) -> str:
    """Their application to be endorsed, accepted."""
    request = life.request(world, ANSWERS, "residence-permit-endorsement", papers=PAPERS)
    number = applications.submit(world.clerk, request, key=life.new_uid()).number
    applications.accept(world.clerk, number, 1)
    return number


def test_approving_puts_the_late_permit_in_force_for_another_year(world, verdict_on):
    permit = permitted(world)
    later = life.MONDAY + A_YEAR_AND_A_DAY
    with clock.at(later):
        assert verdict_on(permit) == "suspended"
        number = asked(world)
        applications.approve(world.reviewer, number, 2)
        permit.refresh_from_db()
        assert permit.endorsed_until == rules.months_later(later, 12)
        actions.publish_list(SYSTEM)
        assert verdict_on(permit) == "valid"
    application = Application.objects.get(number=number)
    assert (application.status, application.certificate) == (Status.APPROVED, permit.number)
    assert AuditRow.objects.filter(action="credentials.endorse", outcome="done").count() == 1


def test_approving_twice_endorses_once(world):
    permit = permitted(world)
    with clock.at(life.TUESDAY):
        number = asked(world)
        applications.approve(world.reviewer, number, 2)
        permit.refresh_from_db()
        endorsed_until = permit.endorsed_until
    with clock.at(life.TUESDAY + timedelta(days=30)), pytest.raises(Conflict):
        applications.approve(world.reviewer, number, 2)
    permit.refresh_from_db()
    assert permit.endorsed_until == endorsed_until


def test_a_permit_of_before_this_platform_is_endorsed_by_hand(world):
    number = asked(world)
    applications.approve(world.reviewer, number, 2)
    application = Application.objects.get(number=number)
    assert (application.status, application.certificate) == (Status.APPROVED, "")


def test_a_revoked_permit_stops_the_approval(world):
    permit = permitted(world)
    number = asked(world)
    actions.revoke(world.supervisor, permit.number, "以虚假材料取得")
    with pytest.raises(Conflict):
        applications.approve(world.reviewer, number, 2)
    permit.refresh_from_db()
    assert permit.state == "revoked"
    assert Application.objects.get(number=number).status == Status.RECEIVED


def test_a_neighbours_permit_is_left_alone(world):
    permit = permitted(world)
    before = permit.endorsed_until
    with clock.at(life.TUESDAY):
        request = life.request(world, ANSWERS, "residence-permit-endorsement", papers=PAPERS)
        theirs = replace(request, resident_id=Resident.objects.get(user=world.neighbour.user_id).pk)
        number = applications.submit(world.clerk, theirs, key="a-neighbours").number
        applications.accept(world.clerk, number, 1)
        applications.approve(world.reviewer, number, 2)
    permit.refresh_from_db()
    assert permit.endorsed_until == before
