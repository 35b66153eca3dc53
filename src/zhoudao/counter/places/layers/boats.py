"""Boat lines and piers as the map draws them: from the timetable, and from the extract where it knows more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import shapely

from zhoudao.counter.places.layers.ground import GeoJson, collection, feature
from zhoudao.engines.wayfinding.paths import course
from zhoudao.engines.wayfinding.timetable import FERRY, Timetable, in_language

SAME_CROSSING = 0.006
"""Degrees, about 600 m: a drawn ferry way that stays this near a line of the timetable is the same crossing."""
CALM = 0.0003
"""Degrees, about 30 m: what a course may bend without the map showing it."""

Drawn = tuple[shapely.LineString, tuple[str, str]]


def boats(timetable: Timetable, ferries: Iterable[Drawn] = ()) -> GeoJson:
    """Features of ``kind`` line (``code`` when the timetable has it) and pier (``code`` of the stop)."""
    lines = _lines(timetable)
    told = shapely.union_all([shape for shape, _, _ in lines]).buffer(SAME_CROSSING) if lines else None
    others = [
        feature(shapely.simplify(shape, CALM), kind="line", zh=zh, en=en)
        for shape, (zh, en) in ferries
        if told is None or not told.covers(shape)
    ]
    drawn = [
        feature(shapely.simplify(shape, CALM), kind="line", code=code, **names)
        for shape, code, names in lines
    ]
    return collection(drawn + others + _piers(timetable))


def _lines(timetable: Timetable) -> list[tuple[shapely.LineString, str, dict[str, str]]]:
    """Each ferry line once for every different run of stops, whichever way it goes."""
    seen: set[tuple[int, frozenset[int]]] = set()
    found = []
    for trip, stops in _ferry_trips(timetable):
        line = int(timetable.trip_line[trip])
        if (line, frozenset(stops)) in seen:
            continue
        seen.add((line, frozenset(stops)))
        path = course(timetable, trip, stops[0], stops[-1])
        told = timetable.lines[line]
        found.append((shapely.LineString(path), told.code, _both(told.long_names or told.names)))
    return found


def _ferry_trips(timetable: Timetable) -> Iterator[tuple[int, list[int]]]:
    """Every trip by boat and its stops in order."""
    ferry = np.array([line.mode == FERRY for line in timetable.lines], dtype=bool)
    hops = np.flatnonzero(ferry[timetable.trip_line[timetable.trip]])
    hops = hops[np.lexsort((timetable.departure[hops], timetable.trip[hops]))]
    begins = np.flatnonzero(np.diff(timetable.trip[hops], prepend=-1))
    for run in np.split(hops, begins[1:]) if len(hops) else ():
        stops = [int(timetable.from_stop[run[0]]), *timetable.to_stop[run].tolist()]
        yield int(timetable.trip[run[0]]), stops


def _piers(timetable: Timetable) -> list[GeoJson]:
    return [
        feature(
            shapely.Point(float(timetable.stop_lon[stop]), float(timetable.stop_lat[stop])),
            kind="pier",
            code=timetable.stop_codes[stop],
            cars=bool(timetable.car_pier[stop]) or None,
            **_both(timetable.stop_names[stop]),
        )
        for stop in np.flatnonzero(timetable.pier).tolist()
    ]


def _both(names: Mapping[str, str]) -> dict[str, str]:
    return {"zh": in_language(names, "zh"), "en": in_language(names, "en")}
