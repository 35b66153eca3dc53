"""Which point somebody goes to: one that does the item, is open that day, and is not far."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from zhoudao.counter.places import hours
from zhoudao.counter.places.rules import PointKind, Position, distance_m
from zhoudao.sample import tables
from zhoudao.sample.requests import days
from zhoudao.sample.seeds import Weighted

_REACH_M = 6_000.0
"""At this distance a point draws a third of the people it draws at its door."""
_FAR = 1e-9
"""What even the farthest point draws: somebody has to go there when nothing else does the item."""
_TRIES = 4


@dataclass(frozen=True)
class Point:
    """What of points.csv matters here."""

    code: str
    kind: str
    district: str
    position: Position
    hours: str


class Nearby:
    """Points and guides of the city, asked again and again."""

    def __init__(
        self, points: Sequence[Point], guides: Sequence[tuple[str, str, str]], homes: dict[str, Position]
    ):
        """``guides``: point, item, own hours (empty: the point's). ``homes``: where settlements lie."""
        self._points = {point.code: point for point in points}
        self._guides: dict[str, list[tuple[Point, str]]] = defaultdict(list)
        for point, item, own_hours in guides:
            self._guides[item].append((self._points[point], own_hours or self._points[point].hours))
        self._pull = {
            (home, point.code): math.exp(-distance_m(position, point.position) / _REACH_M) + _FAR
            for home, position in homes.items()
            for point in points
        }
        self._choices: dict[tuple[str, bool, str], Weighted[tuple[Point, str]] | None] = {}

    @classmethod
    def read(cls, folder: Path) -> Nearby:
        """From points.csv, guides.csv and settlements.csv."""
        return cls(
            [
                Point(row["code"], row["kind"], row["district"], _position(row), row["hours"])
                for row in tables.read(folder / "points.csv")
            ],
            [(row["point"], row["item"], row["hours"]) for row in tables.read(folder / "guides.csv")],
            {row["code"]: _position(row) for row in tables.read(folder / "settlements.csv")},
        )

    def choose(
        self, chance: np.random.Generator, item: str, kiosk: bool, settlement: str, day: date
    ) -> tuple[Point, list[tuple[datetime, datetime]]] | None:
        """A point for ``item`` and when it does it on ``day``; None when those that draw people are shut."""
        key = item, kiosk, settlement
        if key not in self._choices:
            self._choices[key] = self._weighed(*key)
        choice = self._choices[key]
        if choice is None:
            return None
        for _ in range(_TRIES):
            point, expression = choice.draw(chance)
            open_times = hours.intervals(expression, day, 1, days.WORKING_DAYS)
            if open_times:
                return point, open_times
        return None

    def _weighed(self, item: str, kiosk: bool, settlement: str) -> Weighted[tuple[Point, str]] | None:
        able = [
            (point, expression)
            for point, expression in self._guides.get(item, [])
            if (point.kind == PointKind.KIOSK) == kiosk
        ]
        return Weighted(able, [self._pull[settlement, point.code] for point, _ in able]) if able else None


def _position(row: dict[str, str]) -> Position:
    return Position(float(row["longitude"]), float(row["latitude"]))
