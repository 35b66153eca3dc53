"""Someone types what they lost, and reads the item, what to bring, whom to call and where to go."""

import pytest

pytestmark = pytest.mark.browser
WORDS = {
    "zh-hans": ("身份证丢了", "居民身份证丢失补领", "要带什么"),
    "en": ("lost my ID card", "Replace a lost ID card", "What to bring"),
}


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("language", WORDS)
def test_the_home_page_answers_in_plain_words(visit, assert_accessible, screenshot, size, language):
    words, item, bring = WORDS[language]
    page = visit("/", size=size, language=language)
    assert_accessible(page)
    screenshot(page, f"home-{size}-{language}")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("heading", name=item, level=1).wait_for()
    assert page.get_by_role("heading", name=bring).is_visible()
    assert page.locator(".checklist > li").count() > 0
    assert page.locator("main a[href^='tel:']").count() > 0
    assert page.locator("article.place").count() > 3
    assert_accessible(page)
    screenshot(page, f"search-{size}-{language}")


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("path", ["/items/", "/points/", "/phones/", "/account/sign-in/"])
def test_public_pages_can_be_read_by_everybody(visit, assert_accessible, screenshot, size, path):
    page = visit(path, size=size)
    assert_accessible(page)
    screenshot(page, f"{path.strip('/').replace('/', '-')}-{size}")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_place_says_when_it_is_open_and_whom_to_call(visit, assert_accessible, screenshot, size):
    page = visit("/points/", size=size)
    page.locator("main a[href^='/points/P']:visible").filter(
        has_not=page.locator("svg, circle")
    ).first.click()
    page.wait_for_load_state("networkidle")
    assert page.locator("main a[href^='tel:']").count() > 0
    assert_accessible(page)
    screenshot(page, f"point-{size}")


def test_nothing_found_says_what_to_do(visit, assert_accessible):
    page = visit("/search?q=zzzzzz", language="en")
    assert "Nothing found" in page.locator("h1").inner_text()
    assert page.locator("main a[href^='tel:']").count() > 0
    assert_accessible(page)
