"""Bringing in applications that were kept elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from zhoudao.core import city
from zhoudao.core.access import SYSTEM, Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.city.yaml_lines import Problem
from zhoudao.core.workdays import queries as workdays
from zhoudao.core.workdays.rules import Calendar
from zhoudao.counter.applications import deadlines
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.records import COLUMNS, Record, check
from zhoudao.counter.applications.rules import IMPORT
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places import queries as places
from zhoudao.counter.places.exchange import rows
from zhoudao.counter.places.exchange.rows import Refused, Report, Row

TABLE = "applications"
BATCH = 1000

__all__ = ["Refused", "Report", "import_applications"]


def import_applications(actor: Actor, path: Path, *, keep_good: bool = False) -> Report:
    """Applications from a CSV file of ``rules.COLUMNS``; one known by its number is brought up to date.

    All or nothing, unless ``keep_good`` takes the good rows and reports the others: rows in = kept + refused.
    A file imported twice changes nothing the second time. Raises Forbidden; Refused when it is not taken.
    """
    with act(actor, IMPORT, subject=f"file:{path.name}") as entry:
        entry.note(sha256=hashlib.sha256(rows.read_bytes(TABLE, path)).hexdigest())
        table = rows.read_csv(TABLE, path, COLUMNS)
        records, problems = _good(actor, table)
        if problems and not keep_good:
            raise rows.refuse_all(TABLE, path, len(table), [found for row in problems for found in row])
        added, changed = _save(records)
        report = Report(
            TABLE,
            path,
            len(table),
            kept=len(records),
            refused=len(problems),
            added=added,
            changed=changed,
            unchanged=len(records) - added - changed,
            problems=tuple(found for row in problems for found in row),
        )
        entry.note(kept=report.kept, refused=report.refused, added=added, changed=changed)
        return report


def _good(actor: Actor, table: list[Row]) -> tuple[list[Record], list[list[Problem]]]:
    """The records of the good rows, and the problems of each other row."""
    items = {item.code for item in catalog.definitions(actor)}
    points = {place.point.code for place in places.points(actor)}
    districts = {district.code for district in city.current().districts}
    good: list[Record] = []
    refused: list[list[Problem]] = []
    lines: dict[str, int] = {}
    for row in table:
        checked = [row.broken] if row.broken else check(row, items, points, districts)
        if isinstance(checked, Record):
            earlier = lines.setdefault(checked.number, row.line)
            if earlier == row.line:
                good.append(checked)
                continue
            checked = [row.problem("number", f"stands in the file already, in row {earlier}", "each once")]
        refused.append(checked)
    return good, refused


def _save(records: list[Record]) -> tuple[int, int]:
    """Write what is new or differs, in batches; how many were added and changed."""
    added = changed = 0
    calendar = workdays.in_force(SYSTEM)
    for batch in _batches(records):
        known = {row.number: row for row in Application.objects.filter(number__in=[r.number for r in batch])}
        new = [Application(**_values(record, calendar)) for record in batch if record.number not in known]
        differing = [
            row
            for record in batch
            if (row := known.get(record.number)) is not None and _brought_up(row, record, calendar)
        ]
        Application.objects.bulk_create(new)
        changing = [column for column in COLUMNS if column != "number"]
        Application.objects.bulk_update(differing, [*changing, "taken_workdays"])
        added, changed = added + len(new), changed + len(differing)
    return added, changed


def _values(record: Record, calendar: Calendar) -> dict[str, object]:
    """A record's columns, and the working days its decision took."""
    decided = record.decided_at
    taken = deadlines.taken(record.received_at, decided, [], calendar) if decided else None
    return {**asdict(record), "taken_workdays": taken}


def _brought_up(row: Application, record: Record, calendar: Calendar) -> bool:
    """Give ``row`` the record's values; whether any differed."""
    values = _values(record, calendar)
    differs = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return differs


def _batches(records: list[Record]) -> Iterator[list[Record]]:
    for start in range(0, len(records), BATCH):
        yield records[start : start + BATCH]
