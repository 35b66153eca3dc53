"""What an OpenStreetMap way allows: who may walk or drive along it, and how fast. Pure functions of its tags.

Speeds are what one really makes, with crossings and turns, not what the sign says. Keys and values follow the
OpenStreetMap wiki (Key:highway, Key:access, Key:oneway, Key:barrier, Key:duration).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Tags = Mapping[str, str]

KILOMETRES_AN_HOUR = 1 / 3.6
WALKING = 80 / 60
"""Metres a second on foot: 80 metres a minute (4.8 km/h)."""
ON_STEPS = 0.5 * WALKING

NO_WALKING = frozenset({"motorway", "motorway_link", "raceway", "bus_guideway", "busway"})
NOT_BUILT = frozenset({"construction", "proposed", "abandoned", "razed", "planned", "disused", "no"})
NOT_A_STREET = frozenset({"bus_stop", "rest_area", "services", "elevator", "emergency_bay"})

DRIVING = {
    # Metres a second by highway class.
    "motorway": 90 * KILOMETRES_AN_HOUR,
    "motorway_link": 50 * KILOMETRES_AN_HOUR,
    "trunk": 65 * KILOMETRES_AN_HOUR,
    "trunk_link": 40 * KILOMETRES_AN_HOUR,
    "primary": 48 * KILOMETRES_AN_HOUR,
    "primary_link": 35 * KILOMETRES_AN_HOUR,
    "secondary": 42 * KILOMETRES_AN_HOUR,
    "secondary_link": 30 * KILOMETRES_AN_HOUR,
    "tertiary": 36 * KILOMETRES_AN_HOUR,
    "tertiary_link": 28 * KILOMETRES_AN_HOUR,
    "unclassified": 30 * KILOMETRES_AN_HOUR,
    "residential": 24 * KILOMETRES_AN_HOUR,
    "road": 24 * KILOMETRES_AN_HOUR,
    "living_street": 12 * KILOMETRES_AN_HOUR,
    "service": 14 * KILOMETRES_AN_HOUR,
    "track": 12 * KILOMETRES_AN_HOUR,
}
OF_THE_LIMIT = 0.8
"""Share of a posted limit that one really makes."""

REFUSED = frozenset(
    {"no", "private", "use_sidepath", "agricultural", "forestry", "delivery", "military", "discouraged"}
)
CLOSED_TO_CARS = frozenset(
    {
        "bollard", "block", "cycle_barrier", "kissing_gate", "stile", "turnstile", "full-height_turnstile",
        "chain", "jersey_barrier", "log", "debris", "planter", "wall", "fence", "hedge", "motorcycle_barrier",
    }
)  # fmt: skip
CLOSED_TO_ALL = frozenset({"wall", "fence", "hedge"})


def _allowed(tags: Tags, keys: tuple[str, ...]) -> bool | None:
    """What the most specific of ``keys`` says; None when none is given."""
    for key in keys:
        if key in tags:
            return tags[key] not in REFUSED
    return None


def walking_speed(tags: Tags) -> float:
    """Metres a second on foot along this way, 0 when one may not."""
    highway = tags.get("highway", "")
    allowed = _allowed(tags, ("foot", "access"))
    on_foot = highway or tags.get("man_made") == "pier" or tags.get("public_transport") == "platform"
    if not on_foot or highway in NOT_BUILT or highway in NOT_A_STREET or allowed is False:
        return 0.0
    if highway in NO_WALKING and tags.get("foot") is None:
        return 0.0
    if highway == "cycleway" and tags.get("foot") is None:
        return 0.0
    return ON_STEPS if highway == "steps" else WALKING


def driving_speeds(tags: Tags) -> tuple[float, float]:
    """Metres a second by car along this way and back along it, 0 where one may not."""
    speed = DRIVING.get(tags.get("highway", ""), 0.0)
    if not speed or _allowed(tags, ("motorcar", "motor_vehicle", "vehicle", "access")) is False:
        return 0.0, 0.0
    limit = posted_limit(tags.get("maxspeed", ""))
    if limit:
        speed = OF_THE_LIMIT * limit
    oneway = tags.get("oneway", "")
    if not oneway and (
        tags.get("highway") in ("motorway", "motorway_link")
        or tags.get("junction") in ("roundabout", "circular")
    ):
        oneway = "yes"
    if oneway in ("yes", "true", "1"):
        return speed, 0.0
    if oneway in ("-1", "reverse"):
        return 0.0, speed
    if oneway in ("reversible", "alternating"):  # no telling which way it runs when you come
        return 0.0, 0.0
    return speed, speed


def posted_limit(text: str) -> float:
    """A ``maxspeed`` value in metres a second; 0 when it is absent or not a number ("walk", "CN:urban")."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh)?", text.strip())
    if not match:
        return 0.0
    return float(match[1]) * (1.609344 if match[2] == "mph" else 1.0) * KILOMETRES_AN_HOUR


def barrier(tags: Tags) -> tuple[bool, bool]:
    """Whether a node with these tags stops someone on foot, and a car."""
    kind = tags.get("barrier", "")
    if not kind:
        return False, False
    on_foot = _allowed(tags, ("foot", "access"))
    by_car = _allowed(tags, ("motorcar", "motor_vehicle", "vehicle", "access"))
    stops_walker = on_foot is False or (on_foot is None and kind in CLOSED_TO_ALL)
    stops_car = by_car is False or (by_car is None and kind in CLOSED_TO_CARS)
    return stops_walker, stops_car


def is_ferry(tags: Tags) -> bool:
    return tags.get("route") == "ferry"


def ferry_carries(tags: Tags) -> tuple[bool, bool]:
    """Whether a ferry way carries people on foot (unless it says no), and cars (only where it says so)."""
    on_foot = _allowed(tags, ("foot", "access"))
    by_car = _allowed(tags, ("motorcar", "motor_vehicle", "vehicle"))
    return on_foot is not False, by_car is True


def crossing_seconds(text: str) -> int | None:
    """A ``duration`` value in seconds: "HH:MM", "HH:MM:SS", whole minutes, or ISO 8601 ("PT1H30M"). None:
    not readable."""
    text = text.strip()
    if match := re.fullmatch(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", text):
        seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    elif match := re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", text):
        seconds = int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + int(match[3] or 0)
    elif text.isdigit():
        seconds = int(text) * 60
    else:
        return None
    return seconds or None
