"""Drawing the map's layers anew."""

from __future__ import annotations

import hashlib
from pathlib import Path

import shapely

from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.counter.places.layers import shelf
from zhoudao.counter.places.layers.boats import boats
from zhoudao.counter.places.layers.roads import overview
from zhoudao.counter.places.layers.rules import DECIMALS, DRAW_MAP
from zhoudao.counter.places.layers.shelf import Drawing
from zhoudao.counter.places.layers.streets import Streets, read_streets
from zhoudao.counter.places.layers.tiles import cut_all
from zhoudao.engines.wayfinding.feed import read_feed


def draw(actor: Actor, streets: Path, feed: Path) -> Drawing:
    """Draw roads and streets from an OpenStreetMap extract, and boats from a GTFS feed; nothing when both are
    those that were drawn last.

    Raises Forbidden, BadExtract, BadFeed; the old drawing then stays in use.
    """
    sources = {"streets": _sha256(streets), "feed": _sha256(feed)}
    if shelf.current().sources == sources:
        return shelf.current()
    with act(actor, DRAW_MAP, subject="map:layers") as entry:
        ways = read_streets(streets)
        timetable, _ = read_feed(feed)
        names = {
            "roads": shelf.put("roads", overview(ways)),
            "streets": shelf.put_tiles("streets", cut_all(ways)),
            "boats": shelf.put("boats", boats(timetable, ways.ferries)),
        }
        drawing = Drawing(names, _extent(ways), sources)
        shelf.publish(drawing)
        entry.note(ways=len(ways.lines), **names)
    return drawing


def _extent(ways: Streets) -> list[float]:
    return [round(float(edge), DECIMALS) for edge in shapely.total_bounds(ways.lines)]


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
