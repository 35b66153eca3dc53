"""A small extract and feed to draw a map from: two islands, a few streets, a boat between them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

from zhoudao.engines.wayfinding.tests.made import Feed, Trip, place

DAILY = (date(2026, 9, 1), date(2027, 2, 28), "1111111")
WAYS: list[tuple[dict[str, str], list[tuple[float, float]]]] = [
    ({"highway": "primary", "name": "海滨路", "name:en": "Haibin Road"}, [(0, 0), (5, 0), (10, 0)]),
    ({"highway": "residential", "name": "小巷"}, [(5, 0), (5, 6)]),
    ({"highway": "footway"}, [(0, 0), (0, 3)]),
    ({"highway": "secondary_link"}, [(10, 0), (12, 1)]),
    ({"highway": "construction", "name": "规划路"}, [(0, 0), (3, 3)]),
    ({"highway": "residential"}, [(120, 0), (125, 0)]),
    ({"route": "ferry", "name": "北渡", "duration": "00:10"}, [(10, 0), (60, 80)]),
    ({"route": "ferry", "name": "东渡", "duration": "00:30"}, [(12, 1), (120, 0)]),
]
"""Tags, and corners on the lattice of ``made``."""


def extract(path: Path, ways: list[tuple[dict[str, str], list[tuple[float, float]]]] = WAYS) -> Path:
    numbers: dict[tuple[float, float], int] = {}
    for _, corners in ways:
        for corner in corners:
            numbers.setdefault(corner, len(numbers) + 1)
    with osmium.SimpleWriter(str(path)) as writer:
        for corner, number in numbers.items():
            writer.add_node(Node(id=number, location=place(*corner)))
        for number, (tags, corners) in enumerate(ways, 1):
            writer.add_way(Way(id=number, tags=tags, nodes=[numbers[corner] for corner in corners]))
    return path


def feed(path: Path) -> Path:
    """A boat from west to east and back, daily at 08:00 and 08:40, and a bus."""
    made = Feed()
    made.stops = {"west": (12, 1), "east": (120, 0), "town": (0, 0), "hill": (10, 0)}
    made.lines = {"boat": 4, "bus": 3}
    made.services = {"daily": DAILY}
    eight = 8 * 3600
    made.trips = [
        Trip(
            "out", "boat", "daily", [("west", eight, eight), ("east", eight + 1800, eight + 1800)], cars=True
        ),
        Trip(
            "home",
            "boat",
            "daily",
            [("east", eight + 2400, eight + 2400), ("west", eight + 4200, eight + 4200)],
        ),
        Trip("round", "bus", "daily", [("town", eight, eight), ("hill", eight + 600, eight + 600)]),
    ]
    return made.write(path)
