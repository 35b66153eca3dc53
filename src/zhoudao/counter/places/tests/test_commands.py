"""`zhoudao places` and `zhoudao map`: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from zhoudao.counter.places.commands import map_, places
from zhoudao.counter.places.exchange.records import GUIDES, POINTS
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.tests import directory as small

run = CliRunner().invoke


def test_an_import_prints_its_accounting(directory):
    done = run(places, ["import-points", str(directory / "points.csv"), "--json"])
    (report,) = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (report["table"], report["rows_in"], report["kept"], report["unchanged"], report["problems"]) == (
        "points", 6, 6, 6, [],
    )  # fmt: skip
    for table in ("phones", "guides"):
        assert run(places, [f"import-{table}", str(directory / f"{table}.csv")]).exit_code == 0


def test_a_refused_import_exits_with_2_and_says_why_on_both_channels(directory, tmp_path):
    path = small.write(tmp_path / "points.csv", POINTS, [small.point("P007"), small.point("P008", kind="x")])
    done = run(places, ["import-points", str(path), "--json"])
    (report,) = json.loads(done.stdout)
    assert done.exit_code == 2
    assert report["problems"][0] | {"problem": "", "expected": ""} == {
        "file": str(path), "row": 3, "field": "kind", "problem": "", "expected": "",
    }  # fmt: skip
    assert f"{path}:3 kind: is 'x'" in done.stderr
    kept = run(places, ["import-points", str(path), "--keep-good"])
    assert (kept.exit_code, Point.objects.filter(code="P007").exists()) == (0, True)
    assert "1 kept (1 new" in kept.stdout


def test_export_and_import_again(directory, tmp_path):
    out = tmp_path / "out"
    assert json.loads(run(places, ["export", str(out), "--json"]).stdout)["points.csv"] == 6
    done = run(places, ["export", "--format", "hsds", str(out)])
    assert "service_at_locations: 7" in done.stdout
    again = json.loads(run(places, ["import-hsds", str(out / "hsds.json"), "--json"]).stdout)
    assert [report["unchanged"] for report in again] == [6, 7, 7]


def test_a_folder_that_can_not_be_written_exits_with_2(directory, tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run(places, ["export", str(tmp_path / "file" / "out")])
    assert done.exit_code == 2
    assert "can't be written" in done.stderr


def findings(*arguments: str) -> tuple[int, dict[str, list[str]]]:
    done = run(places, ["check", "--json"])
    found: dict[str, list[str]] = {}
    for each in json.loads(done.stdout)["findings"]:
        found.setdefault(each["kind"], []).append(each["subject"])
    return done.exit_code, found


def test_check_says_what_does_not_fit_together(directory, tmp_path):
    code, before = findings()
    assert code == (1 if before else 0)
    assert not {"no_such_desk", "kiosk_closes", "never_open", "done_nowhere"} & before.keys()
    rows = [
        small.point("P010", hours="Mo-Fr 08:30-17:00 off"),
        small.point("P011", kind="kiosk"),
        small.point("P012"),
    ]
    run(places, ["import-points", str(small.write(tmp_path / "p.csv", POINTS, rows))])
    guides = [small.guide("P012", "driver-licence-renewal")]
    run(places, ["import-guides", str(small.write(tmp_path / "g.csv", GUIDES, guides))])
    code, found = findings()
    assert code == 1
    assert found["never_open"] == ["point:P010"]
    assert found["kiosk_closes"] == ["point:P011"]
    assert found["no_guides"] == ["point:P010", "point:P011"]
    assert found["no_such_desk"] == ["guide:P012/driver-licence-renewal"]


def test_check_finds_points_in_the_sea_and_items_done_nowhere(directory, tmp_path):
    from zhoudao.core import city
    from zhoudao.core.city import land

    here = city.current()
    bounds = here.bounds
    corners = [(x, y) for x in (bounds.west, bounds.east) for y in (bounds.south, bounds.north)]
    ground = land.all_land(here.folder)
    import shapely

    off = max(corners, key=lambda corner: ground.distance(shapely.Point(corner)))
    row = small.point("P005", district=small.districts()[1]) | {
        "longitude": str(off[0]),
        "latitude": str(off[1]),
    }
    run(places, ["import-points", str(small.write(tmp_path / "p.csv", POINTS, [row]))])
    run(
        places, ["import-guides", "--complete", str(small.write(tmp_path / "g.csv", GUIDES, [small.guide()]))]
    )
    _, found = findings()
    assert "point:P005" in found["in_the_sea"]
    assert found["done_nowhere"] == ["item:driver-licence-renewal", "item:driver-licence-replacement"]


def test_closing_and_reopening(directory):
    done = run(places, ["close", "P001", "--from", "2026-11-24T15:00+08:00", "--until", "2026-11-25T12:00+08:00",
                        "--reason-zh", "停电", "--reason-en", "No power"])  # fmt: skip
    assert done.exit_code == 0
    assert "P001 is shut from 2026-11-24 15:00" in done.stdout
    assert "1 closures dropped" in run(places, ["reopen", "P001"]).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["close", "P999", "--from", "2026-11-24T15:00+08:00", "--until", "2026-11-25T12:00+08:00"],
        ["close", "P001", "--from", "2026-11-25T15:00+08:00", "--until", "2026-11-24T12:00+08:00"],
        ["close", "P001", "--from", "tomorrow", "--until", "2026-11-25T12:00+08:00"],
        ["close", "P001", "--from", "2026-11-24T15:00", "--until", "2026-11-25T12:00+08:00"],
    ],
)
def test_a_closure_that_can_not_be_exits_with_2(directory, arguments):
    assert run(places, [*arguments, "--reason-zh", "停电", "--reason-en", "No power"]).exit_code == 2
    assert run(places, ["reopen", "P999"]).exit_code == 2


def nearest(words: str, at: str, *more: str):
    return run(map_, ["nearest", "--words", words, "--at", at, "--json", *more])


def test_the_map_prints_the_item_and_its_places_nearest_first(directory):
    longitude, latitude = small.centre()
    found = json.loads(nearest("身份证丢了", f"{longitude},{latitude}", "--limit", "2").stdout)
    assert found["item"] == "id-card-replacement"
    assert [(place["point"], place["distance_m"] < 1500, place["open"]) for place in found["places"]] == [
        ("P001", True, True),
        ("P002", True, True),
    ]
    late = json.loads(
        nearest("身份证丢了", f"{longitude},{latitude}", "--when", "2026-11-24T23:40+08:00").stdout
    )
    assert late["places"][0] | {"name": "", "phone": ""} == {
        "point": "P001", "name": "", "distance_m": 0, "open": False, "changes_at": "2026-11-25T08:30:00+08:00",
        "confirmed": True, "phone": "",
    }  # fmt: skip


def test_the_map_prints_choices_and_nothing_found(directory):
    longitude, latitude = small.centre()
    choices = json.loads(nearest("驾照", f"{longitude},{latitude}").stdout)
    assert (choices["item"], len(choices["choices"]), choices["places"]) == (None, 2, [])
    assert json.loads(nearest("zzzzqqq", f"{longitude},{latitude}").stdout)["choices"] == []


@pytest.mark.parametrize("at", ["here", "1;2", "12.5,41.9", "swapped"])
def test_a_place_the_map_can_not_use_exits_with_2(directory, at):
    longitude, latitude = small.centre()
    done = nearest("身份证丢了", f"{latitude},{longitude}" if at == "swapped" else at)
    assert done.exit_code == 2
    assert "expected longitude" in done.stderr


def test_every_command_explains_itself():
    for group in (places, map_):
        for name, command in group.commands.items():
            assert command.help, name
            assert run(group, [name, "--help"]).exit_code == 0


def test_nothing_is_left_behind_by_a_refused_export(directory, tmp_path: Path):
    run(places, ["export", str(tmp_path / "out")])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "guides.csv",
        "phones.csv",
        "points.csv",
    ]
