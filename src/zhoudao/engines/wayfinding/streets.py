"""Streets from an OpenStreetMap extract: a graph of short straight segments with times on foot and by car.

Segments are as drawn in OpenStreetMap. `layer.py` joins them into streets between junctions, one graph for
each way of getting about; this module only says what is there.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray

from zhoudao.engines.wayfinding import profiles
from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE, LonLat
from zhoudao.engines.wayfinding.problems import BadExtract, Problem

NO_FERRY = -1


@dataclass(frozen=True, slots=True)
class Ferry:
    """A ferry line drawn on the map (not a timetable)."""

    way: int
    """OpenStreetMap way number."""
    name: str
    seconds: int | None
    """Its ``duration``; None: not given, so it cannot be used without a timetable."""
    on_foot: bool
    by_car: bool
    start: LonLat
    end: LonLat


@dataclass(frozen=True)
class StreetGraph:
    """Nodes 0..n-1 and straight segments 0..m-1 between them. Times are seconds; 0 means "not allowed"."""

    lon: NDArray[np.float64]
    """Degrees, WGS-84, (n,)."""
    lat: NDArray[np.float64]
    tail: NDArray[np.int32]
    """Node where a segment begins, (m,)."""
    head: NDArray[np.int32]
    """Node where it ends, (m,)."""
    metres: NDArray[np.float32]
    walk: NDArray[np.float32]
    """Seconds on foot, either way, (m,)."""
    drive: NDArray[np.float32]
    """Seconds by car from tail to head, (m,)."""
    drive_back: NDArray[np.float32]
    """Seconds by car from head to tail, (m,)."""
    ferry: NDArray[np.int32]
    """Index into ``ferries``, or NO_FERRY, (m,)."""
    ferries: tuple[Ferry, ...] = ()

    def __post_init__(self) -> None:
        nodes, segments = len(self.lon), len(self.tail)
        assert len(self.lat) == nodes
        for name in ("head", "metres", "walk", "drive", "drive_back", "ferry"):
            assert len(getattr(self, name)) == segments, name
        assert segments == 0 or (
            min(self.tail.min(), self.head.min()) >= 0 and max(self.tail.max(), self.head.max()) < nodes
        )

    def without_ferries(self, dropped: set[int]) -> StreetGraph:
        """The same streets without the ferry lines ``dropped`` (indices): a timetable tells about those
        better."""
        keep = ~np.isin(self.ferry, list(dropped))
        names = ("tail", "head", "metres", "walk", "drive", "drive_back", "ferry")
        return replace(self, **{name: getattr(self, name)[keep] for name in names})


@dataclass(frozen=True)
class ExtractReport:
    """What an extract held: every way is counted under exactly one of ``kept`` and ``refused``."""

    file: str
    kept: dict[str, int]
    refused: dict[str, int]
    warnings: tuple[Problem, ...] = field(default=())


def segment_metres(
    lon: NDArray[np.float64], lat: NDArray[np.float64], tail: NDArray[np.int32], head: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Length of each straight segment in metres (equirectangular: right to a millimetre over a street's
    length)."""
    across = (lon[head] - lon[tail]) * np.cos(np.radians((lat[head] + lat[tail]) / 2))
    return np.hypot(across, lat[head] - lat[tail]) * METRES_A_DEGREE


def read_extract(path: str | Path) -> tuple[StreetGraph, ExtractReport]:
    """Read the streets of a .osm.pbf (or .osm, .osm.bz2) file.

    Raises BadExtract when the file is missing, torn or holds no street. A way that leaves the extract is
    cut where its nodes end; a ferry line without a readable ``duration`` is kept by name but not as a
    connection.
    """
    path = Path(path)
    ways = _Ways()
    try:
        _collect(path, ways)
    except RuntimeError as error:  # what libosmium raises for every reading error
        raise BadExtract(
            [Problem(path.name, None, "", str(error), "a whole OpenStreetMap extract")]
        ) from error
    if not ways.kept:
        raise BadExtract([Problem(path.name, None, "highway", "no street in it", "ways tagged highway=*")])
    return ways.graph(), ExtractReport(path.name, dict(ways.kept), dict(ways.refused), tuple(ways.warnings))


class _Ways:
    """Grows while the file is read: one run of nodes for each way kept, with the way's speeds."""

    def __init__(self) -> None:
        self.refs = array("q")
        self.lon = array("d")
        self.lat = array("d")
        self.run_length = array("q")
        self.speeds: list[tuple[float, float, float]] = []
        self.run_ferry = array("q")
        self.ferries: list[Ferry] = []
        self.barriers: dict[int, tuple[bool, bool]] = {}
        self.kept: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.warnings: list[Problem] = []

    def add_run(
        self, nodes: list[tuple[int, float, float]], speeds: tuple[float, float, float], ferry: int
    ) -> None:
        for ref, lon, lat in nodes:
            self.refs.append(ref)
            self.lon.append(lon)
            self.lat.append(lat)
        self.run_length.append(len(nodes))
        self.speeds.append(speeds)
        self.run_ferry.append(ferry)

    def graph(self) -> StreetGraph:
        refs = np.frombuffer(self.refs, dtype=np.int64)
        known, first, node = np.unique(refs, return_index=True, return_inverse=True)
        lon = np.frombuffer(self.lon, dtype=np.float64)[first]
        lat = np.frombuffer(self.lat, dtype=np.float64)[first]
        lengths = np.frombuffer(self.run_length, dtype=np.int64)
        run = np.repeat(np.arange(len(lengths)), lengths)
        inside = run[:-1] == run[1:]
        tail, head, run = (
            node[:-1][inside].astype(np.int32),
            node[1:][inside].astype(np.int32),
            run[:-1][inside],
        )
        real = tail != head
        tail, head, run = tail[real], head[real], run[real]
        metres = np.maximum(segment_metres(lon, lat, tail, head), 0.01)
        ferry = np.frombuffer(self.run_ferry, dtype=np.int64)[run].astype(np.int32)
        speeds = np.array(self.speeds, dtype=np.float64)[run]
        # A ferry's speeds are given as 1 or 0 (carries or not); its time is its duration, shared out by
        # length.
        crossing = np.array([one.seconds or 0 for one in self.ferries] or [0], dtype=np.float64)
        length = np.bincount(ferry[ferry >= 0], metres[ferry >= 0], minlength=len(crossing))
        seconds = np.where(
            ferry[:, None] >= 0,
            speeds * (metres * crossing[ferry] / np.maximum(length[ferry], 0.01))[:, None],
            np.divide(metres[:, None], speeds, out=np.zeros_like(speeds), where=speeds > 0),
        )
        self._close_barriers(known, tail, head, seconds)
        walk, drive, drive_back = seconds.T.astype(np.float32)
        return StreetGraph(
            lon, lat, tail, head, metres.astype(np.float32),
            walk.copy(), drive.copy(), drive_back.copy(), ferry, tuple(self.ferries),
        )  # fmt: skip

    def _close_barriers(
        self,
        known: NDArray[np.int64],
        tail: NDArray[np.int32],
        head: NDArray[np.int32],
        seconds: NDArray[np.float64],
    ) -> None:
        """Nobody passes a barrier: the segments that touch it are closed to whom it stops."""
        stops_walker = np.array([ref for ref, (walker, _) in self.barriers.items() if walker], dtype=np.int64)
        stops_car = np.array([ref for ref, (_, car) in self.barriers.items() if car], dtype=np.int64)
        for stopped, columns in ((stops_walker, slice(0, 1)), (stops_car, slice(1, 3))):
            closed = np.isin(known, stopped)
            touching = closed[tail] | closed[head]
            seconds[touching, columns] = 0.0


def _collect(path: Path, ways: _Ways) -> None:
    wanted = osmium.filter.KeyFilter("highway", "route", "barrier", "man_made", "public_transport")
    for element in osmium.FileProcessor(str(path)).with_locations().with_filter(wanted):
        if isinstance(element, osmium.osm.Node):
            if "barrier" in element.tags:
                stops = profiles.barrier(dict(element.tags))
                if any(stops):
                    ways.barriers[element.id] = stops
        elif isinstance(element, osmium.osm.Way):
            _collect_way(path.name, element, ways)


def _collect_way(file: str, way: osmium.osm.Way, ways: _Ways) -> None:
    tags = {tag.k: tag.v for tag in way.tags}
    ferry, kind = NO_FERRY, "street"
    walking = profiles.walking_speed(tags)
    driving, back = profiles.driving_speeds(tags)
    if profiles.is_ferry(tags):
        on_foot, by_car = profiles.ferry_carries(tags)
        walking, driving, back = float(on_foot), float(by_car), float(by_car)
        kind = "ferry"
    if not (walking or driving or back):
        if "highway" in tags or kind == "ferry":
            ways.refused["nobody may use it"] += 1
        return
    runs: list[list[tuple[int, float, float]]] = [[]]
    for node in way.nodes:
        location = node.location
        if location.valid():
            runs[-1].append((node.ref, location.lon, location.lat))
        elif runs[-1]:
            runs.append([])
    runs = [run for run in runs if len(run) > 1]
    if not runs:
        ways.refused["outside the extract"] += 1
        return
    if kind == "ferry":
        seconds = profiles.crossing_seconds(tags.get("duration", ""))
        start, end = runs[0][0], runs[-1][-1]
        name = tags.get("name", "")
        ways.ferries.append(Ferry(way.id, name, seconds, bool(walking), bool(driving), start[1:], end[1:]))
        if seconds is None:
            said = tags.get("duration")
            problem = "no duration" if said is None else f"duration {said!r} is not a time"
            ways.warnings.append(
                Problem(
                    file,
                    None,
                    f"way {way.id} {name}".rstrip(),
                    f"ferry line with {problem}",
                    "HH:MM or a timetable",
                )
            )
            ways.refused["ferry without a duration"] += 1
            return
        ferry = len(ways.ferries) - 1
    ways.kept[kind] += 1
    for run in runs:
        ways.add_run(run, (walking, driving, back), ferry)
