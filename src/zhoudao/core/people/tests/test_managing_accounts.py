"""The administrator opens and closes accounts, the security officer grants and resets: neither does the
other's.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.city.tests.here import DISTRICT, OTHER_DISTRICT
from zhoudao.core.people import queries
from zhoudao.core.people.actions import accounts
from zhoudao.core.people.models import Authenticator, RecoveryCode, User
from zhoudao.core.people.rules import duties
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.core.people.tests.cast import identity_number

NEW = {"username": "Bob.Putuo", "display_name": "李四", "staff_number": "１２０９９９"}


def test_the_way_of_an_account_from_open_to_closed(signed_in, staff, visit):
    officer = staff(Role.SECURITY_OFFICER).as_actor()
    signed_in(Role.ADMINISTRATOR)
    page = visit.client.post(reverse("people:open_account"), NEW)
    password = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", page.content.decode()).group()
    bob = User.objects.get(username="bob.putuo")
    assert (bob.role, bob.staff_number, bob.must_change_password) == (Role.VISITOR, "120999", True)
    assert bob.check_password(password)
    assert "no-store" in page.headers["Cache-Control"]

    accounts.grant_role(officer, bob.pk, Role.CLERK, [OTHER_DISTRICT, DISTRICT])
    bob.refresh_from_db()
    assert (bob.role, bob.districts) == (Role.CLERK, [DISTRICT, OTHER_DISTRICT])

    visit.client.post(reverse("people:change_account", args=[bob.pk, "close"]))
    bob.refresh_from_db()
    assert (bob.is_active, bob.closed_at is None) == (False, False)
    visit.client.post(reverse("people:change_account", args=[bob.pk, "reopen"]))
    bob.refresh_from_db()
    assert (bob.is_active, bob.closed_at) == (True, None)

    page = visit.client.post(reverse("people:reissue_password", args=[bob.pk]))
    again = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", page.content.decode()).group()
    bob.refresh_from_db()
    assert again != password
    assert bob.check_password(again)


def test_a_new_account_can_do_nothing_until_it_has_a_role(db, visit):
    user, password = accounts.open_account(SYSTEM, **NEW)
    visit.sign_in(user.username, password)
    new = "another-lantern-at-sea-7"
    visit.client.post(reverse("people:change_password"), {"old": password, "new": new, "again": new})
    page = visit.client.get(reverse("people:start"))
    assert page.context["is_new"]
    assert page.context["links"] == []
    assert visit.client.get(reverse("people:accounts")).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a"),
        ("username", identity_number()),
        ("username", "alice.1"),
        ("display_name", "李4"),
        ("staff_number", ""),
    ],
)
def test_a_bad_account_is_named_beside_its_field(signed_in, visit, field, value):
    signed_in(Role.ADMINISTRATOR)
    page = visit.client.post(reverse("people:open_account"), {**NEW, field: value})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert User.objects.count() == 1


def test_what_the_form_does_not_name_is_not_taken(signed_in, visit):
    signed_in(Role.ADMINISTRATOR)
    more = {
        "role": Role.SECURITY_OFFICER.value, "districts": "*", "password": "chosen", "must_change_password": "",
    }  # fmt: skip
    visit.client.post(reverse("people:open_account"), {**NEW, **more})
    made = User.objects.get(username="bob.putuo")
    assert (made.role, made.districts, made.must_change_password) == (Role.VISITOR, [], True)
    assert not made.check_password("chosen")


def test_each_duty_is_its_officers_alone(staff):
    target = staff(Role.CLERK)
    steps = {
        Role.ADMINISTRATOR: [
            lambda actor: accounts.open_account(actor, **NEW),
            lambda actor: accounts.close_account(actor, target.pk),
            lambda actor: accounts.reopen_account(actor, target.pk),
            lambda actor: accounts.reissue_password(actor, target.pk),
        ],
        Role.SECURITY_OFFICER: [
            lambda actor: accounts.grant_role(actor, target.pk, Role.REVIEWER, []),
            lambda actor: accounts.reset_second_factor(actor, target.pk),
            lambda actor: accounts.unlock(actor, target.pk),
        ],
    }
    for owner, its_steps in steps.items():
        for step in its_steps:
            for role in set(Role) - {owner, Role.SYSTEM}:
                with pytest.raises(Forbidden):
                    step(Actor("user:9999", role, frozenset({"*"}), user_id=9999))
    target.refresh_from_db()
    assert (target.role, target.is_active, Authenticator.objects.count()) == (Role.CLERK, True, 1)


def test_nobody_does_it_to_themselves(staff):
    admin, officer = staff(Role.ADMINISTRATOR), staff(Role.SECURITY_OFFICER)
    for step in (accounts.close_account, accounts.reissue_password):
        with pytest.raises(BadInput, match="own account"):
            step(admin.as_actor(), admin.pk)
    with pytest.raises(BadInput, match="own account"):
        accounts.grant_role(officer.as_actor(), officer.pk, Role.COMMANDER, ["*"])
    with pytest.raises(BadInput, match="own account"):
        accounts.reset_second_factor(officer.as_actor(), officer.pk)


@pytest.mark.parametrize("role", ["king", "", *sorted(set(Role) - duties.GRANTABLE)])
def test_only_staff_roles_are_granted(staff, role):
    clerk, officer = staff(Role.CLERK), staff(Role.SECURITY_OFFICER)
    with pytest.raises(BadInput):
        accounts.grant_role(officer.as_actor(), clerk.pk, role, [])


def test_only_districts_of_this_city_are_granted(staff):
    clerk, officer = staff(Role.CLERK), staff(Role.SECURITY_OFFICER)
    with pytest.raises(BadInput, match="no such district: atlantis"):
        accounts.grant_role(officer.as_actor(), clerk.pk, Role.CLERK, ["atlantis"])
    accounts.grant_role(officer.as_actor(), clerk.pk, Role.CLERK, [OTHER_DISTRICT, "*"])
    assert User.objects.get(pk=clerk.pk).districts == ["*"]


def test_a_role_taken_away_counts_at_once(staff, signed_in, visit):
    officer = staff(Role.SECURITY_OFFICER).as_actor()
    actor = signed_in(Role.ADMINISTRATOR)
    assert visit.client.get(reverse("people:accounts")).status_code == 200
    accounts.grant_role(officer, actor.user_id, Role.CLERK, [DISTRICT])
    assert visit.client.get(reverse("people:accounts")).status_code == 403


def test_closing_an_account_signs_it_out(staff, signed_in, visit):
    actor = signed_in(Role.CLERK)
    accounts.close_account(staff(Role.ADMINISTRATOR).as_actor(), actor.user_id)
    assert visit.client.get(reverse("people:start")).url.startswith(reverse("people:sign_in"))


def test_a_reset_lets_a_new_factor_be_set_up(staff, visit):
    clerk, officer = staff(Role.CLERK), staff(Role.SECURITY_OFFICER)
    RecoveryCode.objects.create(user=clerk, code_index="x")
    accounts.reset_second_factor(officer.as_actor(), clerk.pk)
    assert (Authenticator.objects.filter(user=clerk).count(), RecoveryCode.objects.count()) == (0, 0)
    visit.sign_in(clerk.username)
    assert visit.client.get(reverse("people:second_factor")).url == reverse("people:enrol")


def test_the_officers_page_grants(staff, signed_in, visit):
    clerk = staff(Role.CLERK)
    signed_in(Role.SECURITY_OFFICER)
    page = reverse("people:account", args=[clerk.pk])
    assert visit.client.get(page).context["form"].initial["role"] == Role.CLERK
    assert visit.client.post(page, {"role": "reviewer", "districts": [DISTRICT]}).status_code == 302
    clerk.refresh_from_db()
    assert (clerk.role, clerk.districts) == (Role.REVIEWER, [DISTRICT])
    assert visit.client.post(reverse("people:change_account", args=[clerk.pk, "unlock"])).status_code == 302
    assert visit.client.post(reverse("people:change_account", args=[clerk.pk, "explode"])).status_code == 404
    assert visit.client.get(reverse("people:account", args=[99999])).status_code == 404


def test_residents_accounts_are_not_staffs_to_manage(carol, staff, signed_in, visit):
    actor = signed_in(Role.ADMINISTRATOR)
    assert visit.client.get(reverse("people:account", args=[carol.user_id])).status_code == 404
    assert "carol" not in [user.username for user in queries.accounts(actor)]


def test_accounts_are_found_by_posting(staff, signed_in, visit):
    staff(Role.CLERK, username="bob", staff_number="990001")
    signed_in(Role.ADMINISTRATOR)
    for text, found in (("bo", ["bob"]), ("990001", ["bob"]), ("none", [])):
        page = visit.client.post(reverse("people:accounts"), {"text": text})
        assert [user.username for user in page.context["page"]] == found


def test_every_step_is_written_down_without_a_name_or_password(staff):
    officer, admin = staff(Role.SECURITY_OFFICER).as_actor(), staff(Role.ADMINISTRATOR).as_actor()
    before = AuditRow.objects.count()
    user, password = accounts.open_account(admin, **NEW)
    accounts.grant_role(officer, user.pk, Role.CLERK, [DISTRICT])
    accounts.reset_second_factor(officer, user.pk)
    accounts.unlock(officer, user.pk)
    another = accounts.reissue_password(admin, user.pk)
    accounts.close_account(admin, user.pk)
    rows = list(AuditRow.objects.order_by("sequence"))[before:]
    assert [row.action.removeprefix("people.") for row in rows] == [
        "open_account", "grant_role", "reset_second_factor", "unlock", "reissue_password", "close_account",
    ]  # fmt: skip
    written = "".join(str(vars(row)) for row in rows)
    assert not any(secret in written for secret in (password, another, "李四", "bob.putuo"))
