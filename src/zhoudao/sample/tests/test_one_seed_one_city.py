"""The same seed gives the same bytes; another seed another city; a build is whole or not there."""

import csv
import json

import pytest

from zhoudao.sample import build as making
from zhoudao.sample import manifest
from zhoudao.sample.manifest import BadSample
from zhoudao.sample.parts import Making, Part, When
from zhoudao.sample.people import organisations, residents, staff
from zhoudao.sample.queues import windows
from zhoudao.sample.requests import applications, permits
from zhoudao.sample.seeds import Weighted, generator
from zhoudao.sample.tests.conftest import lay_ground

PEOPLE = (residents.PART, organisations.PART, staff.PART, applications.PART, permits.PART, windows.PART)


@pytest.fixture
def parts(here, settlements, items):
    def ground(making: Making) -> None:
        lay_ground(here, settlements, items, making.folder)

    return (
        Part("geography", writes=("settlements.csv", "points.csv", "phones.csv", "guides.csv"), make=ground),
        *PEOPLE,
    )


def silent(_: str) -> None:
    pass


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_builds_are_the_same_to_the_byte(here, parts, tmp_path):
    making.build(here, 7, "small", tmp_path / "one", silent, parts=parts)
    making.build(here, 7, "small", tmp_path / "two", silent, parts=parts)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert len(one) == 12  # eleven tables and the manifest
    assert one == two


def test_another_seed_is_another_city(here, parts, tmp_path):
    making.build(here, 7, "small", tmp_path / "seven", silent, parts=parts)
    making.build(here, 8, "small", tmp_path / "eight", silent, parts=parts)
    seven, eight = contents(tmp_path / "seven"), contents(tmp_path / "eight")
    for name in ("residents.csv", "organisations.csv", "agents.csv", "staff.csv", "applications.csv"):
        assert seven[name] != eight[name]


def test_a_village_is_made_as_well_as_a_city(here, parts, tmp_path):
    village = here.sample["small"].model_copy(update={"residents": 40, "enterprises": 3, "applications": 20})
    smaller = here.model_copy(update={"sample": {**here.sample, "small": village}})
    found = making.build(smaller, 7, "small", tmp_path / "village", silent, parts=parts)
    assert {
        name: found.files[f"{name}.csv"].rows for name in ("residents", "organisations", "applications")
    } == {
        "residents": 40,
        "organisations": 3,
        "applications": 20,
    }


def test_the_manifest_says_what_each_file_is(here, parts, tmp_path):
    making.build(here, 7, "small", tmp_path / "city", silent, parts=parts)
    data = json.loads((tmp_path / "city" / manifest.FILE).read_text())
    assert (data["origin"]["seed"], data["origin"]["size"]) == (7, "small")
    assert set(data["files"]) == {path.name for path in (tmp_path / "city").glob("*.csv")}
    for name, made in data["files"].items():
        assert made["sha256"] == manifest.sha256(tmp_path / "city" / name)
        with (tmp_path / "city" / name).open(encoding="utf-8", newline="") as file:
            assert made["rows"] == len(list(csv.reader(file))) - 1


def test_a_sample_that_is_there_is_kept_and_a_damaged_one_made_again(here, parts, tmp_path):
    out = tmp_path / "city"
    first = making.build(here, 7, "small", out, silent, parts=parts)
    stamp = (out / "residents.csv").stat().st_ino
    assert making.build(here, 7, "small", out, silent, parts=parts) == first
    assert (out / "residents.csv").stat().st_ino == stamp
    (out / "residents.csv").write_text("code\n", encoding="utf-8")
    with pytest.raises(BadSample, match=r"residents\.csv is not as it was made"):
        manifest.read_whole(out)
    assert making.build(here, 7, "small", out, silent, parts=parts) == first
    assert manifest.read_whole(out) == first


class Interrupted(Exception):
    pass


def interrupt(making: Making) -> None:
    (making.folder / "staff.csv").write_text("half", encoding="utf-8")
    raise Interrupted


def test_an_interrupted_build_leaves_the_old_sample_and_goes_on(here, parts, tmp_path):
    out = tmp_path / "city"
    said: list[str] = []
    broken = tuple(part if part.name != "staff" else Part("staff", part.writes, interrupt) for part in parts)
    with pytest.raises(Interrupted):
        making.build(here, 7, "small", out, silent, parts=broken)
    assert not out.exists()
    whole = making.build(here, 7, "small", out, said.append, parts=parts)
    assert [line for line in said if line.startswith("making")] == [
        "making staff", "making applications", "making residence-permits", "making windows",
    ]  # fmt: skip
    making.build(here, 7, "small", tmp_path / "at-once", silent, parts=parts)
    assert contents(out) == contents(tmp_path / "at-once")
    with pytest.raises(Interrupted):
        making.build(here, 8, "small", out, silent, parts=broken)
    assert manifest.read_whole(out) == whole


def test_a_part_on_demand_is_added_to_the_sample_that_is_there(here, parts, tmp_path):
    def count_people(making: Making) -> None:
        (making.folder / "census.csv").write_text(
            f"people\n{len(residents.read(making))}\n", encoding="utf-8"
        )

    census = Part("census", ("census.csv",), count_people, needs=("residents",), when=When.ON_DEMAND)
    out = tmp_path / "city"
    making.build(here, 7, "small", out, silent, parts=(*parts, census))
    assert not (out / "census.csv").exists()
    before = contents(out)
    found = making.build(here, 7, "small", out, silent, also=["census"], parts=(*parts, census))
    assert found.files["census.csv"].rows == 1
    assert (out / "census.csv").read_text() == f"people\n{here.sample['small'].residents}\n"
    after = contents(out)
    assert {name: after[name] for name in before if name != manifest.FILE} == {
        name: before[name] for name in before if name != manifest.FILE
    }


def test_a_full_disk_leaves_what_was_there(here, parts, tmp_path):
    def full(making: Making) -> None:
        raise OSError(28, "No space left on device", str(making.folder / "residents.csv"))

    out = tmp_path / "city"
    whole = making.build(here, 7, "small", out, silent, parts=parts)
    filled = tuple(
        part if part.name != "residents" else Part("residents", part.writes, full) for part in parts
    )
    with pytest.raises(OSError, match="No space left"):
        making.build(here, 9, "small", out, silent, parts=filled)
    assert manifest.read_whole(out) == whole


def test_a_manifest_that_is_none_says_what_to_do(tmp_path):
    with pytest.raises(BadSample, match="is not there; build a sample with"):
        manifest.read(tmp_path)
    (tmp_path / manifest.FILE).write_text('{"files": 3}')
    with pytest.raises(BadSample, match="can't be read as a manifest"):
        manifest.read(tmp_path)


def test_streams_of_chance_are_independent_and_stay_as_they_are():
    assert generator(7, "residents").integers(0, 10**9, 3).tolist() == [898300705, 345543374, 589987884]
    assert generator(7, "residents").random() != generator(7, "agents").random()
    assert generator(7, "residents").random() != generator(8, "residents").random()


def test_things_are_drawn_in_proportion_to_their_weights():
    chance = generator(1, "test")
    drawn = [Weighted("abc", [1, 3, 0]).draw(chance) for _ in range(4000)]
    assert drawn.count("c") == 0
    assert 0.7 < drawn.count("b") / len(drawn) < 0.8
    with pytest.raises(ValueError, match="as many weights"):
        Weighted("ab", [1])
