"""Signing in by user name, mobile or identity number; and what stays the same whether it works or not."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django.urls import reverse

from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.people import actions
from zhoudao.core.people.models import User
from zhoudao.core.people.tests.cast import PASSWORD, identity_number


@pytest.mark.parametrize(
    "typed",
    ["carol", "CAROL ", "120 0000 0001", "+8612000000001", identity_number(1), identity_number(1).lower()],
)
def test_by_whatever_a_resident_has(carol, visit, typed):
    answer = visit.sign_in(typed)
    assert answer.status_code == 302
    assert answer.url == reverse("people:start")
    assert visit.client.get(reverse("people:start")).status_code == 200


def test_a_shared_mobile_number_signs_nobody_in(carol, visit):
    actions.register_resident(
        SYSTEM,
        name="李四",
        document_kind="resident_id",
        document_number=identity_number(2),
        mobile="12000000001",
    )
    assert visit.sign_in("12000000001").status_code == 302  # the other has no account
    visit.client.logout()
    row = {
        "username": "dan",
        "role": "resident",
        "display_name": "李四",
        "password": PASSWORD,
        "document_number": identity_number(2),
    }
    assert actions.import_staff(SYSTEM, [(2, row)]).kept == 1
    assert visit.sign_in("12000000001").status_code == 200
    assert visit.sign_in(identity_number(2)).status_code == 302


def test_staff_do_not_sign_in_by_number(staff, visit):
    staff("clerk", username="alice")
    assert visit.sign_in("120001").status_code == 200


@pytest.mark.parametrize(
    ("username", "password"), [("carol", "wrong"), ("nobody", PASSWORD), (identity_number(7), PASSWORD)]
)
def test_the_answer_does_not_tell_which_was_wrong(carol, visit, username, password):
    answer = visit.sign_in(username, password)
    assert answer.status_code == 200
    errors = answer.context["form"].errors.as_text()
    assert errors == visit.sign_in("carol", "also wrong").context["form"].errors.as_text()


def test_a_closed_account_does_not_sign_in(carol, visit):
    User.objects.filter(username="carol").update(is_active=False)
    assert visit.sign_in("carol").status_code == 200


def test_the_session_key_changes(carol, visit):
    visit.client.get(reverse("people:sign_in"))
    session = visit.client.session
    session["fixed"] = "by somebody"
    session.save()
    visit.client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    visit.sign_in("carol")
    assert visit.client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_the_session_ends_with_the_browser_and_on_asking(carol, visit):
    visit.sign_in("carol")
    assert visit.client.session.get_expire_at_browser_close()
    assert visit.client.get(reverse("people:sign_out")).status_code == 405
    assert visit.client.post(reverse("people:sign_out")).url == reverse("home")
    assert visit.client.get(reverse("people:start")).status_code == 302


@pytest.mark.parametrize(
    ("asked", "goes"),
    [("/items/?a=1", "/items/?a=1"), ("https://evil.example/", None), ("//evil.example", None)],
)
def test_goes_on_to_where_they_were_going_if_it_is_ours(carol, visit, asked, goes):
    assert visit.sign_in("carol", next=asked).url == (goes or reverse("people:start"))


def test_what_was_typed_is_not_kept_by_the_lockout(carol, visit):
    visit.sign_in(identity_number(7), "wrong")
    visit.sign_in("120 9999 9999", "wrong")
    kept = str(list(AccessAttempt.objects.values()))
    assert identity_number(7) not in kept
    assert "9999 9999" not in kept
    assert AccessAttempt.objects.filter(username__startswith="unknown:").count() == 2


def test_both_outcomes_are_written_down(carol, visit):
    before = AuditRow.objects.count()
    visit.sign_in("carol", "wrong")
    visit.sign_in("nobody", "wrong")
    visit.sign_in("carol")
    visit.client.post(reverse("people:sign_out"))
    rows = list(AuditRow.objects.order_by("sequence"))[before:]
    assert [(row.action, row.outcome, row.role) for row in rows] == [
        ("people.sign_in", "refused", "visitor"),
        ("people.sign_in", "refused", "visitor"),
        ("people.sign_in", "done", "resident"),
        ("people.sign_in", "done", "resident"),
    ]
    assert rows[0].subject == rows[2].subject != rows[1].subject


def test_changing_the_password_ends_other_sessions(carol, visit):
    other = Client()
    other.post(reverse("people:sign_in"), {"username": "carol", "password": PASSWORD})
    visit.sign_in("carol")
    new = "another-lantern-at-sea-7"
    change = reverse("people:change_password")
    wrong = visit.client.post(change, {"old": "wrong", "new": new, "again": new})
    assert "old" in wrong.context["form"].errors
    weak = visit.client.post(change, {"old": PASSWORD, "new": "password1234", "again": "password1234"})
    assert "new" in weak.context["form"].errors
    differ = visit.client.post(change, {"old": PASSWORD, "new": new, "again": new + "x"})
    assert "again" in differ.context["form"].errors
    assert visit.client.post(change, {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert visit.client.get(reverse("people:start")).status_code == 200
    assert other.get(reverse("people:start")).status_code == 302
    assert User.objects.get(username="carol").check_password(new)
