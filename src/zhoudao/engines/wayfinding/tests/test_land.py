"""Nobody is led across water to reach a street."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE
from zhoudao.engines.wayfinding.folding import build_layer
from zhoudao.engines.wayfinding.land import NO_LAND, Land
from zhoudao.engines.wayfinding.locate import Locator
from zhoudao.engines.wayfinding.problems import NotOnTheMap
from zhoudao.engines.wayfinding.tests.made import Streets, place


def rectangle(left: float, bottom: float, right: float, top: float) -> shapely.Polygon:
    return shapely.box(*place(left, bottom), *place(right, top))


def test_a_street_across_a_channel_is_not_joined() -> None:
    """The islet's shore is 240 m from the main island's street and 480 m from its own."""
    streets = Streets()
    streets.line((0, 0), (20, 0))
    streets.line((0, 10), (20, 10))
    land = Land((rectangle(-1, -1, 21, 1), rectangle(-1, 3, 21, 11)))
    with_land, _, _ = build_layer(streets.graph(), "walk", np.zeros((0, 2)), land, 300)
    shore = place(10, 4)
    assert with_land.find(shore, land).on_street == pytest.approx(place(10, 10))
    assert with_land.find(shore, Land()).on_street == pytest.approx(place(10, 0))


def test_a_swimmer_is_not_on_the_map() -> None:
    streets = Streets()
    streets.line((0, 0), (20, 0))
    land = Land((rectangle(-1, -1, 21, 1),))
    layer, _, _ = build_layer(streets.graph(), "walk", np.zeros((0, 2)), land, 300)
    assert layer.find_or_none(place(10, 30), land) is None
    with pytest.raises(NotOnTheMap, match="more than 1000 m"):
        layer.find(place(10, 30), land)


def test_a_place_just_off_a_coarse_outline_is_still_on_it() -> None:
    land = Land((rectangle(0, 0, 10, 10),))
    lon, lat = zip(place(5, 5), place(5, 11), place(5, 13), strict=True)
    assert land.piece_of(lon, lat).tolist() == [0, 0, NO_LAND]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_nearest_segment_is_the_nearest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 60))
    starts = rng.uniform([122, 30], [122.05, 30.05], (count, 2))
    ends = np.concatenate([starts, starts + rng.uniform(-0.004, 0.004, (count, 2))], axis=1)
    locator = Locator.build(ends)
    lon, lat = rng.uniform([121.98, 29.98], [122.07, 30.07])
    limit = float(rng.choice([200.0, 2000.0, 20000.0]))
    segment, along, metres = locator.nearest(lon, lat, limit)
    squeeze = np.array([np.cos(np.radians(lat)), 1.0]) * METRES_A_DEGREE
    here = shapely.Point(0, 0)
    lines = [shapely.LineString((end.reshape(2, 2) - [lon, lat]) * squeeze) for end in ends]
    distances = [line.distance(here) for line in lines]
    if min(distances) >= limit:
        assert segment == -1
        return
    assert metres == pytest.approx(min(distances), abs=1e-6)
    assert distances[segment] == pytest.approx(metres, abs=1e-6)
    assert lines[segment].interpolate(along, normalized=True).distance(here) == pytest.approx(
        metres, abs=1e-3
    )
