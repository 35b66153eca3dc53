"""Where people live, from head-counts alone: each settlement's people spread over the street corners around it.

The same settlements on the same streets give the same homes, to the person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from zhoudao.counter.places.coverage.models import Settlement
from zhoudao.counter.places.coverage.rules import even, radius
from zhoudao.engines.wayfinding import Network
from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE
from zhoudao.engines.wayfinding.coverage import Homes
from zhoudao.engines.wayfinding.layer import OFF_STREET


@dataclass(frozen=True)
class Lived:
    """The head-counts of the city, and their fingerprint."""

    settlements: tuple[Settlement, ...]

    @property
    def fingerprint(self) -> str:
        rows = [
            (each.code, each.district, each.longitude, each.latitude, each.population)
            for each in self.settlements
        ]
        return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def spread(network: Network, settlements: Iterable[Settlement]) -> Homes:
    """Homes at street corners (walkable junctions) within ``rules.radius`` of each settlement's middle, on its own
    piece of land; at the nearest one within OFF_STREET where there is none, else at the middle itself."""
    layer = network.walk.layer
    piece = network.land.piece_of(layer.lon, layer.lat)
    people: dict[tuple[float, float, str], int] = {}
    for settlement in settlements:
        squeeze = np.cos(np.radians(settlement.latitude))
        metres = METRES_A_DEGREE * np.hypot(
            (layer.lon - settlement.longitude) * squeeze, layer.lat - settlement.latitude
        )
        here = network.land.piece_of([settlement.longitude], [settlement.latitude])[0]
        metres[piece != here] = np.inf
        near = np.flatnonzero(metres <= radius(settlement.population))
        if not len(near) and len(metres) and metres.min() <= OFF_STREET:
            near = np.array([metres.argmin()])
        near = near[np.argsort(metres[near], kind="stable")]
        corners = [(float(layer.lon[at]), float(layer.lat[at])) for at in near] or [
            (settlement.longitude, settlement.latitude)
        ]
        for corner, living in zip(corners, even(settlement.population, len(corners)), strict=True):
            key = (*corner, settlement.district)
            people[key] = people.get(key, 0) + living
    lived_in = sorted((key, living) for key, living in people.items() if living)
    return Homes(
        np.array([key[0] for key, _ in lived_in], dtype=np.float64),
        np.array([key[1] for key, _ in lived_in], dtype=np.float64),
        np.array([living for _, living in lived_in], dtype=np.float64),
        np.array([key[2] for key, _ in lived_in], dtype=np.str_),
    )
