"""Visits are counted without following anyone: a number a day, kind and code, and nothing else anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from zhoudao.core.access import SYSTEM, VISITOR, Actor, Forbidden, Role
from zhoudao.counter.places.journeys import visits
from zhoudao.counter.places.models import Visit
from zhoudao.counter.places.tests import directory as small

WORDS = "身份证丢了"
FIRST, SECOND = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def spool(directory, settings, tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(visits, "WRITE_EVERY", float("inf"))  # one file, however slow the machine is
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    visits.write_out()
    for file in (settings.VAR / "visits").glob("*"):
        file.unlink()
    return settings.VAR / "visits"


def look(address: str, browser: str, path: str) -> dict[str, str]:
    """One look by a visitor of that address; the cookies they were given."""
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": browser, "Accept-Language": "zh-CN"})
    assert client.get(path).status_code == 200
    return {name: morsel.value for name, morsel in client.cookies.items()}


def two_looks() -> None:
    longitude, latitude = small.centre()
    look(FIRST, "Browser One", f"/search?q={WORDS}&lon={longitude}&lat={latitude}")
    look(SECOND, "Browser Two", f"/search?q={WORDS}")
    look(FIRST, "Browser One", "/points/P001/")


def test_what_is_written_is_a_number_a_day_kind_and_code(spool):
    two_looks()
    visits.write_out()
    (file,) = spool.glob("*.json")
    assert sorted(json.loads(file.read_text())) == [
        ["2026-11-24", "item", "id-card-replacement", 2],
        ["2026-11-24", "page", "search", 2],
        ["2026-11-24", "point", "P001", 1],
    ]
    assert visits.gather(SYSTEM) == 5
    assert list(spool.glob("*")) == []
    assert visits.gather(SYSTEM) == 0, "a file is counted once"
    assert list(Visit.objects.values_list("kind", "code", "count")) == [
        ("item", "id-card-replacement", 2), ("page", "search", 2), ("point", "P001", 1),
    ]  # fmt: skip


def test_nothing_that_leads_to_a_person_is_stored_anywhere(spool, settings):
    assert {field.name for field in Visit._meta.get_fields()} == {"id", "day", "kind", "code", "count"}
    two_looks()
    visits.write_out()
    written = b"".join(path.read_bytes() for path in Path(settings.VAR).rglob("*") if path.is_file())
    longitude, latitude = small.centre()
    for trace in (FIRST, SECOND, "Browser One", "Browser Two", WORDS, f"{longitude:.2f}", f"{latitude:.2f}"):
        assert trace.encode() not in written, trace


def test_the_order_of_what_somebody_looked_at_is_not_kept(spool):
    visits.count(visits.POINT, "P002")
    visits.count(visits.POINT, "P001")
    visits.count(visits.POINT, "P002")
    visits.write_out()
    (file,) = spool.glob("*.json")
    assert json.loads(file.read_text()) == [
        ["2026-11-24", "point", "P002", 2],
        ["2026-11-24", "point", "P001", 1],
    ]


def test_looking_gives_nobody_a_mark_to_be_known_by(spool):
    """The only cookie guards the page's forms, a new value for every visitor; there is no session."""
    first = look(FIRST, "Browser One", f"/search?q={WORDS}")
    again = look(FIRST, "Browser One", f"/search?q={WORDS}")
    assert first.keys() <= {"csrftoken", "__Host-csrftoken"}
    assert first != again


def test_only_the_worker_adds_up_and_only_staff_see(spool):
    visits.count(visits.PAGE, "home")
    visits.write_out()
    with pytest.raises(Forbidden):
        visits.gather(VISITOR)
    visits.gather(SYSTEM)
    day = Visit.objects.get().day
    with pytest.raises(Forbidden):
        visits.most(VISITOR, visits.PAGE, day, day)
    supervisor = Actor("user:1", Role.SUPERVISOR, frozenset({"*"}))
    assert visits.most(supervisor, visits.PAGE, day, day) == [("home", 1)]
