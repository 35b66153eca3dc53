"""A person with a phone, a clerk at a window and a board in the hall, all following one queue."""

import pytest

pytestmark = pytest.mark.browser
POINT = "P001"


def board_number(page) -> str:
    return page.locator(".board-number").first.inner_text()


def test_from_the_phone_to_the_window(visit, assert_accessible, screenshot):
    phone = visit(f"/points/{POINT}/ticket/", size="phone")
    assert_accessible(phone)
    screenshot(phone, "queue-take-phone")
    phone.locator("input[name=service][value=household]").check()
    phone.get_by_role("button", name="取号").click()
    phone.wait_for_url("**/tickets/*/")
    number = phone.locator(".ticket-number").inner_text()
    assert_accessible(phone)
    screenshot(phone, "queue-ticket-phone")

    board = visit(f"/points/{POINT}/board/", size="desk")
    clerk = visit("/staff/window/", role="supervisor", size="desk")
    assert_accessible(clerk)
    screenshot(clerk, "queue-sit-desk")
    clerk.locator(f"form[action$='/sit/{POINT}/1/'] button").click()
    clerk.locator("#desk").wait_for()
    assert_accessible(clerk)
    screenshot(clerk, "queue-desk-free")
    clerk.keyboard.press("n")
    clerk.locator(".desk-number", has_text=number).wait_for()
    assert_accessible(clerk)
    screenshot(clerk, "queue-desk-called")

    phone.locator(".ticket-call").wait_for()
    assert_accessible(phone)
    screenshot(phone, "queue-called-phone")
    board.locator(".board-call.called").wait_for()
    assert board_number(board) == number
    assert number[0] in board.locator("[data-voice]").inner_text()
    assert_accessible(board)
    screenshot(board, "queue-board-desk")

    clerk.keyboard.press("b")
    clerk.locator("[data-key=d]").wait_for()
    screenshot(clerk, "queue-desk-serving")
    clerk.keyboard.press("d")
    clerk.locator("button[data-key=n]").wait_for()
    board.locator(".board-quiet").wait_for()
    clerk.get_by_role("button", name="离开窗口").click()


def test_the_board_on_a_tall_screen_and_in_english(visit, assert_accessible, screenshot):
    page = visit(f"/points/{POINT}/board/", size="kiosk", language="en")
    assert_accessible(page)
    screenshot(page, "queue-board-kiosk-en")


def test_a_time_is_booked_moved_and_cancelled_on_a_phone(visit, assert_accessible, screenshot):
    page = visit(f"/points/{POINT}/book/", size="phone")
    assert_accessible(page)
    screenshot(page, "booking-services-phone")
    page.get_by_role("link", name="户籍").first.click()
    page.locator(".slot").first.wait_for()
    assert_accessible(page)
    page.locator(".slot:not(.full)").nth(3).click()
    page.locator("#mobile").fill("12812345678")
    screenshot(page, "booking-slots-phone")
    page.get_by_role("button", name="预约这个时间").click()
    page.wait_for_url("**/appointments/*/")
    first = page.locator(".appointment-when").inner_text()
    assert_accessible(page)
    screenshot(page, "booking-held-phone")
    page.get_by_role("link", name="改时间").click()
    page.locator(".slot:not(.full)").nth(6).click()
    page.get_by_role("button", name="改到这个时间").click()
    page.locator(".appointment-when").wait_for()
    assert page.locator(".appointment-when").inner_text() != first
    page.get_by_role("button", name="取消预约").click()
    page.get_by_text("已取消").wait_for()
    assert_accessible(page)

    wide = visit(f"/points/{POINT}/book/?service=exit-entry", size="desk", language="en")
    assert_accessible(wide)
    screenshot(wide, "booking-slots-desk-en")
