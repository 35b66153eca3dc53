"""What a supervisor sees of the windows: now, today, a month, and what other windows would do; wide and on a phone."""

import pytest

pytestmark = pytest.mark.browser
POINT = "P001"
SIZES = ("desk", "phone")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("view", "tables"), [("now", 1), ("month&month=2026-10", 2), ("today", 0)], ids=["now", "month", "today"]
)
def test_the_boards_are_readable(visit, assert_accessible, screenshot, view, tables, size):
    page = visit(f"/staff/windows/?view={view}&point={POINT}", role="supervisor", size=size)
    assert page.locator("main table.table").count() >= tables
    assert_accessible(page)
    screenshot(page, f"boards-{view.partition('&')[0]}-{size}")


@pytest.mark.parametrize("size", SIZES)
def test_one_more_window_is_played_and_drawn(visit, assert_accessible, screenshot, size):
    page = visit(f"/staff/windows/what-if/?point={POINT}", role="supervisor", size=size)
    page.locator("#played figure").wait_for()
    assert page.locator(".wait-chart:visible").count() == 1, "the wide drawing or the narrow one"
    assert_accessible(page)
    screenshot(page, f"what-if-{size}")
    first = page.locator("#played table").first.inner_text()
    page.locator("#enterprise").select_option("0")
    page.locator("#general").select_option("2")
    page.get_by_role("button", name="推演").click()
    page.wait_for_url("**general=2**")
    assert page.locator("#played table").first.inner_text() != first
    assert_accessible(page)
    screenshot(page, f"what-if-two-more-{size}")


def test_the_boards_in_english_and_in_the_dark(visit, assert_accessible, screenshot):
    for name, path in (
        ("now", "?view=now"),
        ("month", "?view=month&month=2026-10"),
        ("what-if", "what-if/?"),
    ):
        page = visit(
            f"/staff/windows/{path}&point={POINT}",
            role="supervisor",
            size="desk",
            language="en",
            theme="dark",
        )
        assert_accessible(page)
        screenshot(page, f"boards-{name}-dark-en")
