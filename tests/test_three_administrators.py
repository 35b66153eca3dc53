"""System, security and audit administrator (三员分立): none does what is another's, by page, action or account."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.test_routes import ROUTES, browser_of  # noqa: F401  fixtures

from zhoudao.core.access import SEPARATE_DUTIES, Actor, Forbidden, Permission, Role, permissions, require
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.people.models import User

PAGE = Path(__file__).resolve().parent.parent / "docs" / "administrators.md"
DUTIES = frozenset(SEPARATE_DUTIES)
SEEN_BY_TWO = {
    "people.see_accounts": {Role.ADMINISTRATOR, Role.SECURITY_OFFICER},
    "credentials.see_keys": {Role.SECURITY_OFFICER, Role.AUDITOR},
    "applications.see_retention": {Role.ADMINISTRATOR, Role.AUDITOR},
}
"""What two of them may look at, and only look at: one opens accounts and the other grants their roles; the auditor
sees that keys were changed, and what was erased."""
OWN = [each for each in permissions() if DUTIES & each.holders and ".test_" not in each.name]
EVERYONES = {permission.name for permission in OWN if permission.holders >= DUTIES}
"""What any member of staff may: the working-day table, one's own account."""
ROUTES_OF_ONE = sorted(name for name, route in ROUTES.items() if len(DUTIES & route.who) == 1)


def actor(role: Role) -> Actor:
    return Actor(f"user:{role}", role, frozenset({"*"}))


def test_every_administrator_has_duties_and_pages():
    for role in SEPARATE_DUTIES:
        assert [each for each in OWN if each.holders & DUTIES == {role}]
        assert [name for name in ROUTES_OF_ONE if role in ROUTES[name].who and not ROUTES[name].posted], role


@pytest.mark.parametrize("permission", OWN, ids=lambda permission: permission.name)
def test_no_permission_is_held_by_two(permission: Permission):
    together = DUTIES & permission.holders
    if permission.name not in EVERYONES:
        assert together == SEEN_BY_TWO.get(permission.name, together)
        assert len(together) == 1 or permission.name in SEEN_BY_TWO
    for role in DUTIES - together:
        with pytest.raises(Forbidden):
            require(actor(role), permission)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ROUTES_OF_ONE)
def test_no_route_of_one_answers_another(name, browser_of):  # noqa: F811  the fixture
    route = ROUTES[name]
    somebody = User.objects.create(
        username="somebody", role=Role.CLERK.value, districts=["*"], staff_number="980001"
    )
    arguments = {key: somebody.pk if value == "staff" else value for key, value in route.arguments.items()}
    address = reverse(name, kwargs=arguments)
    rows = AuditRow.objects.filter(outcome="done").count()
    for role in sorted(DUTIES - route.who):
        client = browser_of(role)
        for ask in (client.get, client.post):
            assert ask(address).status_code in (403, 404, 405), f"{role} at {name}"
    assert AuditRow.objects.filter(outcome="done").count() == rows, "something was done for one who may not"


@pytest.mark.django_db
@pytest.mark.parametrize("first", SEPARATE_DUTIES)
@pytest.mark.parametrize("second", SEPARATE_DUTIES)
def test_nobody_holds_two_of_the_duties(first, second):
    """The database itself refuses it, whichever way the accounts come."""
    User.objects.create(username="one", role=first.value, districts=["*"], staff_number="120001")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="two", role=second.value, districts=["*"], staff_number="120001")


def test_the_page_says_what_each_can_do_and_no_other():
    rows = re.findall(
        r"^\| `([\w.]+)` \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    marks = {name: tuple(cell == "yes" for cell in cells[1:]) for name, *cells in rows}
    expected = {each.name: tuple(role in each.holders for role in SEPARATE_DUTIES) for each in OWN}
    assert marks == expected
