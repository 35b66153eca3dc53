"""Whether an officer can finish what is in their hands in time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

PACE_WORKDAYS = 20
"""The pace is that of the last four working weeks."""


def pace(steps: list[int]) -> float:
    """Steps a day, of the days on which any was taken: a quiet week makes nobody slow. 0 without any."""
    return sum(steps) / len(steps) if steps else 0.0


def usual_pace(paces: list[float]) -> float:
    """For an officer who has no pace yet: that of the colleague in the middle; one step a day where nobody has any."""
    known = [each for each in paces if each > 0]
    return median(known) if known else 1.0


def falls_behind(due: Mapping[int, int], steps_a_day: float) -> int | None:
    """The first working day on which something will be late at this pace, or None when all can be done in time.

    ``due``: how many must be done by the end of each working day, 0 being today; what is late already is due today.
    Worked off by deadline, everything is in time exactly when no day asks for more than the pace allows until its end.
    """
    asked = 0
    for day in sorted(due):
        asked += due[day]
        if asked > steps_a_day * (day + 1):
            return day
    return None
