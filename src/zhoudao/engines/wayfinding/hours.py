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
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import opening_hours

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
