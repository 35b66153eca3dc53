"""The staff page of kiosk coverage: the sentence, the table, the map, and the sites once they are worked out."""

from __future__ import annotations

import pytest

from zhoudao.core.city.tests.here import DISTRICT

PAGE = "/staff/coverage/"


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_page_says_shows_and_draws_it(visit, assert_accessible, screenshot, size, language):
    page = visit(PAGE, size=size, language=language, role="commander")
    sentence = page.locator(".lead").inner_text()
    assert ("24 小时自助点" if language == "zh-hans" else "24-hour kiosk") in sentence
    assert page.locator(".coverage-strip").count() == page.locator(".coverage-bar").count() > 1
    assert len(page.locator(".city-map .reached").get_attribute("d")) > 100
    assert_accessible(page)
    screenshot(page, f"coverage-{size}-{language}")


@pytest.mark.browser
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_sites_are_asked_for_numbered_on_the_map_and_saved(visit, assert_accessible, screenshot, size):
    page = visit(f"{PAGE}?district={DISTRICT}&mode=walk&minutes=10", size=size, role="commander")
    page.locator("#kiosks").select_option("4")
    page.locator("#sites form button").click()
    page.locator("#sites table").wait_for(timeout=60_000)
    rows = page.locator("#sites tbody tr")
    assert rows.count() == 4
    added = [int(row.inner_text().replace(",", "")) for row in page.locator("#sites td.number").all()]
    assert added == sorted(added, reverse=True)
    assert page.locator(".city-map .site").count() >= 1
    assert_accessible(page)
    screenshot(page, f"coverage-sites-{size}")
    with page.expect_download() as saved:
        page.locator("#sites a", has_text="CSV").click()
    assert saved.value.suggested_filename == "kiosks-4-10-walk.csv"


@pytest.mark.browser
def test_it_is_readable_in_the_dark(visit, assert_accessible, screenshot):
    page = visit(PAGE + "?mode=car&kiosks=4", theme="dark", role="commander")
    assert_accessible(page)
    screenshot(page, "coverage-dark")
