"""Streets run on the islands' own land, piers stand on the coast, boats keep to the sea."""

import numpy as np
import pytest
import shapely

from zhoudao.core.city.land import all_land, islands_of
from zhoudao.sample.geography.plane import Plane


@pytest.fixture
def plane(ground):
    return Plane.of(ground.city)


def metres(plane, ground, ways):
    return [
        shapely.LineString([plane.point(*ground.nodes[node]).coords[0] for node in way.nodes]) for way in ways
    ]


def test_every_street_is_on_land(ground, plane):
    land = plane.project(all_land(ground.city.folder))
    ground_ = land.buffer(5)
    shapely.prepare(ground_)
    lines = metres(plane, ground, ground.streets())
    wet = sum(not ground_.covers(line) for line in lines)
    # Where a coarse outline pinches an island, a road crosses the neck: Zhoushan has two or three.
    assert wet <= 3, f"{wet} of {len(lines)} streets leave the land"


def test_streets_meet_only_at_nodes(ground, plane):
    lines = metres(plane, ground, [way for way in ground.streets() if way.tags["highway"] != "service"])
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="crosses")
    crossed = 0
    for a, b in zip(first, second, strict=True):
        if a < b:
            shared = shapely.MultiPoint([p for p in lines[a].coords if p in set(lines[b].coords)])
            meeting = lines[a].intersection(lines[b])
            crossed += not shared.buffer(0.5).covers(meeting)
    assert crossed == 0


def test_piers_stand_on_the_coast_of_their_island(ground, plane):
    land = {island.code: plane.project(island.land) for island in islands_of(ground.city.folder)}
    for pier in ground.pack.piers:
        spot = shapely.Point(ground.made.network.nodes[ground.made.network.anchors[pier.code]])
        assert land[pier.island].exterior.distance(spot) < 1, pier.code
        moved = spot.distance(plane.point(*pier.at))
        assert moved < 400, f"{pier.code} was moved {moved:.0f} m"


def test_settlements_are_on_their_island(ground, plane):
    land = {island.code: plane.project(island.land) for island in islands_of(ground.city.folder)}
    planned = {place.code: place.at for place in ground.pack.settlements}
    for place in ground.made.settlements:
        spot = plane.point(place.longitude, place.latitude)
        assert land[place.island].buffer(1).covers(spot), place.code
        assert spot.distance(plane.point(*planned[place.code])) < 800, place.code


def test_boats_go_round_the_islands(ground, plane):
    land = plane.project(all_land(ground.city.folder)).buffer(-150)
    boats = [way for way in ground.ways if way.tags.get("route") == "ferry"]
    assert boats
    for boat, line in zip(boats, metres(plane, ground, boats), strict=True):
        assert line.intersection(land).length < 0.05 * line.length, boat.tags["name"]


def test_bridges_span_from_coast_to_coast(ground, plane):
    land = plane.project(all_land(ground.city.folder))
    bridges = [way for way in ground.ways if "bridge" in way.tags]
    assert len(bridges) == len(ground.pack.bridges)
    for bridge, line in zip(bridges, metres(plane, ground, bridges), strict=True):
        assert line.intersection(land.buffer(-30)).length < 1, bridge.tags["name"]
        assert bridge.tags["layer"] == "1"


def test_the_network_is_about_as_large_as_asked(ground):
    asked = ground.city.sample[ground.size].street_nodes
    assert 0.6 * asked <= len(ground.nodes) <= 1.4 * asked
    assert np.isfinite(list(ground.nodes.values())).all()
