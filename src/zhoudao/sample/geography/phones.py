"""Numbers people look up: one of each point, and those the pack lists besides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhoudao.core.city import Pack, Text
from zhoudao.sample import tables
from zhoudao.sample.geography.numbers import NumberBook
from zhoudao.sample.geography.points import Point

HEADER = ("code", "name_zh", "name_en", "kind", "phone", "district", "point", "hours")
KINDS = {
    "counter": "appointment",
    "station": "enquiry",
    "kiosk": "enquiry",
    "enterprise_window": "appointment",
}
"""What a point's own number is for, by the kind of point."""
TITLES = {
    "appointment": Text(zh="预约电话", en="bookings"),
    "enquiry": Text(zh="咨询电话", en="enquiries"),
}


@dataclass(frozen=True)
class Phone:
    """A row of phones.csv. No district: the whole city. No point: nobody's in particular."""

    code: str
    name: Text
    kind: str
    phone: str
    district: str
    point: str
    hours: str


def listed(pack: Pack, points: list[Point], numbers: NumberBook) -> list[Phone]:
    """Every entry, coded T001 and up: the points' own first, then the pack's."""
    return list(_coded(pack, points, numbers))


def _coded(pack: Pack, points: list[Point], numbers: NumberBook) -> Iterator[Phone]:
    for number, point in enumerate(points, 1):
        kind = KINDS[point.kind]
        title = TITLES[kind]
        name = Text(zh=f"{point.name.zh}{title.zh}", en=f"{point.name.en}: {title.en}")
        yield Phone(f"T{number:03d}", name, kind, point.phone, point.district, point.code, point.hours)
    for number, planned in enumerate(pack.phones, len(points) + 1):
        owner = points[planned.point - 1] if planned.point is not None else None
        yield Phone(
            f"T{number:03d}",
            planned.name,
            planned.kind,
            planned.phone or numbers.next(),
            planned.district or "",
            owner.code if owner else "",
            pack.hours[planned.hours],
        )


def write(phones: list[Phone], path: Path) -> None:
    rows = ((p.code, p.name.zh, p.name.en, p.kind, p.phone, p.district, p.point, p.hours) for p in phones)
    tables.write(path, HEADER, rows)
