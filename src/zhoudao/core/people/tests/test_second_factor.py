"""Staff show a second factor before anything else; it is set up once, used once a code, and has a way
back.
"""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from zhoudao.core.access import STAFF_ROLES, Role
from zhoudao.core.people.models import Authenticator, RecoveryCode, User
from zhoudao.core.people.tests.cast import PASSWORD, SECRET, Visit, code_now

START, STEP, ENROL = "people:start", "people:second_factor", "people:enrol"


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_every_staff_role_needs_one(staff, visit, role):
    user = staff(Role(role))
    assert visit.sign_in(user.username).url == reverse(STEP)
    assert visit.client.get(reverse(START)).url == reverse(STEP)
    assert visit.show_code().url == reverse(START)
    assert visit.client.get(reverse(START)).status_code == 200


def test_residents_need_none(carol, visit):
    assert visit.sign_in("carol").url == reverse(START)
    for step in (STEP, ENROL, "people:recovery"):
        assert visit.client.get(reverse(step)).url == reverse(START)
    assert visit.client.post(reverse("people:recovery_codes")).status_code == 404
    assert (Authenticator.objects.count(), RecoveryCode.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/account/staff/",
        "/account/password/",
        "/items/",
        "/account/staff/open/",
        "/account/second-factor/recovery-codes/",
    ],
)
def test_nothing_opens_before_it(staff, visit, path):
    visit.sign_in(staff(Role.ADMINISTRATOR).username)
    assert visit.client.get(path).headers.get("Location") == reverse(STEP)
    assert visit.client.post(path).headers.get("Location") == reverse(STEP)
    asked_by_htmx = visit.client.get(path, headers={"HX-Request": "true"})
    assert (asked_by_htmx.status_code, asked_by_htmx.headers["HX-Redirect"]) == (204, reverse(STEP))
    assert visit.client.get(path, headers={"Accept": "application/json"}).status_code == 403


def test_until_then_they_are_a_visitor(staff, visit):
    visit.sign_in(staff(Role.ADMINISTRATOR).username)
    assert visit.client.get(reverse(STEP)).wsgi_request.actor.role is Role.VISITOR
    visit.show_code()
    assert visit.client.get(reverse(START)).wsgi_request.actor.role is Role.ADMINISTRATOR


def test_signing_out_and_changing_the_language_stay_open(staff, visit):
    visit.sign_in(staff(Role.CLERK).username)
    assert visit.client.post(reverse("look:language"), {"language": "en"}).status_code == 302
    assert visit.client.post(reverse("people:sign_out")).url == reverse("home")


@pytest.mark.parametrize("code", ["000000", "", "abcdef", "12345", "１２"])
def test_a_wrong_code_is_refused(staff, visit, code):
    visit.sign_in(staff(Role.CLERK).username)
    if code == code_now():
        pytest.skip("the one code in a million")
    assert visit.show_code(code or " ").status_code == 200
    assert visit.client.get(reverse(START)).url == reverse(STEP)


def test_full_width_digits_are_taken(staff, visit):
    visit.sign_in(staff(Role.CLERK).username)
    wide = code_now().translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert visit.show_code(wide).status_code == 302


def test_a_code_works_once(staff, visit, client):
    user = staff(Role.CLERK)
    visit.sign_in(user.username)
    code = code_now()
    assert visit.show_code(code).status_code == 302
    other = Visit(Client())
    other.sign_in(user.username)
    assert other.show_code(code).status_code == 200


def test_a_wrong_code_makes_the_next_one_wait(staff, visit, any_code_again):
    user = staff(Role.CLERK)
    visit.sign_in(user.username)
    visit.show_code("000000")
    Authenticator.objects.update(throttling_failure_count=10)
    assert visit.show_code().status_code == 200
    any_code_again(user)
    assert visit.show_code().status_code == 302


def test_the_session_key_changes_again(staff, visit):
    visit.sign_in(staff(Role.CLERK).username)
    before = visit.client.cookies[settings.SESSION_COOKIE_NAME].value
    visit.show_code()
    assert visit.client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_is_set_up_at_the_first_sign_in(staff, visit):
    user = staff(Role.CLERK, secret="")
    visit.sign_in(user.username)
    assert visit.client.get(reverse(STEP)).url == reverse(ENROL)
    page = visit.client.get(reverse(ENROL))
    image = visit.client.get(reverse("people:enrol_image"))
    assert image.content.startswith(b"\x89PNG")
    assert "no-store" in image.headers["Cache-Control"]
    assert "no-store" in page.headers["Cache-Control"]

    made = Authenticator.objects.get(user=user)
    assert (made.confirmed, len(made.secret)) == (False, 32)
    Authenticator.objects.filter(user=user).update(secret=SECRET)
    assert visit.client.post(reverse(ENROL), {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.get(user=user).confirmed
    Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)

    done = visit.client.post(reverse(ENROL), {"code": code_now()})
    codes = re.findall(r">([a-z2-9]{5}-[a-z2-9]{5})<", done.content.decode())
    assert len(set(codes)) == 10
    assert visit.client.get(reverse(START)).status_code == 200
    assert visit.client.get(reverse("people:enrol_image")).status_code == 404


def test_can_not_be_set_up_over_one_that_stands(staff, visit):
    user = staff(Role.CLERK)
    visit.sign_in(user.username)
    assert visit.client.get(reverse(ENROL)).url == reverse(STEP)
    assert visit.client.post(reverse(ENROL), {"code": code_now()}).url == reverse(STEP)
    assert Authenticator.objects.get(user=user).secret == SECRET


def test_a_recovery_code_works_once_and_only_hashes_are_kept(staff, visit, any_code_again):
    user = staff(Role.CLERK)
    visit.sign_in(user.username)
    visit.show_code()
    page = visit.client.post(reverse("people:recovery_codes"))
    codes = re.findall(r">([a-z2-9]{5}-[a-z2-9]{5})<", page.content.decode())
    kept = set(RecoveryCode.objects.values_list("code_index", flat=True))
    assert len(kept) == len(codes) == 10
    assert not any(code in index or code.replace("-", "") in index for code in codes for index in kept)

    for code, works in (
        (codes[0], True),
        (codes[0], False),
        (codes[1].upper().replace("-", " "), True),
        ("aaaaa-aaaaa", False),
    ):
        any_code_again(user)
        lost_phone = Visit(Client())
        lost_phone.sign_in(user.username)
        answer = lost_phone.client.post(reverse("people:recovery"), {"code": code})
        assert answer.status_code == (302 if works else 200), code
        assert (lost_phone.client.get(reverse(START)).status_code == 200) is works
    assert RecoveryCode.objects.filter(used_at=None).count() == 8

    visit.client.post(reverse("people:recovery_codes"))
    assert set(RecoveryCode.objects.values_list("code_index", flat=True)).isdisjoint(kept)


def test_a_reset_ends_what_was_shown_before(staff, visit):
    user = staff(Role.CLERK)
    visit.sign_in(user.username)
    visit.show_code()
    Authenticator.objects.filter(user=user).delete()
    assert visit.client.get(reverse(START)).url == reverse(STEP)


def test_somebody_elses_code_does_not_do(staff, visit):
    alice, bob = (
        staff(Role.CLERK, username="alice"),
        staff(Role.CLERK, username="bob", secret="MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"),
    )
    assert alice.pk != bob.pk
    visit.sign_in("bob")
    assert visit.show_code(code_now()).status_code == 200


def test_then_a_given_password_has_to_be_changed(staff, visit):
    user = staff(Role.CLERK)
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    visit.sign_in(user.username)
    change = reverse("people:change_password")
    assert visit.show_code().url == change
    assert visit.client.get(reverse(START)).url == change
    assert visit.client.get("/").url == change
    new = "another-lantern-at-sea-7"
    assert visit.client.post(change, {"old": PASSWORD, "new": new, "again": new}).url == reverse(START)
    assert visit.client.get(reverse(START)).status_code == 200
