"""Inside the province's app: a host on the list frames the map and it works there; another host, and any page that
acts for somebody, gets an empty frame from the browser itself."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.browser
APP, STRANGER = "https://app.example.gov.cn", "https://elsewhere.example"
REFUSED = "chrome-error://chromewebdata/"


@pytest.fixture(scope="module")
def embedding_house(serve, environment: dict[str, str]) -> Iterator[str]:
    """The same house once more, with the province's app on its list."""
    with serve(environment | {"ZHOUDAO_EMBED_HOSTS": APP}) as address:
        yield address


@pytest.fixture
def framed(chromium, embedding_house):
    """``framed(host, path)``: a page of ``host`` that shows ``path`` in a frame; the page, the frame, and what the
    browser said."""
    contexts = []

    def show(host: str, path: str):
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        contexts.append(context)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        html = f'<!doctype html><title>App</title><iframe width="390" height="800" src="{embedding_house}{path}">'
        page.route(f"{host}/**", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(f"{host}/services")
        page.wait_for_load_state("networkidle")
        return page, page.frames[1], said

    yield show
    for context in contexts:
        context.close()


def test_a_host_on_the_list_shows_the_map_and_it_answers_there(framed):
    page, frame, _ = framed(APP, "/")
    frame.get_by_role("searchbox").fill("身份证丢了")
    frame.get_by_role("searchbox").press("Enter")
    frame.get_by_role("heading", name="居民身份证丢失补领", level=1).wait_for()
    frame.locator("[data-locate]").wait_for()  # the page's script is there, which asks again by itself
    frame.locator("#at").select_option("panzhi")
    frame.locator("article.place.first .leg.ferry").first.wait_for()
    assert frame.locator(".checklist > li").count() > 0
    page.screenshot(path="var/screenshots/embedded-answer.png")


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/items/id-card-replacement/", "居民身份证丢失补领"),
        ("/points/{point}/?item=id-card-replacement", "0580"),
        ("/points/{point}/way/?item=id-card-replacement&at=panzhi&when=2026-11-24T15:40&mode=walk", "盘峙码头"),
    ],
)
def test_links_to_an_item_a_point_and_a_journey_work_in_a_frame(framed, embedding_house, path, seen):
    query = "/api/v1/soonest?item=id-card-replacement&lon=122.077&lat=29.989&when=2026-11-24T15:40&limit=1"
    with urllib.request.urlopen(f"{embedding_house}{query}") as answer:
        point = json.load(answer)["ways"][0]["point"]
    _, frame, _ = framed(APP, path.format(point=point))
    assert seen in frame.locator("main").inner_text()


@pytest.mark.parametrize("path", ["/", "/search?q=身份证丢了", "/points/"])
def test_another_host_gets_an_empty_frame(framed, path):
    _, frame, said = framed(STRANGER, path)
    assert frame.url == REFUSED
    assert any(f"frame-ancestors {APP}" in each for each in said)
    assert frame.get_by_role("searchbox").count() == 0


@pytest.mark.parametrize("path", ["/account/sign-in/", "/help/", "/staff/"])
def test_a_page_that_acts_for_somebody_is_framed_by_nobody(framed, path):
    _, frame, said = framed(APP, path)
    assert frame.url == REFUSED
    assert any("frame-ancestors 'none'" in each for each in said)


def test_without_the_setting_nobody_frames_anything(chromium, house):
    context = chromium.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.route(f"{APP}/**", lambda route: route.fulfill(body=f'<iframe src="{house}/">', content_type="text/html"))
    page.goto(f"{APP}/services")
    page.wait_for_load_state("networkidle")
    assert page.frames[1].url == REFUSED
    assert any("frame-ancestors 'none'" in each for each in said)
    context.close()
