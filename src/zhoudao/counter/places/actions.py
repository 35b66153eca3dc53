"""Changing the directory: imports and closures; and taking it out as files.

An import is all or nothing: one bad row, and nothing is written. ``keep_good`` takes the good rows and
reports the others. A file imported twice changes nothing the second time. ``complete`` says that the file
names all there is (in the districts the actor answers for): points it no longer names are withdrawn,
phones and guides removed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.db import models

from zhoudao.core import city, clock
from zhoudao.core.access import ALL_DISTRICTS, Actor, allowed
from zhoudao.core.audit.actions import Entry, act
from zhoudao.core.city.yaml_lines import Problem
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Service
from zhoudao.counter.places import changes, queries, where
from zhoudao.counter.places.exchange import hsds, rows
from zhoudao.counter.places.exchange.records import (
    COLUMNS,
    GUIDES,
    PHONES,
    POINTS,
    GuideRecord,
    PhoneRecord,
    PointRecord,
    as_cells,
    check_guide,
    check_phone,
    check_point,
)
from zhoudao.counter.places.exchange.rows import Report, Row
from zhoudao.counter.places.models import Closure, Guide, PhoneEntry, Point
from zhoudao.counter.places.rules import EDIT_PLACES, EXPORT_PLACES
from zhoudao.engines.wayfinding.coords import Datum

BATCH = 500
ADDED, CHANGED, UNCHANGED, REMOVED = "added", "changed", "unchanged", "removed"

Record = TypeVar("Record", PointRecord, PhoneRecord, GuideRecord)
Entity = TypeVar("Entity", bound=models.Model)


class UnknownPoint(LookupError):
    """No point of the directory has this code."""

    http_status = 404


class BadClosure(ValueError):
    """A closure that can't be: it ends before it starts, or says no time zone or reason."""

    http_status = 400


@dataclass(frozen=True)
class How:
    """How a file is to be taken; see the top of this module."""

    keep_good: bool = False
    complete: bool = False


# Import ----------------------------------------------------------------------------------------------------


def import_points(
    actor: Actor, path: Path, *, keep_good: bool = False, complete: bool = False, datum: Datum = "WGS-84"
) -> Report:
    """Points from a CSV file with coordinates in ``datum``. Raises Forbidden, and Refused when it is not
    taken."""
    with _audited(actor, path) as audit:
        table = rows.read_csv(POINTS, path, COLUMNS[POINTS])
        return _take_points(audit, path, table, How(keep_good, complete), datum)


def import_phones(actor: Actor, path: Path, *, keep_good: bool = False, complete: bool = False) -> Report:
    """Phone entries from a CSV file. Raises Forbidden, and Refused when the file is not taken."""
    with _audited(actor, path) as audit:
        table = rows.read_csv(PHONES, path, COLUMNS[PHONES])
        return _take_phones(audit, path, table, How(keep_good, complete))


def import_guides(actor: Actor, path: Path, *, keep_good: bool = False, complete: bool = False) -> Report:
    """Guides from a CSV file. Raises Forbidden, and Refused when the file is not taken."""
    with _audited(actor, path) as audit:
        table = rows.read_csv(GUIDES, path, COLUMNS[GUIDES])
        return _take_guides(audit, path, table, How(keep_good, complete))


def import_hsds(actor: Actor, path: Path, *, keep_good: bool = False, complete: bool = False) -> list[Report]:
    """Points, phones and guides from an Open Referral HSDS document, in one transaction.

    Raises Forbidden, and Refused when the document is not taken. Its services are only matched with the
    catalogue's items, never imported."""
    how = How(keep_good, complete)
    with _audited(actor, path) as audit:
        tables = hsds.read(path)
        return [
            _take_points(audit, path, tables[POINTS], how),
            _take_phones(audit, path, tables[PHONES], how),
            _take_guides(audit, path, tables[GUIDES], how),
        ]


@dataclass
class _Audit:
    """Who imports, where they may, and what is to stand in the trail: one entry a district they answer
    for, or one for the whole city."""

    actor: Actor
    entries: dict[str | None, Entry]
    counts: dict[str | None, Counter[str]] = field(default_factory=dict)

    def may(self, district: str) -> bool:
        return allowed(self.actor, EDIT_PLACES, district or None)

    def count(self, table: str, district: str, outcome: str) -> None:
        key = None if None in self.entries else district
        self.counts.setdefault(key, Counter())[f"{table}_{outcome}"] += 1

    def note(self) -> None:
        for district, entry in self.entries.items():
            entry.note(**dict(self.counts.get(district, Counter())))


@contextmanager
def _audited(actor: Actor, path: Path) -> Iterator[_Audit]:
    districts = [district.code for district in city.current().districts]
    own: list[str | None] = [code for code in districts if allowed(actor, EDIT_PLACES, code)]
    if not own or allowed(actor, EDIT_PLACES, None):
        own = [None]  # the whole city; where the actor may not even one district, this is what is refused
    with ExitStack() as stack:
        audit = _Audit(
            actor,
            {
                district: stack.enter_context(
                    act(actor, EDIT_PLACES, subject=f"file:{path.name}", district=district)
                )
                for district in own
            },
        )
        digest = hashlib.sha256(rows.read_bytes("directory", path)).hexdigest()
        for entry in audit.entries.values():
            entry.note(sha256=digest)
        yield audit
        audit.note()


def _take_points(audit: _Audit, path: Path, table: list[Row], how: How, datum: Datum = "WGS-84") -> Report:
    here = city.current()
    bounds = where.bounds_of(here)
    districts = [district.code for district in here.districts]
    existing = {point.code: point for point in Point.objects.all()}

    def districts_of(record: PointRecord) -> list[str]:
        known = existing.get(record.code)
        return [record.district] if known is None else [record.district, known.district]

    good, problems = _good(
        audit,
        table,
        lambda row: check_point(row, bounds, districts, list(Service), datum),
        lambda record: record.code,
        "code",
        districts_of,
    )
    _refuse_unless(POINTS, path, table, problems, how)
    wanted = {
        record.code: {**asdict(record), "services": list(record.services), "withdrawn": False}
        for record in good
    }
    outcomes = _save(Point, existing, wanted)
    if how.complete:
        gone = [
            point
            for code, point in existing.items()
            if code not in wanted and not point.withdrawn and audit.may(point.district)
        ]
        for point in gone:
            point.withdrawn, point.changed_at = True, clock.now()
        Point.objects.bulk_update(gone, ["withdrawn", "changed_at"], BATCH)
        outcomes |= {point.code: REMOVED for point in gone}
    for code, outcome in outcomes.items():
        audit.count(POINTS, wanted[code]["district"] if code in wanted else existing[code].district, outcome)
    _tell(outcomes, points=True)
    return _report(POINTS, path, table, outcomes, problems)


def _take_phones(audit: _Audit, path: Path, table: list[Row], how: How) -> Report:
    districts = [district.code for district in city.current().districts]
    existing = {entry.code: entry for entry in PhoneEntry.objects.all()}
    points = {point.code: point for point in Point.objects.filter(withdrawn=False)}

    def districts_of(record: PhoneRecord) -> list[str]:
        known = existing.get(record.code)
        return [record.district] if known is None else [record.district, known.district]

    good, problems = _good(
        audit,
        table,
        lambda row: check_phone(row, districts, points),
        lambda record: record.code,
        "code",
        districts_of,
    )
    _refuse_unless(PHONES, path, table, problems, how)
    wanted: dict[Hashable, dict[str, Any]] = {}
    for record in good:
        values = asdict(record)
        point = points.get(values.pop("point"))
        wanted[record.code] = {**values, "point_id": point.pk if point else None}
    outcomes = _save(PhoneEntry, existing, wanted)
    if how.complete:
        gone = [entry for code, entry in existing.items() if code not in wanted and audit.may(entry.district)]
        PhoneEntry.objects.filter(pk__in=[entry.pk for entry in gone]).delete()
        outcomes |= {entry.code: REMOVED for entry in gone}
    for code, outcome in outcomes.items():
        audit.count(PHONES, wanted[code]["district"] if code in wanted else existing[code].district, outcome)
    _tell(outcomes)
    return _report(PHONES, path, table, outcomes, problems)


def _take_guides(audit: _Audit, path: Path, table: list[Row], how: How) -> Report:
    points = {point.code: point for point in Point.objects.filter(withdrawn=False)}
    items = {item.code for item in catalog.definitions(audit.actor)}
    existing = {(guide.point.code, guide.item): guide for guide in Guide.objects.select_related("point")}

    good, problems = _good(
        audit,
        table,
        lambda row: check_guide(row, points, items),
        lambda record: (record.point, record.item),
        "item",
        lambda record: [points[record.point].district],
    )
    _refuse_unless(GUIDES, path, table, problems, how)
    wanted: dict[Hashable, dict[str, Any]] = {}
    for record in good:
        values = asdict(record)
        point = points[values.pop("point")]
        wanted[record.point, record.item] = {**values, "point_id": point.pk}
    outcomes = _save(Guide, existing, wanted)
    if how.complete:
        gone = {
            key: guide
            for key, guide in existing.items()
            if key not in wanted and audit.may(guide.point.district)
        }
        for batch in _batches([guide.pk for guide in gone.values()]):
            Guide.objects.filter(pk__in=batch).delete()
        outcomes |= dict.fromkeys(gone, REMOVED)
    for key, outcome in outcomes.items():
        district = points[key[0]].district if key in wanted else existing[key].point.district
        audit.count(GUIDES, district, outcome)
    _tell(outcomes)
    return _report(GUIDES, path, table, outcomes, problems)


def _good(
    audit: _Audit,
    table: Sequence[Row],
    check: Callable[[Row], Record | list[Problem]],
    key_of: Callable[[Record], Hashable],
    key_column: str,
    districts_of: Callable[[Record], list[str]],
) -> tuple[list[Record], list[list[Problem]]]:
    """The records of the good rows, and the problems of each other row."""
    good: list[Record] = []
    refused: list[list[Problem]] = []
    first: dict[Hashable, Row] = {}
    for row in table:
        checked = [row.broken] if row.broken else check(row)
        if isinstance(checked, list):
            refused.append(checked)
            continue
        problems = []
        earlier = first.setdefault(key_of(checked), row)
        if earlier is not row:
            where = earlier.place or f"row {earlier.line}"
            problems.append(row.problem(key_column, f"stands in the file already, as {where}", "each once"))
        problems += [
            row.problem("district", f"{district or 'the whole city'} is not yours to edit", _own(audit.actor))
            for district in dict.fromkeys(districts_of(checked))
            if not audit.may(district)
        ]
        if problems:
            refused.append(problems)
        else:
            good.append(checked)
    return good, refused


def _own(actor: Actor) -> str:
    return ", ".join(sorted(actor.districts - {ALL_DISTRICTS}))


def _refuse_unless(
    table: str, path: Path, rows_in: Sequence[Row], problems: list[list[Problem]], how: How
) -> None:
    """Stop when some rows are bad and not only the good are wanted; a file with gaps is never complete."""
    if problems and (how.complete or not how.keep_good):
        raise rows.refuse_all(table, path, len(rows_in), [problem for row in problems for problem in row])


def _save(
    model: type[Entity], existing: dict[Any, Entity], wanted: dict[Any, dict[str, Any]]
) -> dict[Any, str]:
    """Write what differs, in batches; returns what became of each key."""
    now = clock.now()
    new: list[Entity] = []
    changed: list[Entity] = []
    outcomes: dict[Any, str] = {}
    for key, values in wanted.items():
        entity = existing.get(key)
        if entity is None:
            new.append(model(**values, changed_at=now))
            outcomes[key] = ADDED
        elif any(getattr(entity, name) != value for name, value in values.items()):
            for name, value in [*values.items(), ("changed_at", now)]:
                setattr(entity, name, value)
            changed.append(entity)
            outcomes[key] = CHANGED
        else:
            outcomes[key] = UNCHANGED
    model._default_manager.bulk_create(new, BATCH)
    columns = [name.removesuffix("_id") for one in list(wanted.values())[:1] for name in one]
    model._default_manager.bulk_update(changed, [*columns, "changed_at"], BATCH)
    return outcomes


def _tell(outcomes: dict[Any, str], points: bool = False) -> None:
    if set(outcomes.values()) - {UNCHANGED}:
        changes.happened(points=points)


def _batches(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _report(
    table: str, path: Path, rows_in: Sequence[Row], outcomes: dict[Any, str], problems: list[list[Problem]]
) -> Report:
    counts = Counter(outcomes.values())
    return Report(
        table,
        path,
        len(rows_in),
        kept=counts[ADDED] + counts[CHANGED] + counts[UNCHANGED],
        refused=len(problems),
        added=counts[ADDED],
        changed=counts[CHANGED],
        unchanged=counts[UNCHANGED],
        removed=counts[REMOVED],
        problems=tuple(problem for row in problems for problem in row),
    )


# Export ----------------------------------------------------------------------------------------------------


def export_csv(actor: Actor, folder: Path) -> dict[str, int]:
    """Write points.csv, phones.csv and guides.csv, which the imports read back; returns the rows of each
    file."""
    with act(actor, EXPORT_PLACES, subject="directory:csv") as entry:
        folder.mkdir(parents=True, exist_ok=True)
        directory = queries.directory(actor)
        counts = {
            f"{table}.csv": rows.write_csv(
                folder / f"{table}.csv", COLUMNS[table], map(as_cells, directory[table])
            )
            for table in (POINTS, PHONES, GUIDES)
        }
        entry.note(**counts)
    return counts


def export_hsds(actor: Actor, folder: Path) -> dict[str, int]:
    """Write hsds.json, which ``import_hsds`` reads back; returns how many objects of each kind stand in
    it."""
    with act(actor, EXPORT_PLACES, subject="directory:hsds") as entry:
        folder.mkdir(parents=True, exist_ok=True)
        document = hsds.document(city.current(), queries.directory(actor), catalog.definitions(actor))
        hsds.write(folder / "hsds.json", document)
        counts = hsds.counts(document)
        entry.note(**counts)
    return counts


# Closures --------------------------------------------------------------------------------------------------


def close_point(
    actor: Actor, code: str, starts_at: datetime, ends_at: datetime, reason_zh: str, reason_en: str
) -> Closure:
    """Shut a point for a while, whatever its hours say. Raises UnknownPoint, BadClosure, Forbidden."""
    point = _point(code)
    with act(actor, EDIT_PLACES, subject=f"point:{code}", district=point.district) as entry:
        if starts_at.tzinfo is None or ends_at.tzinfo is None or starts_at >= ends_at:
            raise BadClosure(
                f"from {starts_at} until {ends_at}; expected two moments with a time zone, the earlier first"
            )
        if not reason_zh.strip() or not reason_en.strip():
            raise BadClosure(
                "no reason given; expected one in Chinese and one in English, which people will read"
            )
        entry.note(closed_from=starts_at.isoformat(), closed_until=ends_at.isoformat())
        changes.happened()
        return Closure.objects.create(
            point=point,
            starts_at=starts_at,
            ends_at=ends_at,
            reason_zh=reason_zh.strip(),
            reason_en=reason_en.strip(),
        )


def reopen_point(actor: Actor, code: str) -> int:
    """Drop every closure of a point that has not ended yet; returns how many. Raises UnknownPoint,
    Forbidden."""
    point = _point(code)
    with act(actor, EDIT_PLACES, subject=f"point:{code}", district=point.district) as entry:
        dropped, _ = Closure.objects.filter(point=point, ends_at__gt=clock.now()).delete()
        entry.note(closures_dropped=dropped)
        changes.happened()
        return dropped


def _point(code: str) -> Point:
    try:
        return Point.objects.get(code=code, withdrawn=False)
    except Point.DoesNotExist:
        raise UnknownPoint(f"{code!r} is no point of the directory; expected a code such as P001") from None
