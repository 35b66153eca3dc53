"""The pages: they answer in both languages, without scripts, and show nothing that someone slipped in."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlencode

import pytest
from django.test import Client
from django.utils.html import escape

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM
from zhoudao.counter.places import actions, where
from zhoudao.counter.places.exchange.records import GUIDES, PHONES, POINTS
from zhoudao.counter.places.tests import directory as small
from zhoudao.engines.wayfinding.coords import wgs84_to_gcj02

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(directory, client: Client):
    def read(path: str, language: str = "zh-hans", status: int = 200, **query: str) -> str:
        client.cookies["django_language"] = language
        response = client.get(f"{path}?{urlencode(query)}" if query else path)
        assert response.status_code == status
        return response.content.decode()

    return read


def text_of(html: str) -> str:
    """What a person reads: no tags, one blank between words."""
    return re.sub(r"\s+(?=,)", "", re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", ["/", "/search", "/points/", "/points/P001/", "/phones/"])
def test_every_page_opens_in_both_languages_with_one_heading(read, path, language):
    html = read(path, language)
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))[^>]*>", html), (
        "data may stand there, code not"
    )
    assert not re.search(r"\son[a-z]+=", html)


def test_home_offers_the_box_the_four_things_what_is_open_and_110(read):
    html = read("/")
    assert 'name="q"' in html
    assert 'item=id-card-replacement"' in html
    assert "现在有 6 个地方开着" in html
    assert 'href="tel:110"' in html
    with clock.at(small.TUESDAY_NIGHT):
        assert "1 place open now" in read("/", "en")


def test_the_answer_says_what_to_bring_how_long_what_it_costs_and_whom_to_call(read):
    words = text_of(read("/search", q="身份证丢了"))
    for said in (
        "居民身份证丢失补领",
        "居民户口簿",
        "20 个工作日",
        "¥40.00",
        "本区身份证咨询",
        "第P001派出所",
    ):
        assert said in words
    english = text_of(read("/search", "en", q="lost my ID card"))
    for said in (
        "Replace a lost ID card",
        "Household register booklet",
        "20 working days",
        "¥40.00",
        "IDs here",
        "Window 3, second floor.",
    ):
        assert said in english


def test_the_answer_says_open_or_not_as_people_do(read):
    assert "Open now, closes 17:00" in read("/search", "en", q="lost my ID card")
    assert "现在开着，17:00 关门" in read("/search", q="身份证丢了")
    with clock.at(small.TUESDAY_NIGHT):
        night = read("/search", q="身份证丢了")
    assert "24 小时开放" in night
    assert "已关门，明天 08:30 开门" in night


def test_places_are_listed_nearest_first_with_their_distance(read):
    longitude, latitude = small.centre()
    html = read("/search", q="身份证丢了", lon=f"{longitude + 0.021:.4f}", lat=f"{latitude:.4f}")
    assert re.findall(r'id="place-(P\d+)"', html) == ["P003", "P004", "P006", "P002", "P001"]
    assert "100 米" in html


def test_at_night_the_nearest_open_place_is_pointed_out(read):
    longitude, latitude = small.centre()
    near = {"lon": f"{longitude:.4f}", "lat": f"{latitude:.4f}"}
    with clock.at(small.TUESDAY_NIGHT):
        html = text_of(read("/search", "en", q="lost my ID card", **near))
    assert "Open now: Police Station P004, 1.4 km" in html or "Open now: Police Station P004, 1.5 km" in html
    assert "Open now: Police" not in text_of(read("/search", "en", q="lost my ID card", **near))


def test_a_settlement_serves_as_well_as_a_device(read):
    first = where.settlements(city.current().folder)[0]
    html = read("/search", "en", q="lost my ID card", at=first.code)
    assert f'value="{first.code}" selected' in html
    assert escape(f"the middle of {first.name.en}") in html


def test_swapped_coordinates_are_said_and_put_right_by_a_link(read):
    longitude, latitude = (f"{value:.4f}" for value in small.centre())
    html = read("/search", "en", q="lost my ID card", lat=longitude, lon=latitude)
    assert "Longitude and latitude look swapped" in html
    assert f"lat={latitude}&amp;lon={longitude}" in html
    assert "place-P001" in html


@pytest.mark.parametrize(
    "query", [{"lat": "41.9", "lon": "12.5"}, {"lat": "x", "lon": "y"}, {"lat": "30"}, {"at": "atlantis"}]
)
def test_a_place_that_can_not_be_used_is_said_and_the_answer_still_given(read, query):
    html = read("/search", q="身份证丢了", **query)
    assert "下面的地点没有算距离" in html
    assert "place-P001" in html


def test_swapped_coordinates_are_put_right_on_the_list_of_points_too(read):
    longitude, latitude = (f"{value:.4f}" for value in small.centre())
    html = read("/points/", "en", lat=longitude, lon=latitude)
    assert f"?lat={latitude}&amp;lon={longitude}" in html


def test_coordinates_of_another_map_are_said_and_converted_by_a_link(read):
    bounds = city.current().bounds
    there = (bounds.east - 0.001, (bounds.south + bounds.north) / 2)
    shown_by_amap = wgs84_to_gcj02(*there)
    html = read("/search", "en", q="身份证丢了", lon=str(shown_by_amap[0]), lat=str(shown_by_amap[1]))
    assert "Those coordinates come from another map" in html
    link = re.search(r'href="(\?[^"]+)">Search from there', html)
    offered = parse_qs(unescape(link[1])[1:])
    assert float(offered["lon"][0]) == pytest.approx(there[0], abs=1e-4)
    assert float(offered["lat"][0]) == pytest.approx(there[1], abs=1e-4)
    assert offered["q"] == ["身份证丢了"]


def test_a_time_that_can_not_be_read_is_said_and_the_answer_still_given(read):
    html = read("/search", "en", q="身份证丢了", when="half past")
    assert "read that time" in html
    assert "What to bring" in html


def test_a_choice_is_asked_and_kept_while_the_words_stay(read):
    html = read("/search", "en", q="驾照")
    assert "Which of these do you mean?" in html
    assert "item=driver-licence-renewal" in html
    picked = read("/search", "en", q="驾照", item="driver-licence-renewal")
    assert "<h1>Renew a driving licence</h1>" in picked
    assert '<input type="hidden" form="search-form" name="item" value="driver-licence-renewal">' in picked
    other = read("/search", "en", q="lost my ID card", item="driver-licence-renewal", **{"for": "驾照"})
    assert "<h1>Replace a lost ID card</h1>" in other


def test_nothing_found_says_what_to_try_and_whom_to_call(read):
    html = read("/search", "en", q="zzzzqqq")
    assert "Nothing found for “zzzzqqq”" in html
    assert city.current().help_phone in html
    assert "id-card-replacement" in html


def test_an_item_with_nothing_to_bring_and_no_fee(read):
    english = text_of(read("/search", "en", q="lost driving licence", item="driver-licence-replacement"))
    assert "Nothing but yourself." in english
    assert "Free" in english


NASTY = "<script>alert(1)</script>"


def test_what_is_typed_is_never_run(read):
    for name in ("q", "lat", "lon", "at", "item", "for"):
        for path in ("/search", "/points/", "/phones/", "/"):
            assert NASTY not in read(
                path, **{"q": "身份证丢了", name: NASTY, "words": NASTY, "district": NASTY, "kind": NASTY}
            )


def test_what_is_imported_is_never_run(directory, tmp_path, client):
    nasty = small.point("P001", name_zh=NASTY, name_en=NASTY, address_zh=NASTY, address_en=NASTY)
    actions.import_points(SYSTEM, small.write(tmp_path / "p.csv", POINTS, [nasty]))
    entry = small.phone("T005", name_zh=NASTY, name_en=NASTY, point="P001")
    actions.import_phones(SYSTEM, small.write(tmp_path / "t.csv", PHONES, [entry]))
    note = small.guide("P001", note_zh=NASTY, note_en=NASTY)
    actions.import_guides(SYSTEM, small.write(tmp_path / "g.csv", GUIDES, [note]))
    actions.close_point(SYSTEM, "P001", small.TUESDAY_AFTERNOON, small.TUESDAY_NIGHT, NASTY, NASTY)
    for path in (
        "/search?q=身份证丢了",
        "/points/",
        "/points/P001/?item=id-card-replacement",
        "/phones/",
        "/",
    ):
        for language in ("zh-hans", "en"):
            client.cookies["django_language"] = language
            html = client.get(path).content.decode()
            assert NASTY not in html
            assert escape(NASTY) in html or path == "/"


def test_a_point_tells_its_week_its_phones_and_what_is_done_there(read):
    html = read("/points/P001/", "en")
    words = text_of(html)
    for said in (
        "Police Station P001",
        "1 Wenhua Road",
        "Today 08:30–11:30, 14:00–17:00",
        "Appointments one",
        "Open now, closes 17:00",
    ):
        assert said in words
    assert "?item=id-card-replacement" in html


def test_a_point_tells_how_one_item_is_done_there(read):
    words = text_of(read("/points/P003/", "en", item="id-card-replacement"))
    for said in (
        "Replace a lost ID card here",
        "This desk has its own hours.",
        "0580-1200303",
        "Household register booklet",
    ):
        assert said in words


def test_a_closure_is_told_with_its_reason(read):
    actions.close_point(SYSTEM, "P001", small.TUESDAY_AFTERNOON, small.TUESDAY_NIGHT, "停电检修", "No power")
    assert "No power" in read("/points/P001/", "en")
    assert "停电检修" in read("/search", q="身份证丢了")


@pytest.mark.parametrize(
    "path", ["/points/P999/", "/points/P001/?item=driver-licence-renewal", "/points/%3Cscript%3E/"]
)
def test_what_is_not_in_the_directory_is_not_found(read, path):
    read(path, status=404)


def test_points_by_district_kind_and_open_now(read):
    def listed(**query: str) -> list[str]:
        return sorted(
            set(re.findall(r'class="point-name" href="/points/(P\d+)/"', read("/points/", **query)))
        )

    assert listed() == ["P001", "P002", "P003", "P004", "P005", "P006"]
    assert listed(district=small.districts()[1]) == ["P005"]
    assert listed(kind="kiosk") == ["P004"]
    assert listed(kind="castle") == listed()
    with clock.at(small.TUESDAY_NIGHT):
        assert listed(open="1") == ["P004"]
    assert "没有这样的地点" in read("/points/", district=small.districts()[1], kind="kiosk")


def test_phones_by_kind_and_words(read):
    assert "0580-1200033" in read("/phones/", words="三号")
    assert "0580-1200033" not in read("/phones/", kind="enquiry")
    assert "没有这样的号码" in read("/phones/", words="不存在")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_only_read(client, directory, method):
    assert getattr(client, method)("/search").status_code in (403, 405)


def test_an_empty_directory_still_opens(client, db):
    for path in ("/", "/search?q=身份证", "/points/", "/phones/"):
        assert client.get(path).status_code == 200


def test_links_say_where_someone_is_no_finer_than_ten_metres(read):
    longitude, latitude = small.centre()
    html = read("/search", q="驾照", lat=f"{latitude:.4f}31", lon=f"{longitude:.4f}29")
    assert f"&amp;lat={latitude:.4f}&amp;lon={longitude:.4f}&amp;item=driver-licence-renewal" in html
    assert f'name="lat" value="{latitude:.4f}"' in html
