"""Staff see the entries their role may open, and which one they are in."""

import pytest

from zhoudao.core.access import ANYONE, Actor, Permission, Role
from zhoudao.core.look import navigation

CLERKS_ONLY = Permission("look.test_clerks", "test", {Role.CLERK})
ALL = Permission("look.test_all", "test", ANYONE)


@pytest.fixture(autouse=True)
def offers(monkeypatch):
    monkeypatch.setattr(navigation, "_offered", {})
    navigation.offer(label="List", url="/list/", permission=ALL, group="work", order=2)
    navigation.offer(label="Late", url="/list/late/", permission=ALL, group="work", order=1)
    navigation.offer(label="Desk", url="/counter/", permission=CLERKS_ONLY, group="service")


def seen(role: Role, here: str = "/") -> dict[str, list[str]]:
    return {
        part.label: [link.label for link in part.links]
        for part in navigation.sections(Actor("user:1", role), here)
    }


def test_shows_only_what_the_role_may_open():
    assert seen(Role.CLERK).keys() - seen(Role.AUDITOR).keys() == {str(navigation.GROUPS["service"])}


def test_keeps_the_order_asked_for():
    assert seen(Role.CLERK)[str(navigation.GROUPS["work"])] == ["Late", "List"]


@pytest.mark.parametrize(
    ("here", "current"), [("/list/3", "List"), ("/list/late/3", "Late"), ("/elsewhere", None)]
)
def test_the_deepest_entry_above_the_page_is_current(here, current):
    links = [link for part in navigation.sections(Actor("user:1", Role.CLERK), here) for link in part.links]
    assert [link.label for link in links if link.current] == ([current] if current else [])


def test_an_entry_whose_route_is_gone_says_which():
    navigation.offer(label="Old", url="nowhere:list", permission=ALL)
    with pytest.raises(LookupError, match="nowhere:list"):
        seen(Role.CLERK)


def test_a_group_that_is_none_is_refused():
    with pytest.raises(ValueError, match="expected one of work"):
        navigation.offer(label="X", url="/x", permission=ALL, group="misc")
