"""Who may ask for ways and build the network, and what a good question is. Pure."""

from __future__ import annotations

from typing import Literal

from zhoudao.core.access import ANYONE, Permission, Role
from zhoudao.engines.wayfinding.coords import Doubt

FIND_WAY = Permission("places.find_way", "ask where one is served soonest, and the way there", ANYONE)
SEE_COVERAGE = Permission("places.see_coverage", "see what share of residents is near an open kiosk", ANYONE)
BUILD_NETWORK = Permission(
    "places.build_network", "import streets and timetables, build the network", {Role.ADMINISTRATOR}
)
COUNT_VISITS = Permission("places.count_visits", "add up how often pages were looked at", ())
"""Nobody but the platform itself."""
SEE_VISITS = Permission(
    "places.see_visits",
    "see how often pages, items and points were looked at",
    {Role.SUPERVISOR, Role.COMMANDER},
)

Mode = Literal["walk", "car"]
MODES: tuple[Mode, ...] = ("walk", "car")

LEAST_MINUTES, MOST_MINUTES = 1, 60
"""Minutes that a coverage may be asked for."""


class BadQuestion(ValueError):
    """A question that can't be answered as it was put: a place outside the city, a time outside the timetable.

    ``what`` and ``todo`` are translated texts."""

    http_status = 400

    def __init__(self, what: str, todo: str, code: str = "unusable") -> None:
        super().__init__(f"{what} {todo}")
        self.what, self.todo, self.code = what, todo, code


class NotHere(BadQuestion):
    """Coordinates that are not in the city, or that lie on no land one can start from."""

    def __init__(self, what: str, todo: str, doubt: Doubt | None) -> None:
        super().__init__(what, todo, doubt.code if doubt else "off_street")
        self.doubt = doubt
        """Why they look wrong, with the coordinates to offer instead where there are some."""
