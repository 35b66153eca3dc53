"""An agent applies for several things at once and writes to the officer; officers see the firm: at both sizes."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_an_agent_begins_a_bundle(visit, assert_accessible, screenshot, size):
    page = visit("/enterprise/", size=size, role="agent")
    assert_accessible(page)
    screenshot(page, f"enterprise-home-{size}")
    for at in range(2):
        page.locator("main input[type=checkbox][name=item]").nth(at).check()
    page.locator("section[aria-labelledby=together] form button").first.click()
    page.wait_for_url("**/enterprise/bundles/**")
    assert page.locator("article.card").count() >= 2
    assert_accessible(page)
    screenshot(page, f"enterprise-bundle-{size}")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_officers_see_the_firms_of_their_districts(visit, assert_accessible, screenshot, size):
    page = visit("/staff/enterprises/", size=size, role="supervisor")
    assert_accessible(page)
    screenshot(page, f"enterprises-{size}")
    page.locator("main a[href*='/staff/enterprises/']").first.click()
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    screenshot(page, f"enterprise-{size}")
