"""docs/windows.md publishes the rule of the lanes, the grounds and a ticket's life: the code does what it says."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from zhoudao.core import clock
from zhoudao.counter.windows.rules import (
    MOST_PASSED_OVER,
    MOST_RECALLS,
    MOST_REJOINS,
    REJOIN_WITHIN,
    TRANSITIONS,
    Desk,
    Ground,
    Lane,
    State,
    Waiting,
    WindowKind,
    rank,
)
from zhoudao.counter.windows.tests.conftest import NOON

PAGE = (Path(__file__).parents[5] / "docs" / "windows.md").read_text(encoding="utf-8")
NUMBERS = ("never", "once", "twice", "three times", "four times", "five times", "six times", "seven times")
WORDS: dict[str, Callable[[Waiting], bool]] = {
    "by right": lambda ticket: ticket.lane is Lane.BY_RIGHT,
    "firms with an appointment": lambda ticket: ticket.lane is Lane.ENTERPRISE and ticket.appointed,
    "firms": lambda ticket: ticket.lane is Lane.ENTERPRISE,
    "with an appointment": lambda ticket: ticket.appointed,
    "everybody else": lambda ticket: True,
    "everybody else, firms too": lambda ticket: True,
}
"""What a cell of the table means, of those whom no row above it names."""


def rows(beginning: str) -> list[list[str]]:
    """The table whose first line begins so, without that line."""
    lines = PAGE[PAGE.index(beginning) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(("column", "kind"), [(1, WindowKind.GENERAL), (2, WindowKind.ENTERPRISE)])
def test_the_ranks_that_are_published_are_those_that_are_called(column, kind):
    left = [
        Waiting(number, "id-card", lane, clock.local(NOON), appointed)
        for number, (lane, appointed) in enumerate((lane, appointed) for lane in Lane for appointed in (True, False))
    ]
    published = {}
    for row in rows("| rank | at an ordinary window"):
        words = re.sub(r"\s*\(.*\)", "", row[column])
        if words:
            here = [ticket for ticket in left if WORDS[words](ticket)]
            assert here, f"{words}: everybody it names stands above it"
            published |= {ticket.ticket: int(row[0]) for ticket in here}
            left = [ticket for ticket in left if ticket not in here]
    assert left == [], "of no published rank"
    desk = Desk(1, kind, frozenset({"id-card"}))
    called = {
        number: rank(desk, Waiting(number, "id-card", lane, clock.local(NOON), appointed)) + 1
        for number, (lane, appointed) in enumerate((lane, appointed) for lane in Lane for appointed in (True, False))
    }
    assert published == called


def test_the_bounds_that_are_published_hold():
    minutes = int(REJOIN_WITHIN.total_seconds() // 60)
    for words in (
        f"**Nobody is passed over more than {NUMBERS[MOST_PASSED_OVER]}.**",
        f"called --> called: recall, {NUMBERS[MOST_RECALLS]} at most",
        f"no_show --> waiting: rejoin, {NUMBERS[MOST_REJOINS]} within {minutes} minutes",
        f"| **{MOST_PASSED_OVER}** |",
    ):
        assert words in PAGE


def test_a_tickets_life_is_drawn_as_it_is():
    drawn = set(re.findall(r"^ +(\w+) --> (\w+):", PAGE, re.MULTILINE)) - {("*", "waiting")}
    assert drawn == {(before.value, after.value) for (_verb, before), after in TRANSITIONS.items()}
    assert {name for edge in drawn for name in edge} == {state.value for state in State}


def test_every_ground_is_published_with_its_law():
    published = [re.match(r"(\w+)", row[0]) for row in rows("| by right | ground")]
    assert [found[1] for found in published if found] == ["soldiers", "veterans", "elderly", "disabled"]
    assert list(Ground) == [Ground.SOLDIER, Ground.VETERAN, Ground.ELDERLY, Ground.DISABLED]
