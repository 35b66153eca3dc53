"""Each role finds on its start page what it may use, and nothing else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhoudao.core.access import STAFF_ROLES, Actor, Permission, Role, permissions
from zhoudao.core.people import start
from zhoudao.core.people.rules.duties import SEE_ACCOUNTS

ONLY_CLERKS = Permission("people.test_only_clerks", "for the test of the start page", {Role.CLERK})


@pytest.fixture
def offers(monkeypatch):
    monkeypatch.setattr(start, "_offers", {})


def test_shows_what_the_role_may_use(offers):
    start.offer(ONLY_CLERKS, "Work list", "people:change_password")
    link = ("Work list", reverse("people:change_password"))
    assert link in start.links(Actor("user:1", Role.CLERK))
    assert link not in start.links(Actor("user:1", Role.AUDITOR))


def test_offering_again_replaces(offers):
    start.offer(ONLY_CLERKS, "Old", "people:change_password")
    start.offer(ONLY_CLERKS, "New", "people:change_password")
    labels = [label for label, _ in start.links(Actor("user:1", Role.CLERK))]
    assert ("New" in labels, "Old" in labels) == (True, False)


def test_the_entries_of_the_staff_navigation_are_there():
    for role in STAFF_ROLES:
        paths = [path for _, path in start.links(Actor("user:1", role))]
        assert (reverse("people:accounts") in paths) is (role in SEE_ACCOUNTS.holders)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_every_staff_role_has_a_start_page(signed_in, visit, role):
    actor = signed_in(Role(role))
    page = visit.client.get(reverse("people:start"))
    assert page.status_code == 200
    assert page.context["links"] == start.links(actor)


def test_a_resident_is_greeted_by_name(carol, visit):
    visit.sign_in("carol")
    assert "张小三" in visit.client.get(reverse("people:start")).content.decode()


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_pages_of_accounts_open_to_their_officers_only(signed_in, staff, visit, role):
    clerk = staff(Role.CLERK, username="target")
    signed_in(Role(role))
    expected = 200 if role in SEE_ACCOUNTS.holders else 403
    for path in (reverse("people:accounts"), reverse("people:account", args=[clerk.pk])):
        assert visit.client.get(path).status_code == expected
    assert visit.client.get(reverse("people:open_account")).status_code == (
        200 if role == "administrator" else 403
    )
    assert ONLY_CLERKS in permissions()
