"""A city's network: streets on foot and by car, the timetable, and the times between them, ready to be asked.

`Network.build` makes one from an OpenStreetMap extract, a GTFS feed and the service points, in memory or in a
folder; `Network.open` maps one from its folder. Many processes can share one folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zhoudao.engines.wayfinding import bundle
from zhoudao.engines.wayfinding.coords import LonLat, metres_between
from zhoudao.engines.wayfinding.feed import FeedReport, read_feed
from zhoudao.engines.wayfinding.folding import build_layer
from zhoudao.engines.wayfinding.land import Land
from zhoudao.engines.wayfinding.layer import MODES, OFF_STREET, Anchor, Layer, Mode
from zhoudao.engines.wayfinding.paths import course, street_path
from zhoudao.engines.wayfinding.problems import BadFeed, BadInput, Problem
from zhoudao.engines.wayfinding.streets import ExtractReport, StreetGraph, read_extract
from zhoudao.engines.wayfinding.table import WALK_LIMIT, Allocate, Sites, Tables, build_tables, in_memory
from zhoudao.engines.wayfinding.timetable import Line, Timetable

if TYPE_CHECKING:
    from zhoudao.engines.wayfinding.journey import Leg

PLACE_LIMIT = 300.0
"""A stop or a point further than this from any street is in the sea, or its coordinates are wrong
(metres)."""
CAR_LIMIT = 500.0
"""How far from a place one may have to leave the car, metres."""
FERRY_END = 500.0
"""A drawn ferry line whose ends are this near two piers that the timetable joins is told by the timetable,
metres."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place that serves people."""

    code: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Moving:
    """Everything about getting about in one mode."""

    layer: Layer
    points: Sites
    stops: Sites
    tables: Tables


@dataclass(frozen=True)
class BuildReport:
    """What went into a network."""

    streets: ExtractReport | None
    feed: FeedReport | None
    ferries_by_timetable: tuple[str, ...]
    """Drawn ferry lines left out because the timetable tells about them."""
    car_free: tuple[str, ...]
    """Points no car gets near."""


@dataclass(frozen=True)
class Network:
    """See the module. Read-only; safe to share between threads."""

    point_codes: tuple[str, ...]
    point_lon: NDArray[np.float64]
    point_lat: NDArray[np.float64]
    timetable: Timetable
    walk: Moving
    car: Moving
    land: Land
    walk_limit: int
    """Longest walk to, from or between stops that are not piers, seconds."""
    about: dict[str, Any] = field(default_factory=dict)
    """Where it came from: file names and hashes."""
    build_path: Path | None = None
    report: BuildReport | None = None

    @classmethod
    def build(
        cls,
        streets: str | Path | StreetGraph,
        feed: str | Path | Timetable,
        points: Iterable[Point],
        out: str | Path | None = None,
        land: Sequence[BaseGeometry] = (),
        walk_limit: int = WALK_LIMIT,
    ) -> Network:
        """Make a network from an extract, a feed and points; with ``out``, save it there and return it
        mapped.

        ``land``: polygons (degrees) that nobody is led off. Raises BadExtract, BadFeed or BadInput (a point
        nowhere near a street, or given twice) before anything in ``out`` changes.
        """
        points = tuple(points)
        graph, extract_report = (streets, None) if isinstance(streets, StreetGraph) else read_extract(streets)
        timetable, feed_report = (feed, None) if isinstance(feed, Timetable) else read_feed(feed)
        about = {
            "streets": _source(streets),
            "feed": _source(feed),
            "points": len(points),
            "walk_limit": walk_limit,
        }
        if out is None:
            return _build(
                graph, timetable, points, Land.of(land), walk_limit, about, extract_report, feed_report
            )
        with bundle.Draft(Path(out)) as draft:
            network = _build(
                graph,
                timetable,
                points,
                Land.of(land),
                walk_limit,
                about,
                extract_report,
                feed_report,
                draft,
            )
            arrays, texts = _take_apart(network)
            path = draft.publish(arrays, texts, about)
        return _read(path, report=network.report)

    @classmethod
    def open(cls, folder: str | Path, verify: bool = False) -> Network:
        """Map the current network of a folder; ``verify`` checks every hash. Raises BadNetwork."""
        for _ in range(3):
            build = bundle.current(Path(folder))
            if build.is_dir():
                break  # else it was replaced between the two looks
        return _read(build, verify)

    def is_current(self) -> bool:
        """Whether the folder this was opened from still names this build."""
        return self.build_path is not None and bundle.current(self.build_path.parent) == self.build_path

    @property
    def zone(self) -> ZoneInfo:
        return self.timetable.timezone

    def moving(self, mode: Mode) -> Moving:
        return self.walk if mode == "walk" else self.car

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {code: at for at, code in enumerate(self.point_codes)}

    def numbers_of(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Numbers of points by code. Raises KeyError for a code that is not on this network."""
        return np.array([self._numbers[code] for code in codes], dtype=np.int64)

    def find(self, place: LonLat, mode: Mode = "walk", *, leaving: bool = True) -> Anchor:
        """Where a place joins the streets. Raises NotOnTheMap."""
        return self.moving(mode).layer.find(place, self.land, leaving=leaving)

    def path(self, leg: Leg) -> list[LonLat]:
        """The line of a journey's leg on the map, worked out on demand: by streets, or the vehicle's
        course."""
        if leg.line is None:
            layer = self.walk.layer if leg.mode == "walk" else self.car.layer
            return street_path(layer, self.land, (leg.start.lon, leg.start.lat), (leg.end.lon, leg.end.lat))
        timetable = self.timetable
        # Every run of a trip calls at the same stops; one that never starts has no hops to show.
        runs = [number for number, code in enumerate(timetable.trip_codes) if code == leg.trip]
        trip = int(timetable.trip[np.flatnonzero(np.isin(timetable.trip, runs))[0]])
        from_stop, to_stop = (timetable.stop_codes.index(place.code) for place in (leg.start, leg.end))
        return course(timetable, trip, from_stop, to_stop)

    def metres_off_street(self, lon: float, lat: float) -> float:
        """Distance to the nearest street one can walk on, metres; OFF_STREET when it is further than that."""
        segment, _, metres = self.walk.layer.locator.nearest(lon, lat, OFF_STREET)
        return metres if segment >= 0 else OFF_STREET


def _source(given: object) -> dict[str, str]:
    if not isinstance(given, str | Path):
        return {}
    path = Path(given)
    return {"file": path.name, **({"sha256": bundle.sha256(path)} if path.is_file() else {})}


def _build(
    graph: StreetGraph,
    timetable: Timetable,
    points: tuple[Point, ...],
    land: Land,
    walk_limit: int,
    about: dict[str, Any],
    extract_report: ExtractReport | None,
    feed_report: FeedReport | None,
    draft: bundle.Draft | None = None,
) -> Network:
    _check_points(points)
    told = _told_by_timetable(graph, timetable)
    graph = graph.without_ferries(told)
    point_places = np.array([(point.lon, point.lat) for point in points], dtype=np.float64).reshape(-1, 2)
    places = np.concatenate([point_places, np.stack([timetable.stop_lon, timetable.stop_lat], axis=1)])
    moving = {}
    for mode in MODES:
        limit = PLACE_LIMIT if mode == "walk" else CAR_LIMIT
        layer, node, off_street = build_layer(graph, mode, places, land, limit)
        if mode == "walk":
            _check_places(points, timetable, node)
        else:  # a car boards nothing but car ferries
            node[len(points) :][~timetable.car_pier] = -1
        here = slice(None, len(points)), slice(len(points), None)
        on_points, on_stops = (Sites(node[part].copy(), off_street[part].copy()) for part in here)
        layer = bundle.frozen(layer)
        tables = build_tables(
            layer, on_points, on_stops, timetable, mode == "walk", walk_limit, _room(draft, f"{mode}.tables.")
        )
        moving[mode] = bundle.frozen(Moving(layer, on_points, on_stops, tables))
    car_free = tuple(
        point.code for point, at in zip(points, moving["car"].points.node, strict=True) if at < 0
    )
    return Network(
        tuple(point.code for point in points),
        point_places[:, 0].copy(),
        point_places[:, 1].copy(),
        timetable,
        moving["walk"],
        moving["car"],
        land,
        walk_limit,
        about,
        None,
        BuildReport(
            extract_report, feed_report, tuple(graph.ferries[line].name for line in sorted(told)), car_free
        ),
    )


def _room(draft: bundle.Draft | None, prefix: str) -> Allocate:
    if draft is None:
        return in_memory
    return lambda name, shape, kind: draft.allocate(prefix + name, shape, kind)


def _check_points(points: tuple[Point, ...]) -> None:
    seen: set[str] = set()
    for row, point in enumerate(points, 1):
        if point.code in seen:
            raise BadInput(
                [Problem("points", row, "code", f"{point.code!r} is given twice", "codes that differ")]
            )
        seen.add(point.code)


def _check_places(points: tuple[Point, ...], timetable: Timetable, node: NDArray[np.int32]) -> None:
    """Everything must be near a street one can walk to."""
    expected = f"a place within {PLACE_LIMIT:.0f} m of a street"
    lost_points = [
        Problem(
            "points",
            row,
            "longitude",
            f"{point.code} at {point.lon:.6f},{point.lat:.6f} is off every street",
            expected,
        )
        for row, (point, at) in enumerate(zip(points, node[: len(points)], strict=True), 1)
        if at < 0
    ]
    lost_stops = [
        Problem(
            "stops.txt",
            timetable.stop_rows[stop],
            "stop_lat",
            f"stop {timetable.stop_codes[stop]!r} at {timetable.stop_lon[stop]:.6f},"
            f"{timetable.stop_lat[stop]:.6f} is in the sea or far from every street",
            expected,
        )
        for stop in np.flatnonzero(node[len(points) :] < 0).tolist()
    ]
    if lost_stops:
        raise BadFeed(lost_stops)
    if lost_points:
        raise BadInput(lost_points)


def _told_by_timetable(graph: StreetGraph, timetable: Timetable) -> set[int]:
    """The drawn ferry lines whose two ends lie at piers that one hop joins."""
    piers = np.flatnonzero(timetable.pier)
    pairs = np.unique(np.stack([timetable.from_stop, timetable.to_stop], axis=1), axis=0)
    joined = {(a, b) for a, b in pairs.tolist() if timetable.pier[a] and timetable.pier[b]}

    def near(end: LonLat) -> list[int]:
        return [
            int(stop)
            for stop in piers
            if metres_between(end, (timetable.stop_lon[stop], timetable.stop_lat[stop])) <= FERRY_END
        ]

    told = set()
    for line, ferry in enumerate(graph.ferries):
        starts, ends = near(ferry.start), near(ferry.end)
        if any((a, b) in joined or (b, a) in joined for a in starts for b in ends):
            told.add(line)
    return told


# In files


def _take_apart(network: Network) -> tuple[dict[str, NDArray], dict[str, Any]]:
    timetable = network.timetable
    arrays = {
        "point_lon": network.point_lon,
        "point_lat": network.point_lat,
        **bundle.pack("walk", network.walk),
        **bundle.pack("car", network.car),
        **bundle.pack("timetable", timetable),
        "course_offsets": np.cumsum([0, *(len(shape) for shape in timetable.shapes)]),
        "course": np.concatenate([np.zeros((0, 2)), *timetable.shapes]),
    }
    texts = {
        "points": network.point_codes,
        "zone": timetable.timezone.key,
        "first_day": timetable.first_day.isoformat(),
        "last_day": timetable.last_day.isoformat(),
        "stop_codes": timetable.stop_codes,
        "stop_names": timetable.stop_names,
        "stop_rows": timetable.stop_rows,
        "lines": [(line.code, line.names, line.long_names, line.mode) for line in timetable.lines],
        "trip_codes": timetable.trip_codes,
        "trip_headsigns": timetable.trip_headsigns,
        "land": [shapely.to_wkt(piece, rounding_precision=7) for piece in network.land.pieces],
        "walk_limit": network.walk_limit,
    }
    return arrays, texts


def _read(build: Path, verify: bool = False, report: BuildReport | None = None) -> Network:
    arrays, texts, about = bundle.open_build(build, verify)
    courses = arrays["course_offsets"]
    timetable = Timetable(
        timezone=ZoneInfo(texts["zone"]),
        first_day=date.fromisoformat(texts["first_day"]),
        last_day=date.fromisoformat(texts["last_day"]),
        stop_codes=tuple(texts["stop_codes"]),
        stop_names=tuple(texts["stop_names"]),
        stop_rows=tuple(texts["stop_rows"]),
        lines=tuple(Line(*line) for line in texts["lines"]),
        trip_codes=tuple(texts["trip_codes"]),
        trip_headsigns=tuple(texts["trip_headsigns"]),
        shapes=tuple(arrays["course"][a:b] for a, b in pairwise(courses.tolist())),
        **_part(arrays, "timetable."),
    )
    return Network(
        tuple(texts["points"]),
        arrays["point_lon"],
        arrays["point_lat"],
        timetable,
        bundle.unpack(Moving, "walk", arrays),
        bundle.unpack(Moving, "car", arrays),
        Land(tuple(shapely.from_wkt(texts["land"]))),
        texts["walk_limit"],
        about,
        build,
        report,
    )


def _part(arrays: dict[str, NDArray], prefix: str) -> dict[str, Any]:
    return {name[len(prefix) :]: values for name, values in arrays.items() if name.startswith(prefix)}
