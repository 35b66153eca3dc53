"""Where the next kiosks add most: maximal covering, solved to a proven optimum or with the gap stated.

R. Church, C. ReVelle: "The maximal covering location problem", Papers of the Regional Science Association
32 (1974).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE, LonLat
from zhoudao.engines.wayfinding.coverage import Homes, Reachable
from zhoudao.engines.wayfinding.layer import Anchor, Anchors, Layer, Mode
from zhoudao.engines.wayfinding.network import Network
from zhoudao.engines.wayfinding.spread import NEVER, TENTHS, Workspace

SPACING = 250.0
"""Metres between the sites that are considered when none are given."""


@dataclass(frozen=True)
class Siting:
    """Where to put the next kiosks, and what is known about how good that is."""

    sites: tuple[LonLat, ...]
    """The chosen places, the one that adds most first."""
    added: tuple[float, ...]
    """People each one adds, in that order."""
    people: float
    """All residents."""
    before: float
    """Residents within reach of an existing kiosk."""
    after: float
    """Residents within reach with the new ones."""
    bound: float
    """No choice of sites can bring more residents than this within reach."""

    @property
    def gap(self) -> float:
        """How far the choice may be from the best, as a share of the bound; 0 when it is proven best."""
        return max(0.0, (self.bound - self.after) / self.bound) if self.bound else 0.0

    @property
    def proven(self) -> bool:
        return self.bound - self.after < 0.5


def candidate_sites(network: Network, homes: Homes, spacing: float = SPACING) -> list[LonLat]:
    """One street place for every square of ``spacing`` metres that somebody lives in: by the middle of its
    people."""
    squeeze = np.cos(np.radians(homes.lat.mean())) if len(homes) else 1.0
    columns = np.floor(homes.lon * squeeze * METRES_A_DEGREE / spacing).astype(np.int64)
    rows = np.floor(homes.lat * METRES_A_DEGREE / spacing).astype(np.int64)
    _, square = np.unique(np.stack([rows, columns], axis=1), axis=0, return_inverse=True)
    people = np.bincount(square, homes.people)
    lived_in = people > 0
    lon = np.bincount(square, homes.people * homes.lon)[lived_in] / people[lived_in]
    lat = np.bincount(square, homes.people * homes.lat)[lived_in] / people[lived_in]
    layer = network.walk.layer
    places = (
        layer.find_or_none((x, y), network.land) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
    )
    return [place.on_street for place in places if place is not None]


def place_kiosks(
    network: Network,
    homes: Homes,
    count: int,
    minutes: float,
    existing: Sequence[str] = (),
    sites: Sequence[LonLat] | None = None,
    mode: Mode = "walk",
    seconds_to_solve: float = 30.0,
) -> Siting:
    """Choose ``count`` of ``sites`` so that most residents are within ``minutes`` of a kiosk, by streets.

    ``existing``: codes of points that already serve. ``sites``: places to choose from, `candidate_sites`
    when None. Raises KeyError for an unknown code.
    """
    limit = int(minutes * 60)
    reachable = Reachable(network, homes, existing, mode)
    served = (reachable.direct <= limit).any(axis=1) if existing else np.zeros(len(homes), dtype=np.bool_)
    chosen_from = list(candidate_sites(network, homes) if sites is None else sites)
    covers = _covers(network, mode, reachable.at, chosen_from, limit) & ~served
    before = float(homes.people[served].sum())
    chosen, bound = _solve(covers, homes.people, count, seconds_to_solve)
    order, added = _by_gain(covers, homes.people, chosen)
    return Siting(
        tuple(chosen_from[site] for site in order),
        tuple(added),
        float(homes.people.sum()),
        before,
        before + sum(added),
        before + bound,
    )


def _covers(
    network: Network, mode: Mode, homes: Anchors, sites: Sequence[LonLat], limit: int
) -> NDArray[np.bool_]:
    """Which homes are within ``limit`` seconds of which site, (sites, homes)."""
    layer = network.moving(mode).layer
    work = layer.workspace()
    covers = np.zeros((len(sites), len(homes.street)), dtype=np.bool_)
    for site, place in enumerate(sites):
        anchor = layer.find_or_none(place, network.land, leaving=False)
        if anchor is not None:
            covers[site] = _homes_within(layer, work, homes, anchor, limit)
    return covers


def _homes_within(
    layer: Layer, work: Workspace, homes: Anchors, anchor: Anchor, limit: int
) -> NDArray[np.bool_]:
    found = work.spread(
        layer.in_offsets,
        layer.in_ends,
        layer.in_tenths,
        anchor.nodes,
        anchor.seconds * TENTHS,
        limit * TENTHS,
    )
    time = np.where(homes.nodes >= 0, work.time[homes.nodes], NEVER).astype(np.int64)
    seconds = np.where(time == NEVER, NEVER, -(-time // TENTHS) + homes.seconds).min(axis=1)
    work.clear(found)
    same = np.flatnonzero(homes.street == anchor.street)
    whole = np.where(
        homes.along[same] <= anchor.along, layer.forward[anchor.street], layer.back[anchor.street]
    )
    tenths = (
        np.abs(homes.along[same] - anchor.along) * whole
        + (homes.off_street[same] + anchor.off_street) * TENTHS
    )
    direct = np.where(whole > 0, -(-np.rint(tenths) // TENTHS), NEVER)
    seconds[same] = np.minimum(seconds[same], direct.astype(np.int64))
    return seconds <= limit


def _solve(
    covers: NDArray[np.bool_], people: NDArray[np.float64], count: int, seconds: float
) -> tuple[list[int], float]:
    """The sites that cover most people, and a bound on what any choice covers."""
    useful = np.flatnonzero(covers.any(axis=1))
    if not len(useful) or count < 1:
        return [], 0.0
    first, _ = _alike(covers[useful])
    useful = useful[first]  # sites that cover the same homes are one
    homes = np.flatnonzero(covers[useful].any(axis=0))
    first, group = _alike(covers[np.ix_(useful, homes)].T)  # and so are homes within reach of the same sites
    weight = np.bincount(group, people[homes], minlength=len(first))
    by = covers[np.ix_(useful, homes[first])].T
    problem = pulp.LpProblem("kiosks", pulp.LpMaximize)
    build = [problem.add_variable(f"build{site}", cat="Binary") for site in range(len(useful))]
    reached = [problem.add_variable(f"reached{home}", 0, 1) for home in range(len(by))]
    problem += pulp.lpSum(float(w) * r for w, r in zip(weight, reached, strict=True))
    problem += pulp.lpSum(build) <= count
    for home, sites in enumerate(by):
        problem += reached[home] <= pulp.lpSum(build[site] for site in np.flatnonzero(sites))
    _greet_on_stderr()
    problem.solve(pulp.HiGHS(msg=False, timeLimit=seconds, gapRel=0.0, threads=1))
    chosen = [int(useful[site]) for site, variable in enumerate(build) if (variable.value() or 0.0) > 0.5]
    bound = float(weight.sum())
    if problem.solverModel is not None:
        found = problem.solverModel.getInfo()
        bound = min(bound, abs(float(found.mip_dual_bound)))
    return chosen, bound


def _alike(rows: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first of each kind of row, and the kind of every row."""
    kinds: dict[bytes, int] = {}
    packed = np.packbits(rows, axis=1)
    kind = np.array([kinds.setdefault(row.tobytes(), len(kinds)) for row in packed], dtype=np.int64)
    _, first = np.unique(kind, return_index=True)
    return first, kind


@cache
def _greet_on_stderr() -> None:
    """The solver prints a greeting on standard output the first time it is made in a process, whatever its
    options.

    Standard output is where a command prints its one JSON document, so the greeting is let out on standard
    error.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        highspy.Highs()
        ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _by_gain(
    covers: NDArray[np.bool_], people: NDArray[np.float64], chosen: list[int]
) -> tuple[list[int], list[float]]:
    """The chosen sites in the order in which each adds most to those before it, and what it adds."""
    order: list[int] = []
    added: list[float] = []
    left, uncovered = list(chosen), np.ones(covers.shape[1], dtype=np.bool_)
    while left:
        gains = [float(people[covers[site] & uncovered].sum()) for site in left]
        best = int(np.argmax(gains))
        added.append(gains[best])
        order.append(left.pop(best))
        uncovered &= ~covers[order[-1]]
    return order, added
