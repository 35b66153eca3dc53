"""One seed, one ground: the same bytes each time, others for another seed."""

import hashlib
import zipfile

import pytest

from zhoudao.sample.geography import build
from zhoudao.sample.geography.tests.conftest import SEED, city_of

FILES = {"settlements.csv", "streets.osm.pbf", "gtfs.zip", "points.csv", "phones.csv", "guides.csv"}


def hashes(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["zhoushan", "dengta"])
def test_twice_the_same(name, tmp_path):
    for run in ("first", "second"):
        build(city_of(name), SEED, "small", tmp_path / run, lambda message: None)
    assert set(hashes(tmp_path / "first")) == FILES
    assert hashes(tmp_path / "first") == hashes(tmp_path / "second")


def test_another_seed_is_another_city_in_the_same_place(tmp_path):
    for seed in (1, 2):
        build(city_of("dengta"), seed, "small", tmp_path / str(seed), lambda message: None)
    first, second = hashes(tmp_path / "1"), hashes(tmp_path / "2")
    assert {name for name in FILES if first[name] == second[name]} == {"settlements.csv"}


def test_what_people_need_to_know_is_told(tmp_path):
    messages = []
    build(city_of("dengta"), SEED, "small", tmp_path, messages.append)
    assert [message.split()[0] for message in messages] == ["streets:", "timetable:", "8"]


def test_no_file_carries_the_time_it_was_made(ground):
    with zipfile.ZipFile(ground.folder / "gtfs.zip") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())
    import osmium

    header = osmium.io.Reader(str(ground.folder / "streets.osm.pbf")).header()
    assert header.get("generator").startswith("Zhoudao sample city")
    assert header.get("osmosis_replication_timestamp") == ""


def test_points_sizes_and_seeds_keep_the_settlements(ground):
    for row, place in zip(ground.rows("settlements.csv"), ground.made.settlements, strict=True):
        assert row["code"] == place.code
        assert (float(row["longitude"]), float(row["latitude"])) == (place.longitude, place.latitude)
