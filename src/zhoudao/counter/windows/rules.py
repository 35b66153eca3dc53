"""Who is called next, what may happen to a ticket, and who may do it. Pure.

**The rule of the lanes** (published: docs/windows.md, and at every ticket machine). A window calls by rank:

- at an ordinary window, those whom a law lets go first; then those with an appointment; then everybody, firms too;
- at an enterprise window firms, those with an appointment before the others; then by right; then appointments; then
  everybody.

Within a rank whoever came first is called first. And **nobody is passed over more than five times**: each time a
window that could serve you calls somebody who came after you, your ticket counts one; at five you are called before
everybody who came later, whatever their rank. So the worst wait can be stated: everybody who came before you, and five
more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from zhoudao.core.access import ANYONE, Permission, Role

# Who may ---------------------------------------------------------------------

TAKE_TICKET = Permission("windows.take_ticket", "take a ticket, follow it and give it back", ANYONE)
SEE_QUEUE = Permission(
    "windows.see_queue", "see which numbers are called, and how long one waits there", ANYONE
)
RUN_WINDOW = Permission(
    "windows.run_window",
    "sit at a window: call, hold, transfer and close tickets",
    {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
ARRANGE = Permission(
    "windows.arrange",
    "say which windows a point has, what they serve and when",
    {Role.SUPERVISOR},
    by_district=True,
)
IMPORT = Permission("windows.import", "bring in windows and tickets from files", ())
"""Nobody but the platform itself: it is done by a command on the server."""
LEARN_WAITS = Permission("windows.learn_waits", "learn from past days how long one waits", ())
"""Nobody but the platform itself: nightly, and by a command."""
SEE_WAITS = Permission(
    "windows.see_waits",
    "see how far off the estimated waits were",
    {Role.SUPERVISOR, Role.COMMANDER},
)
END_DAY = Permission("windows.end_day", "end the tickets of days that are over", ())
"""Nobody but the platform itself."""


# What there is ---------------------------------------------------------------


class WindowKind(StrEnum):
    GENERAL = "general"
    ENTERPRISE = "enterprise"
    """For firms first (为企业服务专窗)."""


class Lane(StrEnum):
    """In which order a ticket waits; its number begins with the lane's letter."""

    ORDINARY = "ordinary"
    ENTERPRISE = "enterprise"
    BY_RIGHT = "by_right"
    """A law lets them go first (依法优先)."""


LETTERS = {Lane.ORDINARY: "A", Lane.ENTERPRISE: "E", Lane.BY_RIGHT: "P"}
APPOINTED_LETTER = "Y"
"""预约: of tickets that come from an appointment, whatever their lane."""


class Ground(StrEnum):
    """Why somebody goes first. They say so when they take the ticket, and show the proof at the window."""

    SOLDIER = "soldier"
    """Law on the Status and Rights of Military Personnel (军人地位和权益保障法)."""
    VETERAN = "veteran"
    """Veterans Support Law (退役军人保障法)."""
    ELDERLY = "elderly"
    """60 and over: Law on the Rights of the Elderly (老年人权益保障法), art. 2."""
    DISABLED = "disabled"
    """Law on the Protection of Disabled Persons (残疾人保障法)."""


class Channel(StrEnum):
    """How a ticket was taken."""

    DOOR = "door"
    PHONE = "phone"
    APPOINTMENT = "appointment"


class State(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    """Called to a window, not there yet (已叫号)."""
    SERVING = "serving"
    """At the window (办理中)."""
    HELD = "held"
    """Gone to fetch something; comes back without queueing again (挂起)."""
    SERVED = "served"
    NO_SHOW = "no_show"
    """Called, and never came (过号)."""
    LEFT = "left"
    """Given back, or still waiting when the day ended."""


OPEN = frozenset({State.WAITING, State.CALLED, State.SERVING, State.HELD})
AT_WINDOW = frozenset({State.CALLED, State.SERVING})


class Verb(StrEnum):
    TAKE = "take"
    CALL = "call"
    RECALL = "recall"
    BEGIN = "begin"
    HOLD = "hold"
    RETURN = "return"
    """Back from fetching: called next."""
    TRANSFER = "transfer"
    NO_SHOW = "no_show"
    REJOIN = "rejoin"
    """Came after all: queues again from now."""
    CLOSE = "close"
    LEAVE = "leave"
    END = "end"
    """The day is over."""


V, S = Verb, State
TRANSITIONS: dict[tuple[Verb, State], State] = {
    (V.CALL, S.WAITING): S.CALLED,
    (V.RECALL, S.CALLED): S.CALLED,
    (V.BEGIN, S.CALLED): S.SERVING,
    (V.HOLD, S.CALLED): S.HELD,
    (V.HOLD, S.SERVING): S.HELD,
    (V.RETURN, S.HELD): S.WAITING,
    (V.TRANSFER, S.CALLED): S.WAITING,
    (V.TRANSFER, S.SERVING): S.WAITING,
    (V.NO_SHOW, S.CALLED): S.NO_SHOW,
    (V.REJOIN, S.NO_SHOW): S.WAITING,
    (V.CLOSE, S.CALLED): S.SERVED,
    (V.CLOSE, S.SERVING): S.SERVED,
    (V.LEAVE, S.WAITING): S.LEFT,
    (V.LEAVE, S.HELD): S.LEFT,
    (V.END, S.WAITING): S.LEFT,
    (V.END, S.HELD): S.LEFT,
    (V.END, S.CALLED): S.NO_SHOW,
    (V.END, S.SERVING): S.SERVED,
}
"""Everything that may happen to a ticket. What isn't here can't."""

MOST_RECALLS = 2
"""After the first call. Then it is a no-show, so that the others don't wait for somebody who left."""
MOST_REJOINS = 1
REJOIN_WITHIN = timedelta(minutes=30)
"""How long after a no-show one may queue again with the same ticket."""

LONG_WAIT = timedelta(minutes=60)
"""Who waits longer is told of to those who watch over the platform."""
UNATTENDED = timedelta(minutes=15)
"""So long somebody may wait in an open hall where nobody sits at a window: then it is an alarm."""


def after(verb: Verb, state: State) -> State | None:
    """What ``verb`` makes of a ticket in ``state``; None when it may not follow."""
    return TRANSITIONS.get((verb, state))


# The rule of the lanes -------------------------------------------------------

MOST_PASSED_OVER = 5
"""How often people who came later are called before one who waits. Of 0 to 99 tried on the sample's two months, five
leaves firms and those by right most of what an unbounded rule would give them, and costs the others little: the table
is in docs/windows.md."""


@dataclass(frozen=True)
class Desk:
    """A window, as the rule sees it."""

    window: int
    kind: WindowKind
    services: frozenset[str]


@dataclass(frozen=True)
class Waiting:
    """A ticket that waits, as the rule sees it."""

    ticket: int
    """Its number in the order tickets were taken: decides between two that joined in the same moment."""
    service: str
    lane: Lane
    joined_at: datetime
    """Since when it queues: taken, or the appointed time when that is later."""
    appointed: bool = False
    passed_over: int = 0
    window: int | None = None
    """Only that window calls it: it was transferred there."""


def may_serve(desk: Desk, ticket: Waiting) -> bool:
    if ticket.window is not None:
        return ticket.window == desk.window
    return ticket.service in desk.services


def next_in_line(
    desk: Desk, waiting: Iterable[Waiting], now: datetime, most: int = MOST_PASSED_OVER
) -> Waiting | None:
    """Whom the window calls now; None when nobody waits whom it could serve.

    Somebody who is early for an appointment is called only when nobody else waits: that harms nobody. ``most``: how
    often one may be passed over; other than the published rule's only to see what that would mean.
    """
    here = [ticket for ticket in waiting if may_serve(desk, ticket)]
    due = [ticket for ticket in here if ticket.joined_at <= now]
    if due:
        return min(due, key=lambda ticket: _turn(desk, ticket, most))
    return min(here, key=_came, default=None)


def passes_over(desk: Desk, waiting: Iterable[Waiting], called: Waiting) -> list[Waiting]:
    """Those who came before ``called`` and could have been served here: each counts one."""
    return [ticket for ticket in waiting if may_serve(desk, ticket) and _came(ticket) < _came(called)]


def rank(desk: Desk, ticket: Waiting) -> int:
    """0 goes first."""
    if desk.kind is WindowKind.ENTERPRISE:
        if ticket.lane is Lane.ENTERPRISE:
            return 0 if ticket.appointed else 1
        return 2 if ticket.lane is Lane.BY_RIGHT else 3 if ticket.appointed else 4
    return 0 if ticket.lane is Lane.BY_RIGHT else 1 if ticket.appointed else 2


def in_order(desk: Desk, waiting: Iterable[Waiting], now: datetime) -> list[Waiting]:
    """Everybody the window could serve, in the order it would call them if nobody else came."""
    left = [ticket for ticket in waiting if may_serve(desk, ticket)]
    line: list[Waiting] = []
    passed = {ticket.ticket: ticket.passed_over for ticket in left}
    while left:
        counted = [replace(ticket, passed_over=passed[ticket.ticket]) for ticket in left]
        chosen = next_in_line(desk, counted, now)
        assert chosen is not None  # somebody is left
        for ticket in passes_over(desk, counted, chosen):
            passed[ticket.ticket] += 1
        line.append(next(ticket for ticket in left if ticket.ticket == chosen.ticket))
        left.remove(line[-1])
    return line


def _came(ticket: Waiting) -> tuple[datetime, int]:
    return ticket.joined_at, ticket.ticket


def _turn(desk: Desk, ticket: Waiting, most: int) -> tuple[bool, int, tuple[datetime, int]]:
    spent = ticket.passed_over >= most
    return not spent, 0 if spent else rank(desk, ticket), _came(ticket)
