"""The small map: land where it is, places where they are, names that cover nothing."""

from __future__ import annotations

import re

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.core import city
from zhoudao.core.city import land
from zhoudao.counter.places import outline, where
from zhoudao.counter.places.rules import Position

HERE = city.current()
BOUNDS = where.bounds_of(HERE)
inside = st.builds(Position, st.floats(BOUNDS[0], BOUNDS[2]), st.floats(BOUNDS[1], BOUNDS[3]))


@settings(max_examples=40, deadline=None)
@given(st.lists(inside, min_size=1, max_size=5))
def test_every_place_falls_inside_its_view(positions):
    view = outline.view_of(HERE.folder, BOUNDS, positions)
    for position in positions:
        x, y = view.place(position)
        assert 0 <= x <= outline.WIDTH
        assert 0 <= y <= view.height


def test_the_view_keeps_the_shape_of_the_ground():
    view = outline.whole_city(HERE.folder, BOUNDS)
    west, south, east, north = view.bounds
    middle = Position((west + east) / 2, (south + north) / 2)
    x, y = view.place(middle)
    assert (x, y) == pytest.approx((outline.WIDTH / 2, view.height / 2), abs=0.5)
    step = (north - south) / 10
    right, _ = view.place(Position(middle.longitude + step, middle.latitude))
    _, up = view.place(Position(middle.longitude, middle.latitude + step))
    ratio = (right - x) / (y - up)
    assert ratio == pytest.approx(outline._shrink(south, north), rel=0.02)


def drawn(view: outline.View) -> shapely.Geometry:
    """The land of the drawing, read back from the path."""
    rings = [
        shapely.Polygon([tuple(map(float, corner.split())) for corner in ring.split("L")])
        for ring in re.findall(r"M([^Z]*)Z", view.path)
    ]
    return shapely.union_all([shapely.make_valid(ring) for ring in rings])


def test_land_is_drawn_where_land_is_and_the_sea_left_free():
    view = outline.whole_city(HERE.folder, BOUNDS)
    ground = drawn(view)
    largest = max(land.islands_of(HERE.folder), key=lambda island: island.land.area)
    ashore = largest.land.representative_point()
    assert ground.covers(shapely.Point(view.place(Position(ashore.x, ashore.y))))
    share = ground.area / (outline.WIDTH * view.height)
    frame = shapely.box(*BOUNDS)
    real = land.all_land(HERE.folder).area / frame.area
    assert share == pytest.approx(real, rel=0.1)


def test_names_stand_in_the_view_and_clear_of_each_other():
    view = outline.whole_city(HERE.folder, BOUNDS)
    assert view.labels
    assert len({label.name.zh for label in view.labels}) == len(view.labels)
    boxes = []
    for label in view.labels:
        width = max(len(label.name.zh) * outline.LETTER, len(label.name.en) * outline.LETTER / 2)
        left = {"start": label.x, "end": label.x - width, "middle": label.x - width / 2}[label.anchor]
        boxes.append(shapely.box(left, label.y - outline.LETTER * 0.7, left + width, label.y))
        assert 0 <= label.y <= view.height
    assert not any(one.intersects(other) for at, one in enumerate(boxes) for other in boxes[:at])


def test_no_places_show_the_whole_city():
    assert outline.view_of(HERE.folder, BOUNDS, []) == outline.whole_city(HERE.folder, BOUNDS)


def test_one_place_is_seen_with_its_surroundings():
    view = outline.view_of(HERE.folder, BOUNDS, [Position(*HERE.centre)])
    west, _, east, _ = view.bounds
    assert outline.LEAST_SPAN_DEGREES <= east - west < 0.2
