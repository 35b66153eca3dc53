"""The map's layers: drawn from streets and timetable, named by what is in them, kept by browsers for ever."""

import gzip
import json
import math

import pytest
import shapely
from django.test import Client

from zhoudao.core import city
from zhoudao.core.access import SYSTEM, VISITOR, Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.counter.places.layers import queries, shelf
from zhoudao.counter.places.layers.actions import draw
from zhoudao.counter.places.layers.rules import FAR, NEAR, Tile, kind_of
from zhoudao.counter.places.layers.streets import read_streets
from zhoudao.counter.places.layers.tiles import cut, cut_all
from zhoudao.counter.places.layers.vector_tile import EXTENT, encode
from zhoudao.counter.places.tests import drawing as small
from zhoudao.counter.places.tests.vector_tiles import decode, degrees
from zhoudao.engines.wayfinding.problems import BadExtract, BadFeed
from zhoudao.engines.wayfinding.tests.made import place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()


@pytest.fixture
def sources(tmp_path):
    return small.extract(tmp_path / "streets.osm.pbf"), small.feed(tmp_path / "gtfs.zip")


def layer(name: str) -> dict:
    content = queries.document(VISITOR, name)
    assert content is not None
    return json.loads(gzip.decompress(content))


def kinds(document: dict) -> list[str]:
    return [feature["properties"]["kind"] for feature in document["features"]]


def test_land_and_names_come_from_the_pack_without_any_drawing():
    names = queries.in_use(VISITOR)
    assert sorted(names) == ["land", "names"]
    here = city.current()
    land = shapely.geometry.shape(layer(names["land"])["features"][0]["geometry"])
    islands = [
        feature for feature in layer(names["names"])["features"] if feature["properties"]["kind"] == "island"
    ]
    assert islands
    for island in islands:
        assert land.buffer(1e-4).covers(shapely.geometry.shape(island["geometry"])), island["properties"]
        assert {"zh", "en"} <= set(island["properties"])
    assert land.intersects(shapely.Point(*here.centre).buffer(0.05))


def test_a_drawing_shows_roads_streets_boats_and_piers(sources):
    draw(SYSTEM, *sources)
    names = queries.in_use(VISITOR)
    assert kinds(layer(names["roads"])) == ["secondary", "primary"]  # the most important one on top
    boats = layer(names["boats"])["features"]
    lines = [feature["properties"] for feature in boats if feature["properties"]["kind"] == "line"]
    assert [line.get("code") for line in lines] == ["boat", None]  # there and back is one line
    assert lines[1]["zh"] == "北渡"  # 东渡 is the timetable's own crossing and not drawn twice
    piers = {
        feature["properties"]["code"]: feature for feature in boats if feature["properties"]["kind"] == "pier"
    }
    assert sorted(piers) == ["east", "west"]  # the bus's stops are none
    assert piers["west"]["geometry"]["coordinates"] == pytest.approx(place(12, 1), abs=1e-5)


def test_every_corner_of_every_street_is_in_the_tiles_where_it_lies(sources):
    streets = read_streets(sources[0])
    drawn: dict[str, list[shapely.Geometry]] = {}
    for tile, content in cut(streets, NEAR):
        for properties, lines in decode(content)["streets"]:
            shapes = [shapely.LineString([degrees(tile, corner) for corner in line]) for line in lines]
            drawn.setdefault(properties["kind"], []).extend(shapes)
    a_metre = 1e-5
    for line, kind in zip(streets.lines, streets.kinds, strict=True):
        assert shapely.union_all(drawn[kind]).buffer(2 * a_metre).covers(line), kind
    assert sorted(drawn) == ["foot", "minor", "primary", "secondary"]


def test_the_far_tiles_leave_the_small_streets_out(sources):
    kinds_at: dict[int, set[str]] = {FAR: set(), NEAR: set()}
    for tile, content in cut_all(read_streets(sources[0])):
        kinds_at[tile.zoom] |= {properties["kind"] for properties, _ in decode(content)["streets"]}
    assert kinds_at[NEAR] - kinds_at[FAR] == {"foot"}


def test_names_of_streets_are_in_the_tiles_in_both_languages(sources):
    named = [
        properties
        for _, content in cut(read_streets(sources[0]), NEAR)
        for properties, _ in decode(content)["streets"]
        if "zh" in properties
    ]
    assert {"kind": "primary", "zh": "海滨路", "en": "Haibin Road"} in named
    assert {"kind": "minor", "zh": "小巷", "en": "小巷"} in named


def test_a_tile_holds_what_the_specification_says():
    """The worked example of the specification (4.3.5.2): a line from 2,2 to 2,10 to 10,10."""
    content = encode("streets", [({"kind": "minor"}, [[(2, 2), (2, 10), (10, 10)]])])
    assert bytes([9, 4, 4, 18, 0, 16, 16, 0]) in content
    assert decode(content) == {"streets": [({"kind": "minor"}, [[(2, 2), (2, 10), (10, 10)]])]}
    two = [[(2, 2), (2, 10), (10, 10)], [(1, 1), (3, 5)]]
    assert bytes([9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8]) in encode("streets", [({}, two)])
    far = [[(-64, EXTENT + 64), (300, 2)]]
    assert decode(encode("s", [({"zh": "海滨路" * 60}, far)])) == {"s": [({"zh": "海滨路" * 60}, far)]}


def test_the_same_sources_make_the_same_names_and_are_not_drawn_again(sources, tmp_path, settings):
    first = draw(SYSTEM, *sources)
    rows = AuditRow.objects.count()
    assert draw(SYSTEM, *sources) == first
    assert AuditRow.objects.count() == rows
    settings.VAR = tmp_path / "elsewhere"
    assert draw(SYSTEM, *sources).names == first.names


def test_a_new_drawing_replaces_the_old_one_and_keeps_it_for_open_pages(sources, tmp_path):
    first = draw(SYSTEM, *sources).names
    for number in (1, 2):
        ways = [*small.WAYS, ({"highway": "trunk"}, [(0, 0), (9, 9 + number)])]
        draw(SYSTEM, small.extract(tmp_path / f"streets{number}.osm.pbf", ways), sources[1])
        kept = queries.document(VISITOR, first["roads"])
        assert (kept is not None) == (number == 1)
    now = queries.in_use(VISITOR)
    assert "trunk" in kinds(layer(now["roads"]))
    files = {file.name for file in shelf.folder().iterdir()}
    assert len(files) == 6  # current.json, one feed's boats, and roads and streets of the last two drawings
    assert not [name for name in files if name.startswith(".")]


def test_sources_that_cant_be_used_leave_the_old_drawing_in_use(sources, tmp_path):
    before = draw(SYSTEM, *sources)
    torn = tmp_path / "torn.osm.pbf"
    torn.write_bytes(sources[0].read_bytes()[:200])
    with pytest.raises(BadExtract, match=r"torn\.osm\.pbf"):
        draw(SYSTEM, torn, sources[1])
    empty = small.extract(tmp_path / "empty.osm.pbf", [({"building": "yes"}, [(0, 0), (1, 1)])])
    with pytest.raises(BadExtract, match="no street in it"):
        draw(SYSTEM, empty, sources[1])
    no_feed = tmp_path / "none.zip"
    no_feed.write_bytes(b"PK")
    with pytest.raises(BadFeed):
        draw(SYSTEM, sources[0], no_feed)
    assert shelf.current() == before
    assert not [file for file in shelf.folder().iterdir() if file.name.startswith(".")]


def test_nobody_but_the_platform_draws(sources):
    supervisor = Actor("user:1", Role.SUPERVISOR, frozenset({"*"}))
    with pytest.raises(Forbidden):
        draw(supervisor, *sources)


def test_a_browser_keeps_a_layer_for_ever(sources):
    draw(SYSTEM, *sources)
    names = queries.in_use(VISITOR)
    client = Client()
    for kind in ("land", "names", "roads", "boats"):
        answer = client.get(f"/map/layers/{names[kind]}.json", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer["Cache-Control"]
        assert answer["ETag"] == f'"{names[kind]}"'
        assert answer["Content-Encoding"] == "gzip"
        plain = client.get(f"/map/layers/{names[kind]}.json")
        assert json.loads(plain.content) == json.loads(gzip.decompress(answer.content))


def test_a_tile_without_streets_is_empty_and_one_with_streets_is_not(sources):
    draw(SYSTEM, *sources)
    name = queries.in_use(VISITOR)["streets"]
    (tile, content), *_ = cut(read_streets(sources[0]), NEAR)
    address = f"/map/layers/{name}/{tile.zoom}/{tile.x}/{tile.y}.mvt"
    answer = Client().get(address)
    assert answer.content == content
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    west, south, east, north = queries.extent(VISITOR)
    assert west <= place(0, 0)[0] <= east
    assert south <= place(0, 0)[1] <= north
    assert Client().get(f"/map/layers/{name}/{tile.zoom}/{tile.x + 900}/{tile.y}.mvt").status_code == 204


@pytest.mark.parametrize(
    "name",
    ["roads-0000000000000000", "land-0000000000000000", "current", "roads-xyz", "streets-0000000000000000"],
)
def test_a_name_nobody_gave_is_not_found(name, sources):
    draw(SYSTEM, *sources)
    assert Client().get(f"/map/layers/{name}.json").status_code == 404
    assert Client().get(f"/map/layers/{name}/13/1/1.mvt").status_code == 204


@pytest.mark.parametrize(
    ("highway", "kind"),
    [
        ("motorway_link", "motorway"),
        ("living_street", "minor"),
        ("steps", "foot"),
        ("proposed", None),
        ("", None),
    ],
)
def test_streets_are_drawn_by_kind(highway, kind):
    assert kind_of(highway) == kind


def test_tiles_are_those_of_the_web_map_grid(sources):
    """The usual formula of the web map grid, written out once more."""
    lon, lat = place(0, 0)
    x = int((lon + 180) / 360 * 2**13)
    y = int(
        (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2 * 2**13
    )
    assert Tile(13, x, y) in [tile for tile, _ in cut(read_streets(sources[0]), NEAR)]
