"""Addresses that other apps link to: an item, a point, a journey."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.models import Guide, Point
from zhoudao.counter.places.tests import directory as small
from zhoudao.engines.wayfinding import Network
from zhoudao.engines.wayfinding.tests.cities import network_of
from zhoudao.engines.wayfinding.tests.made import City, place
from zhoudao.engines.wayfinding.tests.test_soonest import two_islands

pytestmark = pytest.mark.django_db
ITEM = "id-card-replacement"
NINE = "2026-11-24T09:00"


@pytest.fixture
def islands(directory, settings, tmp_path) -> City:
    """Two islands put in use as the house does, every one of their points doing the item."""
    settings.VAR = tmp_path / "var"
    made = two_islands()
    build = settings.VAR / "map" / "made"
    build.mkdir(parents=True)
    Network.build(made.streets.graph(), network_of(made).timetable, made.sites(), out=build / home.ENGINE)
    (settings.VAR / "map" / home.CURRENT).write_text("made", encoding="utf-8")
    for code, at in made.points.items():
        lon, lat = place(*at)
        point = Point.objects.create(
            code=code, name_zh=f"{code}点", name_en=f"Point {code}", kind="counter", district=small.districts()[0],
            address_zh="路", address_en="Road", longitude=lon, latitude=lat, hours=small.OFFICE, step_free=True,
            changed_at=clock.now(),
        )  # fmt: skip
        Guide.objects.create(point=point, item=ITEM, changed_at=clock.now())
    return made


@pytest.fixture
def here(monkeypatch):
    """The made islands lie elsewhere than the city: for these tests, everywhere is in it."""
    from zhoudao.core.city.shapes import City as Here
    from zhoudao.counter.places import where

    monkeypatch.setattr(where, "bounds_of", lambda _: (-180.0, -90.0, 180.0, 90.0))
    monkeypatch.setattr(Here, "holds", lambda *_: True)
    lon, lat = place(0, 0)
    return {"lat": f"{lat:.4f}", "lon": f"{lon:.4f}"}


def test_an_item_opens_by_its_code_alone(client: Client, directory):
    page = client.get(reverse("places:search"), {"item": ITEM})
    assert "身份证丢失补领" in page.content.decode()
    assert "autofocus" not in page.content.decode()


def test_a_point_opens_with_how_the_item_is_done_there(client: Client, directory):
    page = client.get(reverse("places:point", args=["P003"]), {"item": ITEM})
    assert "0580-1200303" in page.content.decode()


@pytest.mark.parametrize(("language", "served"), [("zh-hans", "办上"), ("en", "served")])
def test_a_journey_opens_with_its_way_told_and_drawn(client: Client, islands, here, language, served):
    client.cookies["django_language"] = language
    found = {}
    for code in islands.points:
        page = client.get(reverse("places:way", args=[code]), {"item": ITEM, "when": NINE, **here})
        assert page.status_code == 200
        found[code] = page.content.decode()
        assert served in found[code]
        assert 'class="journey"' in found[code]
    assert any('class="leg ferry"' in html for html in found.values()), "one of them is across the water"
    assert any("Sooner elsewhere" in html or "别处更早" in html for html in found.values())
    assert not all("Sooner elsewhere" in html or "别处更早" in html for html in found.values())


def test_without_a_place_it_asks_for_one(client: Client, directory):
    page = client.get(reverse("places:way", args=["P001"]), {"item": ITEM})
    assert page.status_code == 200
    assert "在上面选好您在哪里" in page.content.decode()


def test_without_streets_it_says_so(client: Client, directory, settings, tmp_path, here):
    settings.VAR = tmp_path / "nothing"
    page = client.get(reverse("places:way", args=["P001"]), {"item": ITEM, **here})
    assert page.status_code == 200
    assert 'class="journey"' not in page.content.decode()
    assert "notice-waiting" in page.content.decode()


@pytest.mark.parametrize(
    ("code", "item"), [("P999", ITEM), ("P001", "no-such-item"), ("P001", ""), ("P001", "driver-licence-renewal")]
)
def test_what_is_done_nowhere_is_not_found(client: Client, directory, code, item):
    assert client.get(reverse("places:way", args=[code]), {"item": item}).status_code == 404


def test_an_unreadable_time_is_said_and_now_is_meant(client: Client, islands, here):
    code = next(iter(islands.points))
    page = client.get(reverse("places:way", args=[code]), {"item": ITEM, "when": "soon", **here})
    assert "时间" in page.content.decode()
    assert page.status_code == 200
