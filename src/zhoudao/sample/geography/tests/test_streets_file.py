"""streets.osm.pbf reads as an OpenStreetMap extract, with the tags a router looks at."""

import re
from collections import Counter

from zhoudao.sample.geography import pbf


def test_ids_are_given_once_and_every_node_of_a_way_is_there(ground):
    assert len({way.id for way in ground.ways}) == len(ground.ways)
    assert list(ground.nodes) == list(range(pbf.NODE_IDS, pbf.NODE_IDS + len(ground.nodes)))
    for way in ground.ways:
        assert len(way.nodes) >= 2
        assert all(node in ground.nodes for node in way.nodes)
        assert all(a != b for a, b in zip(way.nodes, way.nodes[1:], strict=False))


def test_every_node_belongs_to_a_way(ground):
    used = {node for way in ground.ways for node in way.nodes}
    assert used == set(ground.nodes)


def test_coordinates_lie_within_the_city(ground):
    assert all(ground.city.holds(*spot) for spot in ground.nodes.values())


def test_every_class_of_street_is_there(ground):
    classes = Counter(way.tags.get("highway") for way in ground.streets())
    wanted = {"secondary", "tertiary", "unclassified", "residential", "living_street", "track", "footway"}
    assert wanted <= set(classes)
    if ground.city.code == "zhoushan":
        assert {"primary", "steps", "service"} <= set(classes)


def test_one_ways_barriers_and_private_yards(ground):
    if ground.size == "small" and ground.city.code == "dengta":
        return  # sixty blocks have none of them for sure
    assert any(way.tags.get("oneway") == "yes" for way in ground.streets())
    barriers = Counter(tags["barrier"] for tags in ground.node_tags.values() if "barrier" in tags)
    assert set(barriers) == {"bollard", "gate"}
    yards = [way for way in ground.streets() if way.tags["highway"] == "service"]
    assert yards
    assert {way.tags["access"] for way in yards} == {"private"}
    for way in yards:
        assert any(ground.node_tags.get(node, {}).get("barrier") == "gate" for node in way.nodes)


def test_names_are_in_both_languages(ground):
    named = [way for way in ground.ways if "name" in way.tags]
    assert len(named) > len(ground.ways) / 5
    for way in named:
        assert way.tags["name"] == way.tags["name:zh"]
        assert re.search(r"[\u4e00-\u9fff]", way.tags["name:zh"])
        assert not re.search(r"[\u4e00-\u9fff]", way.tags["name:en"])


def test_a_street_name_means_one_street_of_a_settlement(ground):
    """Two streets of a settlement may bear one name only where the street is cut into ways."""
    owners = {}
    for way in ground.made.network.ways:
        if way.name is not None and way.settlement >= 0:
            owners.setdefault((way.settlement, way.name.zh), []).append(way)
    assert owners
    for ways in owners.values():
        ends = Counter(node for way in ways for node in way.nodes)
        joined = [way for way in ways if any(ends[node] > 1 for node in way.nodes)]
        assert len(ways) == 1 or joined == ways


def test_piers_are_ferry_terminals(ground):
    terminals = {
        tags["name"] for tags in ground.node_tags.values() if tags.get("amenity") == "ferry_terminal"
    }
    assert terminals == {pier.name.zh for pier in ground.pack.piers}


def test_boats_have_a_duration_and_only_timed_ones_a_route(ground):
    boats = [way for way in ground.ways if way.tags.get("route") == "ferry"]
    assert all(re.fullmatch(r"\d\d:\d\d", boat.tags["duration"]) for boat in boats)
    timed = {boat.tags["gtfs:route_id"] for boat in boats if "gtfs:route_id" in boat.tags}
    assert timed == {row["route_id"] for row in ground.feed["routes.txt"] if row["route_type"] == "4"}
    untimed = [boat for boat in boats if "gtfs:route_id" not in boat.tags]
    assert {boat.tags["name"] for boat in untimed} == {
        boat.name.zh for boat in ground.pack.lines.untimed_ferries
    }
    for boat in boats:
        assert boat.tags["foot"] == "yes"
        assert boat.tags["motor_vehicle"] in ("yes", "no")
