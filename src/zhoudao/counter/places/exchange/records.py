"""What a good row of each table holds. A check turns a row into a record, or into the problems that keep
it out."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, fields

from zhoudao.core.city.yaml_lines import Problem
from zhoudao.counter.places import hours
from zhoudao.counter.places.exchange.rows import Row
from zhoudao.counter.places.rules import (
    CODE,
    COORDINATE_DECIMALS,
    Bounds,
    PhoneKind,
    PointKind,
    Position,
    is_phone,
    unsafe_text,
)
from zhoudao.engines.wayfinding.coords import TO_WGS84, Datum, doubt

POINTS, PHONES, GUIDES = "points", "phones", "guides"
POINT_COLUMNS = (
    "code",
    "name_zh",
    "name_en",
    "kind",
    "district",
    "address_zh",
    "address_en",
    "longitude",
    "latitude",
    "hours",
    "phone",
    "step_free",
    "services",
)
PHONE_COLUMNS = ("code", "name_zh", "name_en", "kind", "phone", "district", "point", "hours")
GUIDE_COLUMNS = ("point", "item", "hours", "phone", "note_zh", "note_en")
COLUMNS: Mapping[str, tuple[str, ...]] = {POINTS: POINT_COLUMNS, PHONES: PHONE_COLUMNS, GUIDES: GUIDE_COLUMNS}

HOURS_EXPECTED = "OpenStreetMap opening hours, such as Mo-Fr 08:30-11:30,14:00-17:00; PH off"
PHONE_EXPECTED = "a number of 3 to 15 digits, such as 110 or 0580-2020110"
CODE_EXPECTED = "2 to 20 capital letters, digits and hyphens that begin with a letter, such as P001"


@dataclass(frozen=True)
class PointRecord:
    code: str
    name_zh: str
    name_en: str
    kind: str
    district: str
    address_zh: str
    address_en: str
    longitude: float
    latitude: float
    hours: str
    phone: str
    step_free: bool
    services: tuple[str, ...]


@dataclass(frozen=True)
class PhoneRecord:
    code: str
    name_zh: str
    name_en: str
    kind: str
    phone: str
    district: str
    point: str
    hours: str


@dataclass(frozen=True)
class GuideRecord:
    point: str
    item: str
    hours: str
    phone: str
    note_zh: str
    note_en: str


class Reading:
    """Takes one row's values out one by one, and remembers what was wrong with them."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = []

    def refuse(self, column: str, problem: str, expected: str) -> None:
        self.problems.append(self.row.problem(column, problem, expected))

    def text(self, column: str, longest: int, *, required: bool = True) -> str:
        value = self.row.values[column]
        expected = f"{'' if required else 'nothing, or '}a text of at most {longest} characters"
        if required and not value:
            self.refuse(column, "is empty", expected)
        elif len(value) > longest:
            self.refuse(column, f"has {len(value)} characters", expected)
        elif wrong := unsafe_text(value):
            self.refuse(column, wrong, "plain text")
        return value

    def code(self, column: str) -> str:
        value = self.row.values[column]
        if not CODE.fullmatch(value):
            self.refuse(column, f"is {value!r}", CODE_EXPECTED)
        return value

    def one_of(self, column: str, allowed: Iterable[str], *, required: bool = True) -> str:
        value, choices = self.row.values[column], list(allowed)
        if value not in choices and (required or value):
            self.refuse(
                column, f"is {value!r}", f"{'' if required else 'nothing, or '}one of {', '.join(choices)}"
            )
        return value

    def several_of(self, column: str, allowed: Iterable[str]) -> tuple[str, ...]:
        values, choices = [part.strip() for part in self.row.values[column].split("|")], list(allowed)
        for value in values:
            if value not in choices:
                self.refuse(
                    column, f"names {value!r}", f"one or more of {', '.join(choices)}, separated by |"
                )
        if len(set(values)) != len(values):
            self.refuse(column, "names one twice", "each service once")
        return tuple(sorted(set(values)))

    def yes_or_no(self, column: str) -> bool:
        return self.one_of(column, ("yes", "no")) == "yes"

    def phone(self, column: str, *, required: bool) -> str:
        value = self.row.values[column]
        if (required or value) and not is_phone(value):
            self.refuse(
                column, f"is {value!r}", PHONE_EXPECTED if required else f"nothing, or {PHONE_EXPECTED}"
            )
        return value

    def hours(self, column: str, *, required: bool) -> str:
        value = self.row.values[column]
        if required or value:
            wrong = hours.unreadable(value)
            if wrong is None and len(value) > 255:
                wrong = f"has {len(value)} characters"
            if wrong:
                self.refuse(column, wrong, HOURS_EXPECTED if required else f"nothing, or {HOURS_EXPECTED}")
        return value

    def position(self, bounds: Bounds, datum: Datum) -> Position:
        """``longitude`` and ``latitude``, given in ``datum``, as WGS-84 inside ``bounds``."""
        given = []
        for column, most in (("longitude", 180), ("latitude", 90)):
            number = _number(self.row.values[column])
            if number is None:
                found = self.row.values[column]
                self.refuse(column, f"is {found!r}", f"degrees of {datum}, a number from -{most} to {most}")
            given.append(math.nan if number is None else number)
        if any(math.isnan(value) for value in given):
            return Position(math.nan, math.nan)
        longitude, latitude = given
        position = Position(
            *(round(value, COORDINATE_DECIMALS) for value in TO_WGS84[datum](longitude, latitude))
        )
        self._inside(position, bounds)
        return position

    def _inside(self, position: Position, bounds: Bounds) -> None:
        wrong = doubt(position.longitude, position.latitude, bounds)
        if wrong is None:
            return
        pair = f"{position.longitude} and latitude {position.latitude}"
        if wrong.place is None:
            west, south, east, north = bounds
            if not west <= position.longitude <= east:
                self.refuse(
                    "longitude", f"{position.longitude} is outside the city", f"{west} to {east}, WGS-84"
                )
            if not south <= position.latitude <= north:
                self.refuse(
                    "latitude", f"{position.latitude} is outside the city", f"{south} to {north}, WGS-84"
                )
        elif wrong.code == "swapped":
            longitude, latitude = wrong.place
            self.refuse("longitude", f"{pair} look swapped", f"longitude {longitude} and latitude {latitude}")
        else:
            longitude, latitude = (round(value, COORDINATE_DECIMALS) for value in wrong.place)
            self.refuse("longitude", f"{pair} look like {wrong.code}", f"WGS-84: {longitude} and {latitude}")


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def check_point(
    row: Row, bounds: Bounds, districts: Iterable[str], services: Iterable[str], datum: Datum = "WGS-84"
) -> PointRecord | list[Problem]:
    read = Reading(row)
    position = read.position(bounds, datum)
    record = PointRecord(
        code=read.code("code"),
        name_zh=read.text("name_zh", 120),
        name_en=read.text("name_en", 160),
        kind=read.one_of("kind", PointKind),
        district=read.one_of("district", districts),
        address_zh=read.text("address_zh", 200),
        address_en=read.text("address_en", 240),
        longitude=position.longitude,
        latitude=position.latitude,
        hours=read.hours("hours", required=True),
        phone=read.phone("phone", required=False),
        step_free=read.yes_or_no("step_free"),
        services=read.several_of("services", services),
    )
    return read.problems or record


def check_phone(row: Row, districts: Iterable[str], points: Container[str]) -> PhoneRecord | list[Problem]:
    read = Reading(row)
    record = PhoneRecord(
        code=read.code("code"),
        name_zh=read.text("name_zh", 120),
        name_en=read.text("name_en", 160),
        kind=read.one_of("kind", PhoneKind),
        phone=read.phone("phone", required=True),
        district=read.one_of("district", districts, required=False),
        point=row.values["point"],
        hours=read.hours("hours", required=False),
    )
    if record.point and record.point not in points:
        read.refuse("point", f"is {record.point!r}", "nothing, or the code of a point in the directory")
    return read.problems or record


def check_guide(row: Row, points: Container[str], items: Container[str]) -> GuideRecord | list[Problem]:
    read = Reading(row)
    record = GuideRecord(
        point=row.values["point"],
        item=row.values["item"],
        hours=read.hours("hours", required=False),
        phone=read.phone("phone", required=False),
        note_zh=read.text("note_zh", 500, required=False),
        note_en=read.text("note_en", 600, required=False),
    )
    if record.point not in points:
        read.refuse("point", f"is {record.point!r}", "the code of a point in the directory")
    if record.item not in items:
        read.refuse("item", f"is {record.item!r}", "the code of an item of the catalogue")
    return read.problems or record


def as_cells(record: PointRecord | PhoneRecord | GuideRecord) -> list[str]:
    """The record as a row of its table, columns in order."""
    return [_cell(getattr(record, column.name)) for column in fields(record)]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "|".join(value)
    if isinstance(value, float):
        return f"{value:.{COORDINATE_DECIMALS}f}".rstrip("0").removesuffix(".")
    return str(value)
