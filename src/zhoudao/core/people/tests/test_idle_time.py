"""Somebody who does nothing for a while is signed out, by the machine's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.people import sessions
from zhoudao.core.people.models import User

START = "/account/"


def leave_alone(client, minutes: float) -> None:
    session = client.session
    session[sessions.LAST_SEEN] -= int(minutes * 60)
    session.save()


@pytest.fixture
def limits(settings):
    settings.IDLE_MINUTES_STAFF, settings.IDLE_MINUTES_PUBLIC = 15, 30
    return settings


@pytest.mark.parametrize(
    ("role", "minutes", "stays"),
    [("clerk", 14, True), ("clerk", 16, False), ("resident", 29, True), ("resident", 31, False)],
)
def test_staff_sooner_than_residents(limits, carol, signed_in, visit, role, minutes, stays):
    signed_in(Role.CLERK) if role == "clerk" else visit.sign_in("carol")
    leave_alone(visit.client, minutes)
    english = {"Accept-Language": "en"}
    answer = visit.client.get(START, headers=english)
    assert (answer.status_code == 200) is stays
    if not stays:
        assert answer.url == f"{reverse('people:sign_in')}?next=%2Faccount%2F"
        assert "nothing happened" in visit.client.get(answer.url, headers=english).content.decode()
        assert visit.client.get(START).status_code == 302


def test_half_signed_in_counts_too(limits, staff, visit):
    visit.sign_in(staff(Role.CLERK).username)
    leave_alone(visit.client, 16)
    assert visit.show_code().url.startswith(reverse("people:sign_in"))


def test_doing_something_restarts_the_time(limits, carol, visit):
    visit.sign_in("carol")
    for _ in range(3):
        leave_alone(visit.client, 29)
        assert visit.client.get(START).status_code == 200


def test_is_written_down_once_a_minute_at_most(limits, carol, visit):
    visit.sign_in("carol")
    first = User.objects.get(username="carol").last_activity_at
    assert first is not None
    visit.client.get(START)
    assert User.objects.get(username="carol").last_activity_at == first
    leave_alone(visit.client, 2)
    visit.client.get(START)
    assert User.objects.get(username="carol").last_activity_at != first


def test_a_request_of_a_page_script_is_told(limits, carol, visit):
    visit.sign_in("carol")
    leave_alone(visit.client, 31)
    answer = visit.client.get(START, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"][:17]) == (204, "/account/sign-in/")
    visit.sign_in("carol")
    leave_alone(visit.client, 31)
    assert visit.client.get(START, headers={"Accept": "application/json"}).status_code == 401


def test_is_written_in_the_trail(limits, carol, visit):
    visit.sign_in("carol")
    leave_alone(visit.client, 31)
    visit.client.get(START)
    assert '"reason":"idle"' in AuditRow.objects.order_by("sequence").last().details


def test_the_citys_own_clock_does_not_matter(limits, carol, visit):
    visit.sign_in("carol")
    with clock.at(datetime.fromisoformat("2030-01-01T00:00+08:00") + timedelta(days=1)):
        assert visit.client.get(START).status_code == 200


def test_a_session_begun_by_other_means_starts_counting(limits, carol, visit):
    visit.client.force_login(carol.user, "django.contrib.auth.backends.ModelBackend")
    assert visit.client.get(START).status_code == 200
    leave_alone(visit.client, 31)
    assert visit.client.get(START).status_code == 302
