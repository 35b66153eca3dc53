"""The entries a change may touch: what each says now, whether new values are good, and writing them.

The four kinds differ in where they are kept and in what a good one is; everything above this file treats them alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from zhoudao.core import city, clock
from zhoudao.core.access import Actor
from zhoudao.core.city.yaml_lines import Problem
from zhoudao.core.parsing import whole_number
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Service
from zhoudao.counter.places import where
from zhoudao.counter.places.editing.rules import FIELDS, NEW, Kind, Subject, Value, Values
from zhoudao.counter.places.exchange.records import (
    GUIDE_COLUMNS,
    PHONE_COLUMNS,
    POINT_COLUMNS,
    GuideRecord,
    PhoneRecord,
    PointRecord,
    as_cells,
    check_guide,
    check_phone,
    check_point,
)
from zhoudao.counter.places.exchange.rows import Row
from zhoudao.counter.places.models import Closure, Guide, PhoneEntry, Point
from zhoudao.counter.places.rules import CODE, unsafe_text

NO_FILE = Path("a change")
LONGEST_REASON = {"reason_zh": 200, "reason_en": 240}


@dataclass(frozen=True)
class Standing:
    """An entry as it is now."""

    subject: Subject
    values: dict[str, Value] | None
    """None: it is not in the directory."""
    district: str
    """Empty: the whole city, or nobody knows yet where a new entry belongs."""
    point_code: str
    changed_at: datetime | None


# Reading ---------------------------------------------------------------------------------------------------


def read(subject: Subject, *, lock: bool = False) -> Standing:
    """What the entry says. ``lock``: nobody changes it before the transaction ends."""
    return _READ[subject.kind](subject, lock)


def _read_point(subject: Subject, lock: bool) -> Standing:
    point = _rows(Point.objects.all(), lock).filter(code=subject.key).first()
    if point is None:
        return Standing(subject, None, "", subject.key, None)
    values = None if point.withdrawn else point_values(point)
    return Standing(subject, values, point.district, point.code, point.changed_at)


def _read_phone(subject: Subject, lock: bool) -> Standing:
    entry = _rows(PhoneEntry.objects.all(), lock).filter(code=subject.key).first()
    if entry is None:
        return Standing(subject, None, "", "", None)
    values = phone_values(entry)
    return Standing(subject, values, entry.district, str(values["point"]), entry.changed_at)


def _read_guide(subject: Subject, lock: bool) -> Standing:
    chosen = Guide.objects.filter(point__code=subject.point_code, item=subject.rest)
    guide = _rows(chosen, lock).first()
    changed_at = guide.changed_at if guide else None
    return _at_point(subject, guide_values(guide) if guide else None, changed_at)


def _read_closure(subject: Subject, lock: bool) -> Standing:
    number = whole_number(subject.rest) or 0
    closure = _rows(Closure.objects.filter(point__code=subject.point_code, pk=number), lock).first()
    return _at_point(subject, closure_values(closure) if closure else None, None)


def _at_point(subject: Subject, values: dict[str, Value] | None, changed_at: datetime | None) -> Standing:
    """An entry of a point, whose district is the point's; one of a withdrawn point is as if it were not there."""
    district = Point.objects.filter(code=subject.point_code, withdrawn=False).values_list(
        "district", flat=True
    )
    found = district.first()
    return Standing(
        subject, values if found is not None else None, found or "", subject.point_code, changed_at
    )


def _rows(rows: QuerySet[Any], lock: bool) -> QuerySet[Any]:
    return rows.select_for_update(of=("self",)) if lock else rows


_READ = {
    Kind.POINT: _read_point,
    Kind.PHONE: _read_phone,
    Kind.GUIDE: _read_guide,
    Kind.CLOSURE: _read_closure,
}


def point_values(point: Point) -> dict[str, Value]:
    return {name: getattr(point, name) for name in FIELDS[Kind.POINT]}


def phone_values(entry: PhoneEntry) -> dict[str, Value]:
    own = {name: getattr(entry, name) for name in FIELDS[Kind.PHONE] if name != "point"}
    return {**own, "point": entry.point.code if entry.point else ""}


def guide_values(guide: Guide) -> dict[str, Value]:
    return {name: getattr(guide, name) for name in FIELDS[Kind.GUIDE]}


def closure_values(closure: Closure) -> dict[str, Value]:
    return {
        "starts_at": as_moment(closure.starts_at),
        "ends_at": as_moment(closure.ends_at),
        "reason_zh": closure.reason_zh,
        "reason_en": closure.reason_en,
    }


def as_moment(moment: datetime) -> str:
    """A moment as changes keep it: ISO 8601 with the city's offset."""
    return clock.local(moment).isoformat()


# Checking --------------------------------------------------------------------------------------------------


def checked(
    actor: Actor, subject: Subject, district: str, values: Values
) -> dict[str, Value] | list[Problem]:
    """The values as they will be kept, or what is wrong with them, by field; the same rules as for a file."""
    missing = [name for name in FIELDS[subject.kind] if name not in values]
    extra = [name for name in values if name not in FIELDS[subject.kind]]
    if missing or extra:
        expected = f"all of {', '.join(FIELDS[subject.kind])}"
        return [problem(name, "is missing or not a field", expected) for name in (*missing, *extra)]
    return _CHECK[subject.kind](actor, subject, district, values)


def _check_point(actor: Actor, subject: Subject, district: str, values: Values) -> Any:
    here = city.current()
    record = PointRecord(code=subject.key, district=district, **_as_record(values))
    districts = [each.code for each in here.districts]
    row = _row(POINT_COLUMNS, as_cells(record))
    return _kept(subject, check_point(row, where.bounds_of(here), districts, list(Service)))


def _check_phone(actor: Actor, subject: Subject, district: str, values: Values) -> Any:
    record = PhoneRecord(code=subject.key, district=district, **_as_record(values))
    at = Point.objects.filter(code=record.point, withdrawn=False)
    points = [record.point] if record.point and at.filter(district=district).exists() else []
    districts = [each.code for each in city.current().districts]
    return _kept(subject, check_phone(_row(PHONE_COLUMNS, as_cells(record)), districts, points))


def _check_guide(actor: Actor, subject: Subject, district: str, values: Values) -> Any:
    record = GuideRecord(point=subject.point_code, item=subject.rest, **_as_record(values))
    points = Point.objects.filter(code=record.point, withdrawn=False).values_list("code", flat=True)
    items = {item.code for item in catalog.definitions(actor)}
    return _kept(subject, check_guide(_row(GUIDE_COLUMNS, as_cells(record)), set(points), items))


def _check_closure(actor: Actor, subject: Subject, district: str, values: Values) -> Any:
    problems = []
    moments: dict[str, datetime] = {}
    for name in ("starts_at", "ends_at"):
        try:
            moment = datetime.fromisoformat(str(values[name]))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            problems.append(problem(name, f"is {values[name]!r}", "a moment with a time zone, ISO 8601"))
        else:
            moments[name] = moment
    if len(moments) == 2 and moments["starts_at"] >= moments["ends_at"]:
        problems.append(problem("ends_at", "is not after the start", "a later moment"))
    for name, longest in LONGEST_REASON.items():
        reason = str(values[name]).strip()
        if not reason or len(reason) > longest:
            problems.append(
                problem(name, f"has {len(reason)} characters", f"1 to {longest} that people will read")
            )
        elif wrong := unsafe_text(reason):
            problems.append(problem(name, wrong, "plain text"))
    if not Point.objects.filter(code=subject.point_code, withdrawn=False).exists():
        problems.append(
            problem("point", f"is {subject.point_code!r}", "the code of a point in the directory")
        )
    if problems:
        return problems
    return {
        **{name: as_moment(moment) for name, moment in moments.items()},
        **{name: str(values[name]).strip() for name in LONGEST_REASON},
    }


_CHECK = {
    Kind.POINT: _check_point,
    Kind.PHONE: _check_phone,
    Kind.GUIDE: _check_guide,
    Kind.CLOSURE: _check_closure,
}


def _as_record(values: Values) -> dict[str, Any]:
    """Texts without the blanks around them, lists as records have them."""
    return {
        name: tuple(value) if isinstance(value, list) else value.strip() if isinstance(value, str) else value
        for name, value in values.items()
    }


def _row(columns: Iterable[str], cells: list[str]) -> Row:
    return Row(NO_FILE, 0, dict(zip(columns, cells, strict=True)))


def problem(field: str, problem: str, expected: str) -> Problem:
    return Problem(NO_FILE, 0, field, problem, expected)


def _kept(
    subject: Subject, outcome: PointRecord | PhoneRecord | GuideRecord | list[Problem]
) -> dict[str, Value] | list[Problem]:
    if isinstance(outcome, list):
        return outcome
    record = asdict(outcome)
    return {
        name: list(record[name]) if isinstance(record[name], tuple) else record[name]
        for name in FIELDS[subject.kind]
    }


def good_new_key(subject: Subject) -> bool:
    """Whether an entry that is not there yet may be called so."""
    if subject.kind in (Kind.POINT, Kind.PHONE):
        return CODE.fullmatch(subject.key) is not None
    return subject.kind is Kind.GUIDE or subject.rest == NEW


# Writing ---------------------------------------------------------------------------------------------------


def write(subject: Subject, district: str, values: Values | None) -> Subject:
    """Make the entry say ``values`` (checked ones), or take it out of the directory (None); returns what it is called
    from now on. The caller holds the transaction."""
    return _WRITE[subject.kind](subject, district, values)


def _write_point(subject: Subject, district: str, values: Values | None) -> Subject:
    now = clock.now()
    if values is None:
        Point.objects.filter(code=subject.key).update(withdrawn=True, changed_at=now)
    else:
        known = {**values, "district": district, "withdrawn": False, "changed_at": now}
        Point.objects.update_or_create(code=subject.key, defaults=known)
    return subject


def _write_phone(subject: Subject, district: str, values: Values | None) -> Subject:
    if values is None:
        PhoneEntry.objects.filter(code=subject.key).delete()
        return subject
    point = Point.objects.get(code=values["point"]) if values["point"] else None
    known = {**values, "point": point, "district": district, "changed_at": clock.now()}
    PhoneEntry.objects.update_or_create(code=subject.key, defaults=known)
    return subject


def _write_guide(subject: Subject, district: str, values: Values | None) -> Subject:
    if values is None:
        Guide.objects.filter(point__code=subject.point_code, item=subject.rest).delete()
        return subject
    point = Point.objects.get(code=subject.point_code)
    known = {**values, "changed_at": clock.now()}
    Guide.objects.update_or_create(point=point, item=subject.rest, defaults=known)
    return subject


def _write_closure(subject: Subject, district: str, values: Values | None) -> Subject:
    if values is None:
        Closure.objects.filter(pk=int(subject.rest)).delete()
        return subject
    moments = {name: datetime.fromisoformat(str(values[name])) for name in ("starts_at", "ends_at")}
    known = {**values, **moments}
    if subject.rest != NEW:
        Closure.objects.filter(pk=int(subject.rest)).update(**known)
        return subject
    made = Closure.objects.create(point=Point.objects.get(code=subject.point_code), **known)
    return Subject(Kind.CLOSURE, f"{subject.point_code}/{made.pk}")


_WRITE = {
    Kind.POINT: _write_point,
    Kind.PHONE: _write_phone,
    Kind.GUIDE: _write_guide,
    Kind.CLOSURE: _write_closure,
}
