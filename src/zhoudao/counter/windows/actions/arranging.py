"""Saying which windows a point has: by file, and one at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.city.yaml_lines import Problem
from zhoudao.counter.catalog.schema import KIOSK_SERVICES
from zhoudao.counter.places import hours
from zhoudao.counter.places.exchange import rows
from zhoudao.counter.places.exchange.rows import Report, Row
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.actions.locking import point_of, turn
from zhoudao.counter.windows.models import Sitting, Window
from zhoudao.counter.windows.problems import Conflict, Unusable
from zhoudao.counter.windows.rules import ARRANGE, IMPORT, WindowKind

TABLE = "windows"
COLUMNS = ("point", "number", "kind", "services", "hours")
HIGHEST_NUMBER = 99
LONGEST_HOURS = 255


@dataclass(frozen=True)
class Arrangement:
    """How a window is arranged."""

    kind: WindowKind
    services: tuple[str, ...]
    hours: str = ""


def arrange(actor: Actor, point_code: str, number: int, wanted: Arrangement) -> Window:
    """Put up a window, or change one. Raises NotFound, Unusable."""
    point = point_of(point_code)
    with turn(actor, ARRANGE, point) as held:
        for problem in _wrong(number, wanted, frozenset(point.services)):
            raise Unusable(problem[1], todo=_("Put it right and save again."))
        window, _new = Window.objects.update_or_create(
            point=point, number=number, defaults={**_columns(wanted), "withdrawn": False}
        )
        held.entry.note(window=number, kind=str(wanted.kind), services=list(wanted.services))
    return window


def withdraw(actor: Actor, point_code: str, number: int) -> None:
    """Take a window down; its tickets and history stay. Raises Conflict while a clerk sits there."""
    point = point_of(point_code)
    with turn(actor, ARRANGE, point) as held:
        window = Window.objects.filter(point=point, number=number, withdrawn=False).first()
        if window is None:
            return
        if Sitting.objects.filter(window=window, closed_at=None).exists():
            raise Conflict(_("Somebody sits at this window."), todo=_("Ask them to leave it first."))
        window.withdrawn = True
        window.save(update_fields=["withdrawn"])
        held.entry.note(window=number, step="withdraw")


def import_windows(actor: Actor, path: Path) -> Report:
    """Windows from a CSV file of COLUMNS that names them all; those it doesn't name are withdrawn.

    Services are separated by "|". All or nothing: raises Forbidden, and Refused when a row can't be used.
    """
    with act(actor, IMPORT, subject=f"file:{path.name}") as entry:
        entry.note(sha256=hashlib.sha256(rows.read_bytes(TABLE, path)).hexdigest())
        table = rows.read_csv(TABLE, path, COLUMNS)
        points = {point.code: point for point in Point.objects.filter(withdrawn=False)}
        wanted = _checked(path, table, points)
        existing = {(each.point.code, each.number): each for each in Window.objects.select_related("point")}
        added = changed = 0
        for (code, number), values in wanted.items():
            window = existing.get((code, number))
            columns = {**_columns(values), "withdrawn": False}
            if window is None:
                Window.objects.create(point=points[code], number=number, **columns)
                added += 1
            elif any(getattr(window, name) != value for name, value in columns.items()):
                Window.objects.filter(pk=window.pk).update(**columns)
                changed += 1
        gone = [each.pk for key, each in existing.items() if key not in wanted and not each.withdrawn]
        Window.objects.filter(pk__in=gone).update(withdrawn=True)
        entry.note(added=added, changed=changed, removed=len(gone))
    unchanged = len(wanted) - added - changed
    return Report(TABLE, path, len(table), len(wanted), 0, added, changed, unchanged, len(gone))


def _columns(wanted: Arrangement) -> dict[str, object]:
    return {"kind": wanted.kind.value, "services": sorted(wanted.services), "hours": wanted.hours}


def _checked(path: Path, table: list[Row], points: Mapping[str, Point]) -> dict[tuple[str, int], Arrangement]:
    """Good rows by point and number. Raises Refused with every problem of every row."""
    wanted: dict[tuple[str, int], Arrangement] = {}
    problems: list[Problem] = []
    for row in table:
        read = [row.broken] if row.broken else _read(row, points)
        if isinstance(read, list):
            problems += read
            continue
        key, arrangement = read
        if key in wanted:
            problems.append(row.problem("number", "stands in the file already", "each window once"))
        wanted[key] = arrangement
    if problems:
        raise rows.refuse_all(TABLE, path, len(table), problems)
    return wanted


def _read(row: Row, points: Mapping[str, Point]) -> tuple[tuple[str, int], Arrangement] | list[Problem]:
    cells = row.values
    point = points.get(cells["point"])
    found: list[Problem] = []
    if point is None:
        found.append(row.problem("point", f"is {cells['point']!r}", "the code of a point"))
    if cells["kind"] not in set(WindowKind):
        found.append(row.problem("kind", f"is {cells['kind']!r}", f"one of {', '.join(WindowKind)}"))
    number = int(cells["number"]) if cells["number"].isascii() and cells["number"].isdecimal() else 0
    if found or point is None:
        return found
    services = tuple(code for code in cells["services"].split("|") if code)
    wanted = Arrangement(WindowKind(cells["kind"]), services, cells["hours"])
    wrong = _wrong(number, wanted, frozenset(point.services))
    if wrong:
        return [row.problem(field, problem, "see docs/windows.md") for field, problem in wrong]
    return (point.code, number), wanted


def _wrong(number: int, wanted: Arrangement, offered: frozenset[str]) -> list[tuple[str, str]]:
    """What can't be, by field."""
    found = []
    if not 1 <= number <= HIGHEST_NUMBER:
        found.append(("number", _("expected a whole number from 1 to %(most)d") % {"most": HIGHEST_NUMBER}))
    desks = offered - {str(service) for service in KIOSK_SERVICES}
    if not wanted.services or not desks.issuperset(wanted.services):
        names = ", ".join(sorted(desks))
        found.append(("services", _("expected services that this place has: %(names)s") % {"names": names}))
    if wanted.hours and (len(wanted.hours) > LONGEST_HOURS or hours.unreadable(wanted.hours)):
        found.append(("hours", _("can't be read as opening hours")))
    return found
