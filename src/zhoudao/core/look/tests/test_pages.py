"""The frame around every page: language, city, manifest, and the page of components."""

import pytest
from django.test import Client

from zhoudao.core import city
from zhoudao.core.look.tests import routes

pytestmark = [pytest.mark.django_db, pytest.mark.urls(routes.__name__)]


@pytest.fixture
def visitor():
    return Client(headers={"Accept-Language": "zh-CN"})


def test_a_reader_changes_language_and_stays_on_the_page(visitor):
    assert '<html lang="zh-hans"' in visitor.get("/look").content.decode()
    answer = visitor.post("/language/", {"language": "en", "next": "/look?page=2"})
    assert answer.status_code == 302
    assert answer["Location"] == "/look?page=2"
    assert '<html lang="en"' in visitor.get("/look").content.decode()


def test_changing_language_never_leads_to_another_site(visitor):
    answer = visitor.post("/language/", {"language": "en", "next": "//elsewhere.example/"})
    assert answer["Location"] == "/"


def test_the_page_offers_the_other_language_by_its_own_name(visitor):
    page = visitor.get("/look").content.decode()
    assert 'value="en" lang="en"' in page
    assert 'value="zh-hans"' not in page


@pytest.mark.parametrize("frame", ["page", "staff", "kiosk"])
def test_the_page_of_components_is_drawn_in_each_frame(visitor, frame):
    answer = visitor.get(f"/look?frame={frame}")
    assert answer.status_code == 200
    assert city.current().help_phone in answer.content.decode()


def test_the_page_of_components_is_for_staff_where_the_city_is_real(visitor, settings):
    settings.SAMPLE_CITY = False
    answer = visitor.get("/look")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/sign-in")


def test_the_manifest_carries_the_citys_name(visitor):
    answer = visitor.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    assert answer.json()["short_name"] == city.current().brand.zh
    assert {icon["sizes"] for icon in answer.json()["icons"]} == {"192x192", "512x512"}


def test_the_policy_lets_nothing_in_from_elsewhere(visitor):
    policy = visitor.get("/look")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
