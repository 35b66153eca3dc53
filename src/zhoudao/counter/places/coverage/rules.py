"""Who may plan kiosks, what may be asked, and how far a settlement's homes lie from its middle. Pure."""

from __future__ import annotations

import math
from enum import StrEnum

from zhoudao.core.access import Permission, Role
from zhoudao.counter.places.journeys.rules import LEAST_MINUTES, MODES, MOST_MINUTES, Mode

PLAN_KIOSKS = Permission(
    "places.plan_kiosks",
    "see who can reach a 24-hour kiosk in time, and where the next kiosks add most",
    {Role.SUPERVISOR, Role.KIOSK_KEEPER, Role.COMMANDER},
)
IMPORT_SETTLEMENTS = Permission(
    "places.import_settlements",
    "import how many people live in each settlement",
    {Role.COMMANDER},
)

USUAL_MINUTES = 10
MINUTES = (5, 10, 15, 20, 30, 45, 60)
"""What the page offers; commands and the interface take any from LEAST_MINUTES to MOST_MINUTES."""
USUAL_KIOSKS, MOST_KIOSKS = 3, 10
HOURS = range(24)

PEOPLE_A_SQUARE_KM = 5_000.0
"""How densely a settlement is taken to be lived in. An assumption, not a figure of any statistics: homes are
not known, and docs/coverage.md says what follows from it."""
LEAST_RADIUS = 250.0
"""Metres: a village's homes lie this far apart at least."""
SOON = 8_000_000
"""Candidate sites times homes up to which a choice is worked out while one waits; measured in docs/coverage.md."""


SITE_KIOSKS = "places.site_kiosks"
"""The job that works out sites."""


class SitesState(StrEnum):
    """How far the answer to a question about sites is."""

    NOT_ASKED = "not_asked"
    WORKING = "working"
    FAILED = "failed"
    READY = "ready"


class BadPlan(ValueError):
    """A question about coverage or sites that can't be answered as it was put."""

    http_status = 400


def check(minutes: int, mode: str) -> Mode:
    """The mode. Raises BadPlan naming what was expected."""
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise BadPlan(f"minutes is {minutes}; expected {LEAST_MINUTES} to {MOST_MINUTES}")
    for known in MODES:
        if mode == known:
            return known
    raise BadPlan(f"mode is {mode!r}; expected {' or '.join(MODES)}")


def check_count(count: int) -> None:
    """Raises BadPlan naming what was expected."""
    if not 1 <= count <= MOST_KIOSKS:
        raise BadPlan(f"kiosks is {count}; expected 1 to {MOST_KIOSKS}")


def radius(population: int) -> float:
    """Metres from a settlement's middle within which its people are taken to live: a disc of even density."""
    return max(LEAST_RADIUS, 1000.0 * math.sqrt(population / PEOPLE_A_SQUARE_KM / math.pi))


def even(people: int, places: int) -> list[int]:
    """``people`` over ``places`` in whole numbers that differ by one at most, the larger ones first."""
    each, rest = divmod(people, places)
    return [each + 1] * rest + [each] * (places - rest)
