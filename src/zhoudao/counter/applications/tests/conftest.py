"""A catalogue, two points, and applications as a few lines of a file."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.people.models import User
from zhoudao.core.people.tests.browsers import sign_in
from zhoudao.counter.applications.actions import import_applications
from zhoudao.counter.applications.records import COLUMNS
from zhoudao.counter.catalog.actions import load_items
from zhoudao.counter.catalog.queries import definitions
from zhoudao.counter.places.models import Point

NOW = datetime(2026, 11, 24, 9, tzinfo=clock.CITY_ZONE)


@pytest.fixture(autouse=True)
def _assets_as_they_lie(settings):
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}


@pytest.fixture
def districts() -> list[str]:
    return [district.code for district in city.current().districts]


@pytest.fixture
def items(db) -> list[str]:
    load_items(SYSTEM, city.current().folder / "items")
    return [item.code for item in definitions(SYSTEM)]


@pytest.fixture
def points(db, districts) -> list[str]:
    for number, district in enumerate(districts, 1):
        Point.objects.create(
            code=f"P{number:03d}", name_zh="样例", name_en="Sample point", kind="counter", district=district,
            address_zh="样例路1号", address_en="1 Sample Road", longitude=122.2, latitude=30.0, hours="24/7",
            phone="0580-1200001", step_free=True, services=["household"], changed_at=NOW,
        )  # fmt: skip
    return [f"P{number:03d}" for number in range(1, len(districts) + 1)]


@pytest.fixture
def row(items, points, districts):
    """A row of the file by its columns: ``row(number="1", status="received", ...)``."""

    def make(**cells: str) -> dict[str, str]:
        return {
            "number": "20261123-0001", "item": items[0], "applicant_kind": "person", "applicant": "R00001",
            "point": points[0], "channel": "window", "district": districts[0],
            "received_at": "2026-11-23T09:30:00+08:00", "decided_at": "2026-11-23T09:40:00+08:00",
            "finished_at": "2026-11-23T09:40:00+08:00", "status": "finished", "promised_workdays": "0",
        } | cells  # fmt: skip

    return make


@pytest.fixture
def file_of(tmp_path):
    """Writes rows to a CSV file and gives its path."""

    def write(rows: list[dict[str, str]], columns=COLUMNS, name: str = "applications.csv") -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def received(row, file_of):
    """Has applications in the database: ``received((item, district, "2026-03-01T10:00+08:00"), ...)``."""

    def take(*asked: tuple[str, str, str]) -> None:
        rows = []
        for number, (item, district, moment) in enumerate(asked):
            start = datetime.fromisoformat(moment)
            end = (start + timedelta(minutes=10)).isoformat()
            rows.append(
                row(number=f"N{number:05d}", item=item, district=district, point="", channel="online",
                    received_at=moment, decided_at=end, finished_at=end)
            )  # fmt: skip
        import_applications(SYSTEM, file_of(rows))

    return take


def actor_of(role: Role, *own: str) -> Actor:
    return Actor("user:1", role, frozenset(own), user_id=1)


@pytest.fixture
def visit(client: Client, db):
    """A browser where a member of staff is signed in: ``visit(Role.SUPERVISOR, OTHER_DISTRICT)``."""

    def go(role: Role, *own: str) -> Client:
        user = User.objects.create(username=str(role), role=role, districts=list(own), staff_number="120001")
        return sign_in(client, user)

    return go
