"""On a boat without a signal: one visit before, and the map answers from what the telephone kept."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser
WORDS = {
    "zh-hans": ("身份证丢了", "居民身份证丢失补领", "没有网络", "11月24日 周二 09:00", "排队"),
    "en": ("lost my ID card", "Replace a lost ID card", "No network", "Tue 24 Nov 09:00", "Queues"),
}
KEPT = "async () => Boolean(await (await caches.open('zhoudao map data')).match('/offline/current.json'))"

@pytest.fixture
def visited(visit):
    """A page whose device has kept the map, and has no network any more."""

    def go(path: str = "/", **more):
        page = visit(path, **more)
        page.wait_for_function(KEPT)
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        page.context.set_offline(True)
        return page

    return go


def answered(page):
    page.wait_for_selector("html[data-ready=yes]")
    return page


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("language", WORDS)
def test_asked_on_a_boat(visited, watch, assert_accessible, screenshot, size, language):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    typed, item, no_network, day, queues = WORDS[language]
    page = visited(size=size, language=language)
    page.goto("/")
    answered(page).get_by_role("searchbox").fill(typed)
    page.locator("select[name=at]").select_option(island(page))
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("heading", name=item, level=1).wait_for()
    notice = page.locator("[data-region=offline]").inner_text()
    assert no_network in notice
    assert day in notice
    assert queues in notice
    first = page.locator("article.place.first")
    assert first.locator(".leg.ferry").count() >= 1, "the way from an island is by boat"
    assert first.locator("a[href^='tel:']").count() == 1
    assert page.locator(".checklist > li").count() > 0
    assert page.locator("article.place").count() == 8
    assert page.locator(".city-map .pin").count() == 8
    assert_accessible(page)
    screenshot(page, f"offline-answer-{size}-{language}")
    first.locator("h3 a").click()
    answered(page)
    assert page.locator(".hours-table tr").count() == 8
    assert page.locator("main a[href^='tel:']").count() > 0
    assert_accessible(page)
    screenshot(page, f"offline-point-{size}-{language}")
    page.context.set_offline(False)


def island(page) -> str:
    """A settlement that only boats leave, with no place that does anything."""
    return page.evaluate(
        """async () => {
          const { open } = await import("/static/places/offline/store.mjs");
          const { facts } = await open("en");
          const { doors, hops, trips, lines } = facts.network;
          const bused = new Set(hops.from.filter((_, hop) => lines[trips.line[hops.trip[hop]]].mode !== "ferry"));
          const reached = (door) => doors.stops[door].filter((_, k) => k % 2 === 0);
          const only = (door) => reached(door).length > 0 && !reached(door).some((stop) => bused.has(stop));
          return doors.codes.find((code, door) => doors.points[door].length === 0 && only(door));
        }"""
    )


def test_other_pages_say_so_themselves(visited, watch, assert_accessible):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = visited(size="phone", language="en")
    for path, selector in (
        ("/phones/", ".phone-list li"),
        ("/points/", "article.place"),
        ("/search?q=passport", ".results li"),
    ):
        page.goto(path)
        assert answered(page).locator(selector).count() > 1
        assert_accessible(page)
    page.goto("/search?q=zzzzzz")
    assert "Nothing found" in answered(page).locator("h1").inner_text()
    page.context.set_offline(False)


def test_old_data_give_no_answer(visited, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = visited(language="en")
    page.evaluate(
        """async () => {
          const data = await caches.open("zhoudao map data");
          const note = await (await data.match("/offline/current.json")).json();
          note.shift += 31 * 86400;
          await data.put("/offline/current.json", Response.json(note));
        }"""
    )
    page.goto("/search?q=lost my ID card")
    assert "too old" in answered(page).locator("main").inner_text()
    assert page.locator("article.place").count() == 0
    page.context.set_offline(False)


def test_a_day_the_timetable_does_not_reach(visited, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = visited(language="en")
    code = island(page)
    page.goto(f"/search?q=lost my ID card&at={code}&when=2027-06-01T09:00")
    assert "says nothing about that day" in answered(page).locator("main").inner_text()
    page.context.set_offline(False)


def test_what_is_kept_can_be_seen_renewed_and_forgotten(visit, assert_accessible, screenshot):
    page = visit("/", size="phone", language="en")
    page.wait_for_function(KEPT)
    page.goto("/offline/")
    assert "Kept on this device: the map of Tue 24 Nov 09:00" in answered(page).locator("main").inner_text()
    assert_accessible(page)
    screenshot(page, "offline-kept-phone-en")
    page.get_by_role("button", name="Forget it").click()
    page.get_by_text("Nothing is kept on this device yet.").wait_for()
    page.get_by_role("button", name="Keep it up to date").click()
    page.get_by_text("Kept on this device").wait_for()


def test_nothing_of_anybodys_own_is_kept(visit, watch, signed_in):
    """Signed in or not: only the anonymous shells, assets and documents; staff pages and forms are left alone."""
    page = visit("/", role="resident")
    page.wait_for_function(KEPT)
    for path in ("/account/", "/help/"):
        page.goto(path)
    kept = page.evaluate(
        """async () => {
          const found = {};
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const { url } of await cache.keys()) {
              found[new URL(url).pathname] = await (await cache.match(url)).text();
            }
          }
          return found;
        }"""
    )
    assert {path for path in kept if not path.startswith(("/static/", "/offline/"))} == set()
    for path in ("/offline/zh-hans/", "/offline/en/"):
        assert "sign-out" not in kept[path]
        assert 'X-CSRFToken": ""' in kept[path].replace("&quot;", '"')
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto("/account/")
    page.context.set_offline(False)


def test_the_worker_is_served_for_the_whole_map_under_the_same_policy(house, chromium):
    context = chromium.new_context(base_url=house)
    answer = context.request.get("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    note = context.request.get("/offline/current.json").json()
    for address in note["documents"].values():
        document = context.request.get(address)
        assert "immutable" in document.headers["cache-control"]
        assert document.json()
    assert context.request.get("/offline/facts-0000000000000000.json").status == 404
    context.close()
