"""Two points with windows, clerks who sit at them, and people who come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.city.tests.here import ITEMS
from zhoudao.core.people.models import User
from zhoudao.core.people.tests.browsers import sign_in
from zhoudao.core.workdays import actions as workdays
from zhoudao.counter.catalog.actions import load_items
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.models import Window

NOON = datetime(2026, 11, 24, 10, tzinfo=clock.CITY_ZONE)
"""A Tuesday morning on which the hall is open."""


@pytest.fixture
def district() -> str:
    return city.current().districts[0].code


@pytest.fixture
def hall(db, district) -> Point:
    """A hall with two ordinary windows and one for enterprises; the second does only residence."""
    workdays.seed(SYSTEM)
    point = Point.objects.create(
        code="P001", name_zh="样例大厅", name_en="Sample hall", kind="counter", district=district,
        address_zh="样例路1号", address_en="1 Sample Road", longitude=122.2, latitude=30.0,
        hours="Mo-Fr 08:30-17:00; PH off", phone="0580-1200001", step_free=True,
        services=["enterprise", "id-card", "residence"], changed_at=NOON,
    )  # fmt: skip
    Window.objects.create(point=point, number=1, services=["id-card", "residence"])
    Window.objects.create(point=point, number=2, services=["residence"])
    Window.objects.create(
        point=point, number=6, kind="enterprise", services=["enterprise", "id-card", "residence"]
    )
    return point


@pytest.fixture
def items(db) -> None:
    load_items(SYSTEM, ITEMS)


@pytest.fixture
def clerk(db, district) -> Callable[[int], Actor]:
    """The first, second, ... clerk of the district."""

    def make(number: int = 1, role: Role = Role.CLERK, own: str = "") -> Actor:
        user, _ = User.objects.get_or_create(
            username=f"clerk{number}",
            defaults={"role": role.value, "districts": [own or district], "staff_number": f"12{number:04d}"},
        )
        return user.as_actor("127.0.0.1")

    return make


@pytest.fixture
def visit(client: Client, db) -> Callable[..., Client]:
    """A browser where somebody is signed in: ``visit(actor)``."""

    def go(actor: Actor) -> Client:
        return sign_in(client, User.objects.get(pk=actor.user_id))

    return go
