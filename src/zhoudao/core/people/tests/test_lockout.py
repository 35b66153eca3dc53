"""Wrong passwords in a row lock the sign-in, from one address and from all together: the page says until when and
whom to call.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django.urls import reverse

from zhoudao.core import city, clock
from zhoudao.core.access import Role
from zhoudao.core.people import known_browsers, lockout
from zhoudao.core.people.actions import accounts
from zhoudao.core.people.rules.lockout import FROM_EVERYWHERE
from zhoudao.core.people.tests.cast import PASSWORD


def lock(visit, username: str):
    answer = None
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = visit.sign_in(username, "wrong")
    return answer


def test_locks_after_so_many_failures_and_says_until_when_and_whom_to_call(carol, visit):
    answer = lock(visit, "carol")
    assert answer.status_code == 429
    until = lockout.until_of("carol")
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
    assert lockout.until_of("carol") is None
    assert visit.sign_in("carol").status_code == 302


def test_the_security_officer_opens_it(carol, visit, staff):
    clerk, officer = staff(Role.CLERK), staff(Role.SECURITY_OFFICER)
    lock(visit, clerk.username)
    assert accounts.unlock(officer.as_actor(), clerk.pk) == 1
    assert visit.sign_in(clerk.username).status_code == 302


def test_an_unknown_name_is_locked_alike(db, visit):
    assert lock(visit, "nobody").status_code == 429


def test_another_kind_of_browser_does_not_start_the_count_again(carol, visit):
    for turn in range(settings.AXES_FAILURE_LIMIT):
        answer = try_from(f"browser {turn}", "127.0.0.1", "wrong")
    assert answer.status_code == 429
    assert f"{clock.local(lockout.until_of('carol')):%H:%M}" in answer.content.decode()


def test_trying_while_it_is_locked_does_not_make_it_longer(carol, visit):
    lock(visit, "carol")
    until = lockout.until_of("carol")
    assert visit.sign_in("carol", "wrong").status_code == 429
    assert lockout.until_of("carol") == until


# From everywhere -----------------------------------------------------------------------------------------------------


def try_from(browser: str, address: str, password: str, client: Client | None = None):
    return (client or Client()).post(
        reverse("people:sign_in"),
        {"username": "carol", "password": password},
        REMOTE_ADDR=address,
        HTTP_USER_AGENT=browser,
    )


@pytest.fixture
def guessed_from_everywhere(carol) -> None:
    """As many wrong passwords as lock from everywhere, no address with as many as lock it."""
    guesses = FROM_EVERYWHERE * settings.AXES_FAILURE_LIMIT
    each = settings.AXES_FAILURE_LIMIT - 1
    for guess in range(guesses):
        answer = try_from("guesser", f"10.0.{guess // each}.1", "wrong")
        assert answer.status_code == (429 if guess == guesses - 1 else 200)


@pytest.mark.usefixtures("guessed_from_everywhere")
def test_many_addresses_together_lock_it_for_a_browser_nobody_knows():
    assert try_from("mine", "10.9.9.9", PASSWORD).status_code == 429
    assert lockout.until_of("carol") is not None


def test_the_browser_somebody_signed_in_with_is_spared(carol, request):
    known = Client()
    assert try_from("mine", "10.9.9.9", PASSWORD, known).status_code == 302
    known.post(reverse("people:sign_out"))
    request.getfixturevalue("guessed_from_everywhere")
    assert try_from("mine", "10.9.9.9", PASSWORD, known).status_code == 302


def test_a_known_browser_is_still_held_to_the_limit_of_one_address(carol):
    known = Client()
    try_from("mine", "10.9.9.9", PASSWORD, known)
    known.post(reverse("people:sign_out"))
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = try_from("mine", "10.9.9.9", "wrong", known)
    assert answer.status_code == 429


def test_the_browsers_note_names_no_account_and_opens_nothing(carol):
    known = Client()
    answer = try_from("mine", "10.9.9.9", PASSWORD, known)
    cookie = answer.cookies[known_browsers.COOKIE]
    assert "carol" not in cookie.value
    assert cookie["httponly"]
    alone = Client()
    alone.cookies[known_browsers.COOKIE] = cookie.value
    assert alone.get(reverse("people:start")).status_code == 302


def test_a_forged_note_spares_nobody(guessed_from_everywhere):
    forger = Client()
    forger.cookies[known_browsers.COOKIE] = "W10:1aaaaa:forged"
    assert try_from("mine", "10.9.9.9", PASSWORD, forger).status_code == 429
