"""Opening hours in the OpenStreetMap syntax, under a table of working days; compiled so that a look-up is
instant.

The `opening_hours` library reads the syntax but knows neither make-up Saturdays (调休) nor a city's own
holiday notice. So every special day of the table is worked out here, by which of the expression's rules
apply to it:

- a Saturday or Sunday worked instead of a holiday follows the rules of the working day next to it (Friday,
Monday);
- a holiday follows the rules for Sundays, then those for PH and for certain dates in their order, which win.

Beyond the table's last day nothing is promised: hours there are unknown. On a special day, hours that run
over from the evening before end at midnight.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import opening_hours
from numba import njit
from numpy.typing import NDArray

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FAR_FUTURE = 2**61
"""Epoch second that never comes."""


@dataclass(frozen=True)
class WorkingDays:
    """What is known about days: those that depart from the plain week, between the first and the last day
    known."""

    first: date
    last: date
    holidays: frozenset[date] = frozenset()
    """Days off by the holiday notice, weekends inside the holiday included."""
    worked: frozenset[date] = frozenset()
    """Saturdays and Sundays that are worked."""

    @classmethod
    def of(cls, days: Mapping[date, bool]) -> WorkingDays:
        """From a table of every day: True when it is worked. Weekdays off are holidays; plain weekends stay
        plain."""
        if not days:
            raise ValueError("a table of working days needs at least one day")
        return cls(
            min(days),
            max(days),
            frozenset(day for day, works in days.items() if not works and day.weekday() < 5),
            frozenset(day for day, works in days.items() if works and day.weekday() >= 5),
        )

    def known(self, day: date) -> bool:
        return self.first <= day <= self.last

    def special(self, since: date, until: date) -> list[date]:
        """The holidays and the worked weekends from ``since`` to ``until``, both included."""
        return sorted(day for day in self.holidays | self.worked if since <= day <= until)


class BadHours(ValueError):
    """An expression that is not in the opening-hours syntax."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A place is shut from ``start`` until ``end`` (aware datetimes) whatever its hours say."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True)
class Hours:
    """When a place serves: an expression, and the closures that go before it."""

    expression: str
    closures: tuple[Closure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    separator: str
    """What stands before it: "" (first), ";", "," or "||"."""
    text: str
    when: str
    """The part before the weekdays: years, months, weeks."""
    weekdays: frozenset[str] | None
    """Of WEEKDAYS and PH; None when the rule names no day of the week, so means every day."""
    what: str
    """The part after: times, "off", a comment."""


_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)"
_SELECTOR = re.compile(
    rf"(?<![A-Za-z])(?P<days>{_DAY}(?:\s*-\s*{_DAY})?(?:\[[-0-9,]+\])?"
    rf"(?:\s*,\s*{_DAY}(?:\s*-\s*{_DAY})?(?:\[[-0-9,]+\])?)*)(?![A-Za-z])"
)
_SEPARATOR = re.compile(r'("[^"]*")|(\|\||;)|,(?=\s*(?:[A-Z][a-z]|PH|SH|\d{4}\s|week))')


def check(expression: str) -> None:
    """Raise BadHours unless ``expression`` is in the opening-hours syntax."""
    try:
        opening_hours.OpeningHours(expression)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined]
        where = str(error).strip().splitlines()
        raise BadHours(
            f"{expression!r} is not an opening-hours expression: {where[-1].lstrip(' =')}"
        ) from error


@lru_cache(maxsize=4096)
def always_open(expression: str) -> bool:
    """Whether it is open round the clock, every day of every year."""
    return str(opening_hours.OpeningHours(expression).normalize()) == "24/7"


def _rules(expression: str) -> list[_Rule]:
    """The expression's rules, each cut into when, weekdays and what."""
    parts: list[tuple[str, str]] = []
    begun, separator = 0, ""
    for match in _SEPARATOR.finditer(expression):
        if match[1] or (match[0] == "," and _names_more_days(expression[begun : match.start()])):
            continue
        parts.append((separator, expression[begun : match.start()]))
        separator, begun = match[2] or ",", match.end()
    parts.append((separator, expression[begun:]))
    return [_rule(separator, text.strip()) for separator, text in parts if text.strip()]


def _names_more_days(text: str) -> bool:
    """Whether a comma after ``text`` goes on a list of days or months ("Mo, We" "Jan, Mar") and begins no
    new rule."""
    return not re.search(r"\d{1,2}:\d{2}|\d\+|24/7|off|closed|open|unknown|sunset|sunrise|dusk|dawn|\"", text)


def _rule(separator: str, text: str) -> _Rule:
    bare = re.sub(r'"[^"]*"', lambda quoted: " " * len(quoted[0]), text)
    match = _SELECTOR.search(bare)
    if match is None:
        when, what = _cut_date(bare, text)
        return _Rule(separator, text, when, None, what)
    when, what = text[: match.start()].strip().rstrip(":"), text[match.end() :].strip().lstrip(":").strip()
    return _Rule(separator, text, when, frozenset(_days(match["days"])), what)


def _cut_date(bare: str, text: str) -> tuple[str, str]:
    """Split a rule without weekdays where its times or its state begin."""
    match = re.search(r"\d{1,2}:\d{2}|24/7|(?<![A-Za-z])(?:off|closed|open|unknown|\(?sun|dawn|dusk)", bare)
    at = match.start() if match else len(bare.rstrip()) if '"' not in text else text.index('"')
    return text[:at].strip().rstrip(":"), text[at:].strip()


def _days(selector: str) -> Iterable[str]:
    for part in re.sub(r"\[([-0-9,]+)\]", "[]", selector).split(","):
        part = part.strip()
        if part.endswith(
            "]"
        ):  # "the first Saturday": a matter of the real date, not of the working-day table
            continue
        first, _, last = (name.strip() for name in part.partition("-"))
        if not last:
            yield first
            continue
        at, end = WEEKDAYS.index(first), WEEKDAYS.index(last)
        yield from (WEEKDAYS[(at + step) % 7] for step in range((end - at) % 7 + 1))


def _applies(rule: _Rule, day: date) -> bool:
    """Whether the rule's years, months and weeks include ``day``."""
    return not rule.when or bool(
        opening_hours.OpeningHours(rule.when).is_open(datetime.combine(day, time(12)))
    )


def _acting_rules(rules: Sequence[_Rule], day: date, days: WorkingDays) -> list[_Rule]:
    """The rules a special day follows, in the order they are to be read."""
    applying = [rule for rule in rules if _applies(rule, day)]
    if day in days.holidays:
        weekly = [
            rule for rule in applying if rule.weekdays and "Su" in rule.weekdays and "PH" not in rule.weekdays
        ]
        return weekly + [rule for rule in applying if rule.weekdays is None or "PH" in rule.weekdays]
    acting = "Fr" if day.weekday() == 5 else "Mo"
    return [rule for rule in applying if rule.weekdays is None or acting in rule.weekdays]


@lru_cache(maxsize=4096)
def _effective(expression: str, days: WorkingDays, since: date, until: date) -> str:
    """The expression with every special day from ``since`` to ``until`` written out at its end."""
    rules = _rules(expression)
    written = [expression]
    for day in days.special(since, until):
        written_day = f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}"
        acting = _acting_rules(rules, day, days)
        written.append(f"; {written_day} off")
        for position, rule in enumerate(acting):
            what = rule.what if rule.what and rule.what != "24/7" else "00:00-24:00"
            separator = ";" if position == 0 or not rule.separator else rule.separator
            written.append(f"{separator} {written_day} {what}")
    return "".join(written)


def open_spans(
    hours: Hours, days: WorkingDays, zone: ZoneInfo, since: date, until: date
) -> list[tuple[int, int]]:
    """Epoch seconds [opens, closes) of every span open from the start of ``since`` to the end of ``until``.

    Days not in the table are left out. A state the expression calls "unknown" counts as closed. Raises
    BadHours.
    """
    check(hours.expression)
    since, until = max(since, days.first), min(until, days.last)
    if until < since:
        return []
    text = _effective(hours.expression, days, since - timedelta(days=1), until + timedelta(days=1))
    start, end = datetime.combine(since, time()), datetime.combine(until + timedelta(days=1), time())
    spans: list[tuple[int, int]] = []
    for opens, closes, state, _ in opening_hours.OpeningHours(text).intervals(start, end):
        if state != opening_hours.State.OPEN:
            continue
        begin, finish = (int(moment.replace(tzinfo=zone).timestamp()) for moment in (opens, min(closes, end)))
        if spans and spans[-1][1] == begin:
            spans[-1] = (spans[-1][0], finish)
        else:
            spans.append((begin, finish))
    for closure in hours.closures:
        spans = _without(spans, int(closure.start.timestamp()), int(closure.end.timestamp()))
    return spans


def _without(spans: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    left = [(opens, min(closes, start)) for opens, closes in spans if opens < start]
    right = [(max(opens, end), closes) for opens, closes in spans if closes > end]
    return sorted({span for span in (*left, *right) if span[0] < span[1]})


@dataclass(frozen=True)
class HoursTable:
    """The hours of many places as flat arrays, for `serve` and for quick answers."""

    codes: tuple[str, ...]
    offsets: NDArray[np.int64]
    """Spans offsets[i]:offsets[i + 1] belong to place i, (n + 1,)."""
    opens: NDArray[np.int64]
    """Epoch seconds, rising within a place."""
    closes: NDArray[np.int64]
    begins: int
    """Epoch second before which the table says nothing."""
    known_until: int
    """Epoch second from which nothing is known: the end of the compiled days, or of the working-day table."""
    table_ends: bool
    """Whether it is the working-day table that ends there, so that later days are unconfirmed."""
    always: NDArray[np.bool_]
    """Places open round the clock: they stay so beyond the table too."""
    closures: Mapping[str, tuple[Closure, ...]] = field(default_factory=dict)

    @classmethod
    def compile(
        cls, hours: Mapping[str, Hours], days: WorkingDays, zone: ZoneInfo, since: date, length: int = 60
    ) -> HoursTable:
        """Compile the hours of places by code for ``length`` days from ``since``.

        Raises BadHours naming the place.
        """
        until = since + timedelta(days=length - 1)
        offsets, opens, closes, always = [0], [], [], []
        for code, one in hours.items():
            try:
                spans = _spans_cached(one, days, zone, since, until)
            except BadHours as error:
                raise BadHours(f"{code}: {error}") from error
            opens += [span[0] for span in spans]
            closes += [span[1] for span in spans]
            offsets.append(len(opens))
            always.append(not one.closures and always_open(one.expression))
        known = min(until, days.last) + timedelta(days=1)
        return cls(
            tuple(hours),
            np.array(offsets, dtype=np.int64),
            np.array(opens, dtype=np.int64),
            np.array(closes, dtype=np.int64),
            int(datetime.combine(max(since, days.first), time(), zone).timestamp()),
            int(datetime.combine(known, time(), zone).timestamp()),
            days.last < until,
            np.array(always, dtype=np.bool_),
            {code: one.closures for code, one in hours.items() if one.closures},
        )

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {code: at for at, code in enumerate(self.codes)}

    def numbers_of(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Row numbers of places by code. Raises KeyError for a code without hours."""
        return np.array([self._numbers[code] for code in codes], dtype=np.int64)

    def closure(self, place: int, moment: int) -> Closure | None:
        """The closure of place number ``place`` that an epoch second falls in."""
        for closure in self.closures.get(self.codes[place], ()):
            if closure.start.timestamp() <= moment < closure.end.timestamp():
                return closure
        return None

    def spans(self, place: int) -> list[tuple[int, int]]:
        """The open spans of place number ``place``."""
        at = slice(int(self.offsets[place]), int(self.offsets[place + 1]))
        return list(zip(self.opens[at].tolist(), self.closes[at].tolist(), strict=True))

    def is_open(self, place: int, moment: int) -> bool | None:
        """Whether place number ``place`` is open at an epoch second; None when that is not known."""
        if self.always[place]:
            return True
        if not self.begins <= moment < self.known_until:
            return None
        at = slice(int(self.offsets[place]), int(self.offsets[place + 1]))
        span = int(np.searchsorted(self.opens[at], moment, side="right")) - 1
        return span >= 0 and moment < int(self.closes[at][span])


_spans_cached = lru_cache(maxsize=4096)(open_spans)


@dataclass(frozen=True)
class Queue:
    """How long one waits at each place, by the time one joins the queue."""

    begins: int
    """Epoch second at which the first slot starts."""
    slot: int
    """Length of a slot, seconds."""
    seconds: NDArray[np.int32]
    """Expected wait by place and slot, (n, slots); the last slot goes on for ever."""

    @classmethod
    def constant(cls, seconds: Sequence[int] | NDArray) -> Queue:
        """The same wait at any time, one for each place."""
        return cls(0, FAR_FUTURE, np.asarray(seconds, dtype=np.int32).reshape(-1, 1))


class Served(IntEnum):
    """What came of going to a place."""

    YES = 0
    UNREACHABLE = 1
    CLOSED = 2
    """It does not open again within the compiled hours."""
    UNCONFIRMED = 3
    """It may open, on days nothing is known of yet."""


def serve(
    hours: HoursTable, places: NDArray[np.int64], arrive: NDArray[np.int64], queue: Queue | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]:
    """When somebody is served who arrives at ``places`` (numbers) at ``arrive`` (epoch seconds, FAR_FUTURE
    for never).

    Returns (served, joined, outcome): the moment service starts, the moment they join the queue (both
    FAR_FUTURE when they are not served), and a `Served`. One joins the queue on arrival, or when the place
    opens; one never waits longer for having come earlier, so where the estimate falls faster than time
    passes one may as well join later. Someone whose turn would come after closing is served in the next
    span.
    """
    if queue is None:
        queue = Queue.constant(np.zeros(len(hours.codes), dtype=np.int32))
    return _serve(
        places,
        hours.offsets, hours.opens, hours.closes, hours.known_until, hours.table_ends, hours.always, arrive,
        queue.begins, queue.slot, queue.seconds,
    )  # fmt: skip


@njit(nogil=True, cache=True)
def _serve(
    places, offsets, opens, closes, known_until, table_ends, always, arrive, begins, slot, wait
):  # pragma: no cover - compiled
    n = len(arrive)
    served = np.full(n, FAR_FUTURE, dtype=np.int64)
    joined = np.full(n, FAR_FUTURE, dtype=np.int64)
    outcome = np.full(n, 2, dtype=np.int8)
    for i in range(n):
        place = places[i]
        if arrive[i] >= FAR_FUTURE:
            outcome[i] = 1
            continue
        if always[place]:
            joined[i], served[i] = _join(arrive[i], FAR_FUTURE, begins, slot, wait[place])
            outcome[i] = 0
            continue
        low, high = offsets[place], offsets[place + 1]
        while low < high:  # the first span that ends after arrival
            middle = (low + high) // 2
            if closes[middle] <= arrive[i]:
                low = middle + 1
            else:
                high = middle
        for k in range(low, offsets[place + 1]):
            join, turn = _join(max(arrive[i], opens[k]), closes[k], begins, slot, wait[place])
            if turn < closes[k]:
                joined[i], served[i] = join, turn
                outcome[i] = 0
                break
        if outcome[i] != 0 and (table_ends or arrive[i] >= known_until):
            outcome[i] = 3
    return served, joined, outcome


@njit(nogil=True, cache=True)
def _join(ready, closes, begins, slot, wait):  # pragma: no cover - compiled
    """The best moment from ``ready`` on to join a queue before ``closes``, and when the turn comes."""
    last = len(wait) - 1
    at = min(max((ready - begins) // slot, 0), last)
    best, turn = ready, ready + wait[at]
    while at < last:
        at += 1
        later = begins + at * slot
        if later >= turn or later >= closes:
            break
        if later + wait[at] < turn:
            best, turn = later, later + wait[at]
    return best, turn
