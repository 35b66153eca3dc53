"""What a page hands its interactive map: layers, places, where the person is, and the way to go, as plain data.

The drawing beside it (``outline``) says the same without JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from zhoudao.core import city
from zhoudao.core.access import Actor
from zhoudao.core.look import words
from zhoudao.counter.places.journeys.soonest import Way
from zhoudao.counter.places.layers import queries as layers
from zhoudao.counter.places.queries import Place
from zhoudao.counter.places.rules import Position

_LIBRARY = "vendor/maplibre-gl-6.17.0/"


def data_of(
    actor: Actor,
    places: Iterable[Place],
    here: Position | None = None,
    way: Way | None = None,
    numbered: bool = False,
) -> dict[str, Any]:
    """For ``json_script``. Coordinates are WGS-84, longitude first."""
    bounds = city.current().bounds
    language = get_language() or "zh-hans"
    return {
        "library": static(f"{_LIBRARY}maplibre-gl.mjs"),
        "worker": static(f"{_LIBRARY}maplibre-gl-worker.mjs"),
        "style": static(f"{_LIBRARY}maplibre-gl.css"),
        "layers": {kind: _address(kind, name) for kind, name in layers.in_use(actor).items()},
        "language": "zh" if words.is_chinese(language) else "en",
        "bounds": [bounds.west, bounds.south, bounds.east, bounds.north],
        "here": [here.longitude, here.latitude] if here else None,
        "places": [
            {
                "at": [place.point.longitude, place.point.latitude],
                "name": words.text(place.point.name, language),
                "number": number if numbered else None,
                "open": place.state.is_open,
                "url": reverse("places:point", args=[place.point.code]),
            }
            for number, place in enumerate(places, 1)
        ],
        "way": lines_of(way) if way else [],
    }


def lines_of(way: Way) -> list[dict[str, Any]]:
    """The way there, leg by leg: mode, and the line it follows."""
    journey = way.unhurried
    if journey is None:
        return []
    network = way.answer.network
    found = []
    for leg in journey.legs:
        line = network.path(leg)
        if len(line) > 1:
            found.append({"mode": leg.mode, "line": [[round(lon, 5), round(lat, 5)] for lon, lat in line]})
    return found


def _address(kind: str, name: str) -> str:
    """Of a layer's document; of tiles, with the places for zoom, column and row."""
    if kind == "streets":
        sample = reverse("places:tile", args=[name, 0, 0, 0])
        return sample.removesuffix("0/0/0.mvt") + "{z}/{x}/{y}.mvt"
    return reverse("places:layer", args=[name])
