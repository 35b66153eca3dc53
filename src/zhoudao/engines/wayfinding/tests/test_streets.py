"""Streets from an extract: who may use them and how fast, islands, ferries, barriers, and extracts that are
broken."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from zhoudao.engines.wayfinding import BadExtract
from zhoudao.engines.wayfinding.folding import build_layer
from zhoudao.engines.wayfinding.land import Land
from zhoudao.engines.wayfinding.layer import NO_NODE
from zhoudao.engines.wayfinding.profiles import (
    ON_STEPS,
    WALKING,
    barrier,
    crossing_seconds,
    driving_speeds,
    ferry_carries,
    posted_limit,
    walking_speed,
)
from zhoudao.engines.wayfinding.spread import NEVER
from zhoudao.engines.wayfinding.streets import StreetGraph, read_extract
from zhoudao.engines.wayfinding.tests.made import SQUARE, Streets, place

KMH = 1 / 3.6


@pytest.mark.parametrize(
    ("tags", "speed"),
    [
        ({"highway": "residential"}, WALKING),
        ({"highway": "steps"}, ON_STEPS),
        ({"highway": "motorway"}, 0),
        ({"highway": "motorway", "foot": "yes"}, WALKING),
        ({"highway": "footway", "access": "private"}, 0),
        ({"highway": "service", "access": "no", "foot": "yes"}, WALKING),
        ({"highway": "primary", "foot": "use_sidepath"}, 0),
        ({"highway": "cycleway"}, 0),
        ({"highway": "construction"}, 0),
        ({"man_made": "pier"}, WALKING),
        ({"building": "yes"}, 0),
    ],
)
def test_who_may_walk(tags: dict[str, str], speed: float) -> None:
    assert walking_speed(tags) == speed


@pytest.mark.parametrize(
    ("tags", "speeds"),
    [
        ({"highway": "residential"}, (24, 24)),
        ({"highway": "residential", "oneway": "yes"}, (24, 0)),
        ({"highway": "residential", "oneway": "-1"}, (0, 24)),
        ({"highway": "motorway"}, (90, 0)),
        ({"highway": "tertiary", "junction": "roundabout"}, (36, 0)),
        ({"highway": "tertiary", "oneway": "no", "junction": "roundabout"}, (36, 36)),
        ({"highway": "primary", "maxspeed": "60"}, (48, 48)),
        ({"highway": "primary", "maxspeed": "30 mph"}, (0.8 * 30 * 1.609344, 0.8 * 30 * 1.609344)),
        ({"highway": "footway"}, (0, 0)),
        ({"highway": "service", "motor_vehicle": "no"}, (0, 0)),
        ({"highway": "service", "access": "no", "motorcar": "yes"}, (14, 14)),
        ({"highway": "residential", "oneway": "reversible"}, (0, 0)),
    ],
)
def test_who_may_drive_and_how_fast(tags: dict[str, str], speeds: tuple[float, float]) -> None:
    assert driving_speeds(tags) == pytest.approx((speeds[0] * KMH, speeds[1] * KMH))


def test_limits_that_are_not_numbers_say_nothing() -> None:
    assert posted_limit("CN:urban") == 0
    assert posted_limit("") == 0
    assert posted_limit("50") == pytest.approx(50 * KMH)


@pytest.mark.parametrize(
    ("tags", "stops"),
    [
        ({"barrier": "bollard"}, (False, True)),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, (False, False)),
        ({"barrier": "gate"}, (False, False)),
        ({"barrier": "gate", "access": "private"}, (True, True)),
        ({"barrier": "wall"}, (True, True)),
        ({"highway": "crossing"}, (False, False)),
    ],
)
def test_whom_a_barrier_stops(tags: dict[str, str], stops: tuple[bool, bool]) -> None:
    assert barrier(tags) == stops


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:25", 1500),
        ("1:45", 6300),
        ("01:02:03", 3723),
        ("40", 2400),
        ("PT1H30M", 5400),
        ("soon", None),
        ("", None),
    ],
)
def test_durations_of_crossings(text: str, seconds: int | None) -> None:
    assert crossing_seconds(text) == seconds


def test_a_ferry_takes_walkers_unless_it_says_no_and_cars_only_if_it_says_so() -> None:
    assert ferry_carries({"route": "ferry"}) == (True, False)
    assert ferry_carries({"route": "ferry", "motor_vehicle": "yes", "foot": "no"}) == (False, True)


# Reading


def extract(
    folder: Path, ways: list[tuple[list[int], dict[str, str]]], nodes: dict[int, dict[str, str]] | None = None
):
    """An OpenStreetMap file of ways over lattice nodes: node number 100 * column + row."""
    used = sorted({ref for refs, _ in ways for ref in refs if ref >= 0})
    lines = ['<osm version="0.6">']
    for ref in used:
        lon, lat = place(ref // 100, ref % 100)
        tags = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in (nodes or {}).get(ref, {}).items())
        lines.append(f'<node id="{ref + 1}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{tags}</node>')
    for number, (refs, tags) in enumerate(ways, 1):
        inside = "".join(f'<nd ref="{ref + 1 if ref >= 0 else 999999}"/>' for ref in refs)
        inside += "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        lines.append(f'<way id="{number}" version="1">{inside}</way>')
    path = folder / "streets.osm"
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


STREET = {"highway": "residential"}


def test_an_extract_becomes_segments_with_times(tmp_path: Path) -> None:
    graph, report = read_extract(
        extract(tmp_path, [([0, 100, 200], STREET), ([100, 101], {"highway": "steps"})])
    )
    assert len(graph.lon) == 4
    assert graph.walk == pytest.approx([60, 60, 120], abs=0.1)
    assert graph.drive == pytest.approx([12, 12, 0], abs=0.1)
    assert graph.metres == pytest.approx([SQUARE] * 3, abs=0.1)
    assert (report.kept, report.refused) == ({"street": 2}, {})


def test_every_street_is_kept_or_refused(tmp_path: Path) -> None:
    ways = [
        ([0, 100], STREET),
        ([100, 200], {"highway": "proposed"}),
        ([200, -1], STREET),
        ([0, 1], {"building": "yes"}),
    ]
    _, report = read_extract(extract(tmp_path, ways))
    assert report.kept == {"street": 1}
    assert report.refused == {"nobody may use it": 1, "outside the extract": 1}


def test_a_way_that_leaves_the_extract_is_cut_there(tmp_path: Path) -> None:
    graph, _ = read_extract(extract(tmp_path, [([0, 100, -1, 300, 400], STREET)]))
    assert len(graph.tail) == 2


def test_a_barrier_closes_the_street_beside_it_to_cars_only(tmp_path: Path) -> None:
    graph, _ = read_extract(extract(tmp_path, [([0, 100, 200], STREET)], {100: {"barrier": "bollard"}}))
    assert (graph.drive == 0).all()
    assert (graph.walk > 0).all()


def test_a_ferry_line_is_a_connection_by_its_duration(tmp_path: Path) -> None:
    ferry = {"route": "ferry", "duration": "00:30", "motor_vehicle": "yes", "name": "岛渡"}
    graph, report = read_extract(extract(tmp_path, [([0, 100], STREET), ([100, 3000, 6000], ferry)]))
    crossing = graph.ferry == 0
    assert graph.walk[crossing].sum() == pytest.approx(1800)
    assert graph.drive[crossing].sum() == pytest.approx(1800)
    assert report.kept == {"street": 1, "ferry": 1}
    assert (graph.ferries[0].name, graph.ferries[0].by_car) == ("岛渡", True)


def test_a_ferry_line_without_a_duration_is_reported_and_not_used(tmp_path: Path) -> None:
    graph, report = read_extract(extract(tmp_path, [([0, 100], STREET), ([100, 6000], {"route": "ferry"})]))
    assert (graph.ferry < 0).all()
    assert "expected HH:MM or a timetable" in str(report.warnings[0])


def test_an_extract_without_streets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadExtract, match="no street in it"):
        read_extract(extract(tmp_path, [([0, 100], {"building": "yes"})]))


def test_a_missing_extract_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadExtract, match=r"nowhere\.osm\.pbf"):
        read_extract(tmp_path / "nowhere.osm.pbf")


@pytest.mark.parametrize("damage", ["half", "noise", "empty"])
def test_a_torn_extract_is_refused(tmp_path: Path, damage: str) -> None:
    import osmium

    whole = tmp_path / "whole.osm.pbf"
    with osmium.SimpleWriter(str(whole)) as writer:
        for ref in range(3000):
            lon, lat = place(ref, 0)
            writer.add_node(osmium.osm.mutable.Node(id=ref + 1, location=(lon, lat), version=1))
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=list(range(1, 3001)), tags=STREET, version=1))
    graph, _ = read_extract(whole)
    assert len(graph.tail) == 2999
    raw = whole.read_bytes()
    torn = tmp_path / "torn.osm.pbf"
    torn.write_bytes(
        {"half": raw[: len(raw) // 2], "noise": raw[:200] + b"\x00" * 99 + raw[299:], "empty": b""}[damage]
    )
    with pytest.raises(BadExtract, match=r"torn\.osm\.pbf"):
        read_extract(torn)


# Folding into a layer


def reference_times(graph: StreetGraph, mode: str, source: int) -> np.ndarray:
    n = len(graph.lon)
    there, again = (graph.walk, graph.walk) if mode == "walk" else (graph.drive, graph.drive_back)
    tail = np.concatenate([graph.tail[there > 0], graph.head[again > 0]])
    head = np.concatenate([graph.head[there > 0], graph.tail[again > 0]])
    weight = np.concatenate([there[there > 0], again[again > 0]]).astype(float)
    order = np.lexsort((weight, head, tail))
    first = np.unique(np.stack([tail[order], head[order]]), axis=1, return_index=True)[1]
    order = order[first]
    return dijkstra(
        coo_array((weight[order], (tail[order], head[order])), shape=(n, n)).tocsr(), indices=source
    )


@pytest.mark.parametrize("mode", ["walk", "car"])
def test_folded_streets_keep_every_time(mode: str) -> None:
    rng = np.random.default_rng(5)
    streets = Streets()
    for x in range(14):
        for y in range(14):
            for at in ((x + 1, y), (x, y + 1)):
                if rng.random() < 0.62:
                    drive, back = int(rng.integers(5, 30)), int(rng.integers(5, 30)) * int(rng.random() < 0.7)
                    streets.street((x, y), at, int(rng.integers(20, 90)), drive, back)
    graph = streets.graph()
    places = rng.choice(len(graph.lon), 12, replace=False)
    layer, nodes, off = build_layer(
        graph, mode, np.stack([graph.lon[places], graph.lat[places]], 1), Land(), 300
    )
    work = layer.workspace()
    on = [k for k in range(12) if nodes[k] != NO_NODE and off[k] == 0]
    assert len(on) > 5
    assert layer.size < len(graph.lon)
    times = {k: reference_times(graph, mode, int(places[k])) for k in on}
    for k in on:
        found = work.spread(
            layer.out_offsets, layer.out_ends, layer.out_tenths, nodes[k : k + 1], np.zeros(1, np.int32)
        )
        assert (np.diff(work.time[found]) >= 0).all()
        for j in on:
            there, again = times[k][places[j]], times[j][places[k]]
            expected = NEVER if np.isinf(there + again) else there * 10  # one way only: it leads nowhere
            assert work.time[nodes[j]] == expected
        work.clear(found)


def test_a_dead_end_one_cannot_drive_out_of_is_left_out() -> None:
    streets = Streets()
    streets.line((0, 0), (20, 0))
    streets.street((20, 0), (21, 0), back=0.0)
    layer, _, _ = build_layer(streets.graph(), "car", np.zeros((0, 2)), Land(), 300)
    assert layer.shape_lon.max() == pytest.approx(place(20, 0)[0])


def test_a_scrap_is_left_out_unless_a_place_is_on_it() -> None:
    streets = Streets()
    streets.line((0, 0), (20, 0))
    streets.line((100, 0), (104, 0))
    bare, _, _ = build_layer(streets.graph(), "walk", np.zeros((0, 2)), Land(), 300)
    used, nodes, _ = build_layer(streets.graph(), "walk", np.array([place(102, 0)]), Land(), 300)
    assert (bare.components, used.components) == (1, 2)
    assert nodes[0] >= 0


def test_a_ring_without_junctions_can_be_joined() -> None:
    streets = Streets()
    streets.line((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))
    layer, _, _ = build_layer(streets.graph(), "walk", np.zeros((0, 2)), Land(), 300)
    assert layer.find(place(5, 0), Land()).nodes.size == 2


def test_places_on_one_street_get_junctions_of_their_own() -> None:
    streets = Streets()
    streets.line((0, 0), (20, 0))
    places = np.array([place(3.25, 0.1), place(3.25, -0.1), place(7.5, 0), place(3.2501, 0)])
    layer, nodes, off = build_layer(streets.graph(), "walk", places, Land(), 300)
    assert len(set(nodes.tolist())) == 2
    assert off.tolist() == [6, 6, 0, 0]
    work = layer.workspace()
    work.spread(layer.out_offsets, layer.out_ends, layer.out_tenths, nodes[:1], np.zeros(1, np.int32))
    assert work.time[nodes[2]] == pytest.approx(4.25 * 600, abs=1)


needs_data = pytest.mark.skipif("ZHOUDAO_DATA" not in os.environ, reason="ZHOUDAO_DATA is not set")


@needs_data
def test_a_real_island_countrys_extract() -> None:
    graph, report = read_extract(Path(os.environ["ZHOUDAO_DATA"]) / "streets" / "malta.osm.pbf")
    assert report.kept["street"] > 15_000
    layer, _, _ = build_layer(graph, "walk", np.zeros((0, 2)), Land(), 300)
    sizes = np.diff(layer.component_first)
    assert sizes[0] > 20_000  # Malta
    assert sizes[1] > 3_000  # Gozo
    assert layer.component[layer.find((14.3976, 35.8886), Land()).nodes[0]] == 0
    assert layer.component[layer.find((14.2396, 36.0444), Land()).nodes[0]] == 1
