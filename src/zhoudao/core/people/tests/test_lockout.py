"""Wrong passwords in a row lock the sign-in: the page says until when and whom to call."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings

from zhoudao.core import city, clock
from zhoudao.core.access import Role
from zhoudao.core.people import queries
from zhoudao.core.people.actions import accounts


def lock(visit, username: str):
    answer = None
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = visit.sign_in(username, "wrong")
    return answer


def test_locks_after_so_many_failures_and_says_until_when_and_whom_to_call(carol, visit):
    answer = lock(visit, "carol")
    assert answer.status_code == 429
    until = queries.locked_until("carol", "127.0.0.1")
    assert until is not None
    page = answer.content.decode()
    assert f"{clock.local(until):%H:%M}" in page
    assert city.current().help_phone in page


def test_the_right_password_does_not_open_a_lock(carol, visit):
    lock(visit, "carol")
    assert visit.sign_in("carol").status_code == 429
    assert visit.sign_in("120 0000 0001").status_code == 429  # the same account by another name


def test_others_are_not_locked(carol, visit, staff):
    lock(visit, "carol")
    assert visit.sign_in(staff(Role.CLERK).username).status_code == 302


def test_one_failure_less_does_not_lock(carol, visit):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert visit.sign_in("carol", "wrong").status_code == 200
    assert visit.sign_in("carol").status_code == 302
    assert AccessAttempt.objects.count() == 0


def test_opens_by_itself_after_the_waiting_time(carol, visit):
    lock(visit, "carol")
    long_ago = clock.machine_now() - timedelta(hours=settings.AXES_COOLOFF_TIME, seconds=1)
    AccessAttempt.objects.update(attempt_time=long_ago)
    assert queries.locked_until("carol") is None
    assert visit.sign_in("carol").status_code == 302


def test_the_security_officer_opens_it(carol, visit, staff):
    clerk, officer = staff(Role.CLERK), staff(Role.SECURITY_OFFICER)
    lock(visit, clerk.username)
    assert accounts.unlock(officer.as_actor(), clerk.pk) == 1
    assert visit.sign_in(clerk.username).status_code == 302


def test_an_unknown_name_is_locked_alike(db, visit):
    assert lock(visit, "nobody").status_code == 429
