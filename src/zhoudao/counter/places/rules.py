"""Pure decisions about places: who may edit them, what a good entry is, how far away one is, whether it
is open.

Coordinates are WGS-84 degrees, longitude first where two stand together; lengths are metres.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zhoudao.core.access import ANYONE, STAFF_ROLES, Permission, Role
from zhoudao.core.spreadsheets import FORMULA_STARTS

READ_PLACES = Permission("places.read", "find places, their hours, phones and guides", ANYONE)
EDIT_PLACES = Permission(
    "places.edit",
    "import and edit a district's points, phones, guides and closures",
    {Role.SUPERVISOR},
    by_district=True,
)
EXPORT_PLACES = Permission("places.export", "export all points, phones and guides", STAFF_ROLES)


class PointKind(StrEnum):
    """What stands at a point (点位)."""

    COUNTER = "counter"
    """A service hall with counters (办证中心)."""
    STATION = "station"
    """A police station that also serves the public (派出所)."""
    KIOSK = "kiosk"
    """An unattended self-service machine (智慧+自助警务站)."""
    ENTERPRISE_WINDOW = "enterprise_window"
    """A window for enterprises (为企业服务专窗)."""


class PhoneKind(StrEnum):
    """What a look-up entry (查询条目) is for."""

    EMERGENCY = "emergency"
    APPOINTMENT = "appointment"
    ENQUIRY = "enquiry"
    DUTY = "duty"
    COMPLAINT = "complaint"


# What a good value looks like ------------------------------------------------------------------------------

CODE = re.compile(r"[A-Z][A-Z0-9-]{1,19}")
"""Codes of points and phones: "P001"."""
PHONE = re.compile(r"\+?[0-9](?:[0-9]|[ -](?=[0-9]))*")
LEAST_PHONE_DIGITS, MOST_PHONE_DIGITS = 3, 15
"""From a short number such as 110 to the longest number of ITU-T E.164."""
COORDINATE_DECIMALS = 6
"""0.1 m: more says nothing about a door."""

_ALLOWED_CONTROLS = "\n"
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_phone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return bool(PHONE.fullmatch(text)) and LEAST_PHONE_DIGITS <= digits <= MOST_PHONE_DIGITS


def unsafe_text(text: str) -> str | None:
    """What is wrong with a text that pages will show and spreadsheets will open, or None.

    A cell that begins with = + - @ is run as a formula by spreadsheet programs (CSV injection, OWASP),
    and direction marks can make a name read as another."""
    if text.startswith(FORMULA_STARTS):
        return f"begins with {text[0]!r}, which a spreadsheet would run as a formula"
    for character in text:
        if character in _DIRECTION_MARKS or character == "\ufeff":
            return f"holds the invisible mark U+{ord(character):04X}"
        if unicodedata.category(character) in ("Cc", "Cs") and character not in _ALLOWED_CONTROLS:
            return f"holds the control character U+{ord(character):04X}"
    return None


LEAST_COMMON = 3
"""Characters that two names share at least when one speaks of the other: 居住证, but not 证咨."""


def speaks_of(name: str, phrases: Iterable[str]) -> bool:
    """Whether a phone's name ("电子居住证咨询") names what one of ``phrases`` is about ("居住证怎么办")."""
    pieces = {name[at : at + LEAST_COMMON] for at in range(len(name) - LEAST_COMMON + 1)}
    return any(piece in phrase for phrase in phrases for piece in pieces)


# Where -----------------------------------------------------------------------------------------------------

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius, R1 of GRS 80 (Moritz, Geodetic Reference System 1980, Journal of Geodesy 74, 2000)."""
NEAR_DECIMALS = 4
"""Where a person is, to about 10 m: enough to find a door, too little to say which flat."""

Bounds = tuple[float, float, float, float]
"""west, south, east, north."""


@dataclass(frozen=True)
class Position:
    longitude: float
    latitude: float


def distance_m(here: Position, there: Position) -> float:
    """Great-circle distance in metres, by the haversine formula (Sinnott, Virtues of the Haversine, Sky
    and Telescope 68, 1984) on a sphere of the Earth's mean radius: within 0.5 % of the ellipsoid."""
    south, north = math.radians(here.latitude), math.radians(there.latitude)
    half_latitude = (north - south) / 2
    half_longitude = math.radians(there.longitude - here.longitude) / 2
    chord = math.sin(half_latitude) ** 2 + math.cos(south) * math.cos(north) * math.sin(half_longitude) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def parse_position(longitude: str, latitude: str) -> Position | None:
    """A position as typed or sent by a browser, rounded to about 10 m; None when it is not two finite
    numbers."""
    try:
        numbers = float(longitude), float(latitude)
    except ValueError:
        return None
    if not all(map(math.isfinite, numbers)):
        return None
    return Position(round(numbers[0], NEAR_DECIMALS), round(numbers[1], NEAR_DECIMALS))


# When ------------------------------------------------------------------------------------------------------

Interval = tuple[datetime, datetime]
"""Open from, until; timezone-aware; until is exclusive."""


@dataclass(frozen=True)
class OpenState:
    """Whether a place is open at a moment, and until when that stays so."""

    is_open: bool
    changes_at: datetime | None = None
    """When it closes (open) or opens next (closed); None: not within the days looked at."""
    always: bool = False
    """Open round the clock."""
    confirmed: bool = True
    """False when the working-day table does not reach far enough to say: then nothing is promised."""
    closure: object | None = None
    """The closure in force at the moment, if one is."""


def both(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """What lies in both."""
    return [
        (max(start, begin), min(end, until))
        for start, end in one
        for begin, until in other
        if max(start, begin) < min(end, until)
    ]


def without(intervals: Iterable[Interval], closed: Sequence[Interval]) -> list[Interval]:
    """``intervals`` with every ``closed`` one cut out; ordered, none empty."""
    rest = sorted(intervals)
    for shut_from, shut_until in closed:
        rest = [
            (start, end)
            for opened, ended in rest
            for start, end in ((opened, min(ended, shut_from)), (max(opened, shut_until), ended))
            if start < end
        ]
    return sorted(rest)


def next_change(intervals: Iterable[Interval], moment: datetime) -> tuple[bool, datetime | None]:
    """Whether ``moment`` is in one of the ordered ``intervals``, and when that changes next (None: not in
    them)."""
    for start, end in intervals:
        if moment < start:
            return False, start
        if moment < end:
            return True, end
    return False, None
