"""The scene the map is for: somebody on an island has lost their ID card, and asks where they are served soonest.

On a telephone in Chinese by tapping the map, on a wide screen in English, with the keyboard, and without JavaScript.
"""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser
PANZHI = (122.077, 29.989)
"""In the village of an island that only boats leave."""
WHEN = "2026-11-24T15:40"
SAID = {
    "zh-hans": {
        "words": "身份证丢了", "item": "居民身份证丢失补领", "here": "我在这里", "served": "16:49", "boat": "盘峙",
        "bring": "要带什么", "ask": "找人问问", "question": "我腿脚不方便，能不能上门？",
    },
    "en": {
        "words": "lost my ID card", "item": "Replace a lost ID card", "here": "I am here", "served": "16:49",
        "boat": "Panzhi", "bring": "What to bring", "ask": "Ask a person",
        "question": "I can't walk far: can you come?",
    },
}  # fmt: skip

ON_SCREEN = """([lon, lat]) => {
  // Two pins with known places are enough to read the map's scale and origin (web Mercator).
  const data = JSON.parse(document.getElementById("live-map").textContent);
  const y = (lat) => Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) * 180 / Math.PI;
  const pins = [...document.querySelectorAll(".map-pin")].map((pin) => {
    const { left, top, width, height } = pin.getBoundingClientRect();
    const place = data.places.find((each) => each.url === pin.getAttribute("href"));
    return { x: left + width / 2, y: top + height / 2, at: place.at };
  }).sort((a, b) => a.at[0] - b.at[0]);
  const [a, b] = [pins[0], pins.at(-1)];
  const scale = (b.x - a.x) / (b.at[0] - a.at[0]);
  return { x: a.x + (lon - a.at[0]) * scale, y: a.y - (y(lat) - y(a.at[1])) * scale };
}"""


def live_map(page):
    """The interactive map, drawn and at rest."""
    page.wait_for_selector(".city-map.behind", state="attached")
    page.locator("[data-live-map]").scroll_into_view_if_needed()
    return page.locator("[data-live-map]")


def tap(page, place, size):
    """Tap the map where ``place`` is, after looking closer."""
    live_map(page)
    for _ in range(7):
        spot = page.evaluate(ON_SCREEN, list(place))
        page.mouse.move(spot["x"], spot["y"])
        page.mouse.wheel(0, -300)
        page.wait_for_timeout(400)
    spot = page.evaluate(ON_SCREEN, list(place))
    if size == "phone":
        page.touchscreen.tap(spot["x"], spot["y"])
    else:
        page.mouse.click(spot["x"], spot["y"])


def searched(page, words, item):
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("heading", name=item, level=1).wait_for()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("size", "language"), [("phone", "zh-hans"), ("desk", "en")])
def test_a_lost_card_on_an_island(visit, assert_accessible, screenshot, size, language):
    said = SAID[language]
    page = visit("/", size=size, language=language)
    searched(page, said["words"], said["item"])
    screenshot(page, f"scene-asked-{size}")
    tap(page, PANZHI, size)
    screenshot(page, f"scene-tapped-{size}")
    page.get_by_role("button", name=said["here"]).click()
    page.wait_for_url(re.compile(r"lat=29\.\d+&lon=122\.\d+"))
    page.locator("#when").fill(WHEN)
    page.locator("#when").blur()
    page.wait_for_url(re.compile("when=2026-11-24T15%3A40"))
    page.wait_for_load_state("networkidle")
    live_map(page)

    first = page.locator("article.place.first")
    assert re.search(said["served"], first.locator(".place-when").inner_text())
    assert said["boat"] in first.locator(".leg.ferry").first.inner_text()
    assert first.locator(".leg").count() >= 3
    assert page.locator(".checklist > li").count() > 0
    assert first.locator("a[href^='tel:']").count() == 1
    assert_accessible(page)
    screenshot(page, f"scene-answer-{size}")

    other = page.locator("details.way-there").first
    other.locator("summary").click()
    other.locator(".way-told .leg").first.wait_for()
    assert other.locator(".way-told .leg").count() >= 2
    assert_accessible(page)
    other.screenshot(path=f"var/screenshots/scene-other-way-{size}.png")

    page.goto(first.locator("a[href*='/way/'], a[href*='/to/']").first.get_attribute("href"))
    page.wait_for_load_state("networkidle")
    assert page.locator(".leg.ferry").count() >= 1
    assert page.get_by_role("heading", name=said["bring"]).is_visible()
    live_map(page)
    assert_accessible(page)
    screenshot(page, f"scene-way-{size}")

    page.get_by_role("link", name=said["ask"]).first.click()
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    page.locator("textarea").fill(said["question"])
    for name, value in (("name", "王阿姨"), ("phone", "13800138000")):
        if page.locator(f"form [name={name}]").count():
            page.locator(f"form [name={name}]").fill(value)
    page.locator("main form[method=post] button").first.click()
    page.wait_for_load_state("networkidle")
    assert re.search(r"\b[A-Z0-9]{4}[- ]?[A-Z0-9]{4}\b", page.locator("main").inner_text())
    assert_accessible(page)
    screenshot(page, f"scene-ticket-{size}")


def test_the_place_is_chosen_with_the_keyboard_and_asked_for_once(visit):
    page = visit("/", size="desk", language="en")
    searched(page, "lost my ID card", SAID["en"]["item"])
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/search?" in request.url else None)
    page.locator("#at").focus()
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    chosen = page.locator("#at").input_value()
    assert asked == [], "an arrow is not yet a choice"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"at={chosen}(&|$)"))
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1
    assert page.evaluate("document.activeElement.id") == "at", "who chose stays where they were"


@pytest.mark.parametrize("language", SAID)
def test_without_javascript_it_answers_as_a_list(visit, assert_accessible, screenshot, language):
    said = SAID[language]
    page = visit("/", size="phone", language=language, java_script_enabled=False)
    page.get_by_role("searchbox").fill(said["words"])
    page.locator("#at").select_option("panzhi")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("heading", name=said["item"], level=1).wait_for()
    page.locator("#when").fill(WHEN)
    page.locator(".search-form button.button:visible").first.click()
    page.wait_for_load_state("networkidle")
    first = page.locator("article.place.first")
    assert said["boat"] in first.locator(".leg.ferry").first.inner_text()
    assert page.locator(".city-map .pin").count() == 8
    assert page.locator("[data-live-map]:visible").count() == 0
    screenshot(page, f"scene-no-script-{language}")
    other = page.locator("details.way-there").first
    other.locator("summary").click()
    other.locator("a").click()
    page.wait_for_load_state("networkidle")
    assert page.locator(".journey .leg").count() >= 2
    screenshot(page, f"scene-no-script-way-{language}")
