"""A guide is an item at a point with a service for it; each item keeps one in every district that can."""

import re
import shutil

import pytest

from zhoudao.core.city import BadPack, load
from zhoudao.counter.catalog.files import read_folder
from zhoudao.sample.geography import TooFewGuides, build
from zhoudao.sample.geography.tests.conftest import SEED, city_of


@pytest.fixture
def items(ground):
    return {item.code: item for item in read_folder(ground.city.folder / "items")}


def test_each_pair_once_and_only_where_a_service_fits(ground, items):
    points = {row["code"]: set(row["services"].split("|")) for row in ground.rows("points.csv")}
    rows = ground.rows("guides.csv")
    assert len({(row["point"], row["item"]) for row in rows}) == len(rows)
    for row in rows:
        assert points[row["point"]] & {str(service) for service in items[row["item"]].served_by}


def test_each_item_is_guided_in_every_district_that_serves_it(ground, items):
    points = ground.rows("points.csv")
    district = {row["code"]: row["district"] for row in points}
    found = {(row["item"], district[row["point"]]) for row in ground.rows("guides.csv")}
    wanted = {
        (code, row["district"])
        for code, item in items.items()
        for row in points
        if set(row["services"].split("|")) & {str(service) for service in item.served_by}
    }
    assert found == wanted


def test_every_point_has_guides(ground):
    assert {row["point"] for row in ground.rows("guides.csv")} == {
        row["code"] for row in ground.rows("points.csv")
    }


def test_notes_are_useful_in_both_languages(ground):
    for row in ground.rows("guides.csv"):
        assert not re.search(r"[{}]", row["note_zh"] + row["note_en"])
        assert re.search(r"[\u4e00-\u9fff]", row["note_zh"])
        assert not re.search(r"[\u4e00-\u9fff]", row["note_en"])
        assert re.findall(r"\d+", row["note_zh"]) or "24" in row["note_en"] or len(row["note_zh"]) > 10


def test_a_desk_keeps_its_window_and_number(ground):
    """Two guides of one point never give one window two names."""
    phones = {}
    points = {row["code"]: row["services"].split("|") for row in ground.rows("points.csv")}
    for row in ground.rows("guides.csv"):
        for window in re.findall(r"(\d+)号", row["note_zh"]):
            assert 1 <= int(window) <= len(points[row["point"]])
        phones.setdefault(row["point"], set()).add(row["phone"])
    assert all(len(numbers) <= len(points[point]) + 1 for point, numbers in phones.items())


def test_some_desks_have_hours_and_numbers_of_their_own(ground):
    rows = ground.rows("guides.csv")
    assert any(row["hours"] for row in rows)
    assert any(not row["hours"] for row in rows)
    assert any(row["phone"] for row in rows)


@pytest.mark.parametrize(("count", "said"), [(4000, "make"), (3, "a guide an item and district makes")])
def test_a_count_that_can_not_be_met_stops_the_build(tmp_path, count, said):
    folder = tmp_path / "dengta"
    shutil.copytree(city_of("dengta").folder, folder)
    text = (folder / "city.yaml").read_text(encoding="utf-8")
    (folder / "city.yaml").write_text(text.replace("guides: 30", f"guides: {count}"), encoding="utf-8")
    with pytest.raises(TooFewGuides, match=f"{said}.*city.yaml counts {count}"):
        build(load(folder), SEED, "small", tmp_path / "out", lambda message: None)
    assert not list((tmp_path / "out").glob("*"))


def test_a_service_nobody_knows_is_named_by_line(tmp_path):
    folder = tmp_path / "dengta"
    shutil.copytree(city_of("dengta").folder, folder)
    text = (folder / "points.yaml").read_text(encoding="utf-8")
    wrong = text.replace("[enterprise, public-security]", "[enterprise, sorcery]")
    (folder / "points.yaml").write_text(wrong, encoding="utf-8")
    line = wrong[: wrong.index("sorcery")].count("\n") + 1
    expected = rf"points\.yaml:{line} points\.7\.services\.1: sorcery is not known; expected one of household"
    with pytest.raises(BadPack, match=expected):
        build(load(folder), SEED, "small", tmp_path / "out", lambda message: None)
    assert not (tmp_path / "out").exists()
