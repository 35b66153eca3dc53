"""Days that are over, from files: who queued, and who sat where. From another system, or of the sample."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.city.yaml_lines import Problem
from zhoudao.counter.places.exchange import rows
from zhoudao.counter.places.exchange.rows import Report, Row
from zhoudao.counter.places.help.rules import new_number as new_code
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.models import Sitting, Ticket, Window
from zhoudao.counter.windows.rules import IMPORT, Channel, Ground, Lane, State

VISITS = (
    "point", "day", "number", "service", "lane", "ground", "channel", "appointed", "joined_at", "called_at",
    "ended_at", "window", "state",
)  # fmt: skip
SITTINGS = ("point", "window", "opened_at", "closed_at")
OVER = (State.SERVED, State.NO_SHOW, State.LEFT)
AT_ONCE = 2000

Key = tuple[str, int]
Made = TypeVar("Made")


def import_visits(actor: Actor, path: Path) -> Report:
    """Tickets of days that are over, as columns VISITS; those that are there already stay as they are.

    All or nothing: raises Forbidden, and Refused when a row can't be used.
    """
    with act(actor, IMPORT, subject=f"file:{path.name}") as entry:
        entry.note(sha256=hashlib.sha256(rows.read_bytes("visits", path)).hexdigest())
        table = rows.read_csv("visits", path, VISITS)
        points, windows = _known()
        tickets = _checked("visits", path, table, lambda row: _ticket(row, points, windows))
        days = {each.day for each in tickets}
        there = set(
            Ticket.objects.filter(day__range=(min(days), max(days))).values_list("point_id", "day", "number")
        )
        new = [each for each in tickets if (each.point_id, each.day, each.number) not in there]
        Ticket.objects.bulk_create(new, batch_size=AT_ONCE)
        entry.note(added=len(new))
    return Report("visits", path, len(table), len(table), 0, len(new), 0, len(table) - len(new))


def import_sittings(actor: Actor, path: Path) -> Report:
    """Who sat where on days that are over, as columns SITTINGS. Raises Forbidden, Refused."""
    with act(actor, IMPORT, subject=f"file:{path.name}") as entry:
        entry.note(sha256=hashlib.sha256(rows.read_bytes("sittings", path)).hexdigest())
        table = rows.read_csv("sittings", path, SITTINGS)
        _points, windows = _known()
        sittings = _checked("sittings", path, table, lambda row: _sitting(row, windows))
        there = set(Sitting.objects.filter(clerk=None).values_list("window_id", "opened_at"))
        new = [each for each in sittings if (each.window_id, each.opened_at) not in there]
        Sitting.objects.bulk_create(new, batch_size=AT_ONCE)
        entry.note(added=len(new))
    return Report("sittings", path, len(table), len(table), 0, len(new), 0, len(table) - len(new))


def _known() -> tuple[dict[str, Point], dict[Key, Window]]:
    points = {point.code: point for point in Point.objects.all()}
    windows = {(each.point.code, each.number): each for each in Window.objects.select_related("point")}
    return points, windows


def _checked(name: str, path: Path, table: list[Row], read: Callable[[Row], Made]) -> list[Made]:
    """Every row read. Raises Refused with the problem of each that can't be."""
    made: list[Made] = []
    problems: list[Problem] = []
    for row in table:
        if row.broken:
            problems.append(row.broken)
            continue
        try:
            made.append(read(row))
        except BadCell as bad:
            problems.append(row.problem(bad.column, f"is {row.values[bad.column]!r}", bad.expected))
    if problems:
        raise rows.refuse_all(name, path, len(table), problems)
    return made


class BadCell(ValueError):
    def __init__(self, column: str, expected: str) -> None:
        super().__init__(column)
        self.column, self.expected = column, expected


def _ticket(row: Row, points: Mapping[str, Point], windows: Mapping[Key, Window]) -> Ticket:
    cells = row.values
    point = points.get(cells["point"])
    if point is None:
        raise BadCell("point", "the code of a point")
    state = _one_of(cells, "state", OVER)
    called = _moment(cells, "called_at", optional=state == State.LEFT)
    joined, ended = _moment(cells, "joined_at"), _moment(cells, "ended_at")
    assert joined is not None
    assert ended is not None
    if not joined <= (called or joined) <= ended:
        raise BadCell("ended_at", "joined, called and ended in that order")
    return Ticket(
        code=new_code(), point=point, day=_day(cells), number=cells["number"], service=cells["service"],
        lane=_one_of(cells, "lane", tuple(Lane)), ground=_one_of(cells, "ground", ("", *Ground)),
        channel=_one_of(cells, "channel", tuple(Channel)), appointed=_one_of(cells, "appointed", ("0", "1")) == "1",
        taken_at=joined, joined_at=joined, first_called_at=called, called_at=called,
        begun_at=called if state == State.SERVED else None, ended_at=ended, state=state,
        window=_window(cells, windows) if called else None,
    )  # fmt: skip


def _sitting(row: Row, windows: Mapping[Key, Window]) -> Sitting:
    opened, closed = _moment(row.values, "opened_at"), _moment(row.values, "closed_at")
    assert opened is not None
    assert closed is not None
    if closed < opened:
        raise BadCell("closed_at", "a moment after it opened")
    return Sitting(window=_window(row.values, windows), clerk=None, opened_at=opened, closed_at=closed)


def _window(cells: Mapping[str, str], windows: Mapping[Key, Window]) -> Window:
    number = cells["window"]
    key = (cells["point"], int(number) if number.isascii() and number.isdecimal() else 0)
    if key not in windows:
        raise BadCell("window", "the number of a window of the point")
    return windows[key]


def _one_of(cells: Mapping[str, str], column: str, known: tuple[str, ...]) -> str:
    if cells[column] not in known:
        raise BadCell(column, f"one of {', '.join(known)}")
    return cells[column]


def _day(cells: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(cells["day"])
    except ValueError:
        raise BadCell("day", "a day, 2026-11-24") from None


def _moment(cells: Mapping[str, str], column: str, optional: bool = False) -> datetime | None:
    if optional and not cells[column]:
        return None
    try:
        found = datetime.fromisoformat(cells[column])
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadCell(column, "a moment with its offset, 2026-11-24T09:30:00+08:00")
    return found
