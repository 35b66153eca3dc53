"""The operator's page: every vital sign in words, worst first."""

import pytest


@pytest.mark.browser
@pytest.mark.parametrize(("size", "language"), [("phone", "zh-hans"), ("desk", "zh-hans"), ("desk", "en")])
def test_the_state_of_the_platform_is_readable(visit, assert_accessible, screenshot, size, language):
    page = visit("/staff/state/", role="administrator", size=size, language=language)
    rows = page.locator("table tbody tr")
    assert rows.count() >= 12
    assert page.get_by_role("heading", level=1).count() == 1
    assert_accessible(page)
    screenshot(page, f"state-{size}-{language}")


@pytest.mark.browser
@pytest.mark.parametrize(("size", "language"), [("phone", "zh-hans"), ("desk", "en")])
def test_the_settings_are_readable_and_hide_secrets(visit, assert_accessible, screenshot, size, language):
    page = visit("/staff/settings/", role="administrator", size=size, language=language)
    assert page.get_by_text("ZHOUDAO_HTTPS").count() >= 1
    assert_accessible(page)
    screenshot(page, f"settings-{size}-{language}")


@pytest.mark.browser
@pytest.mark.parametrize(("size", "language"), [("phone", "zh-hans"), ("desk", "en")])
def test_the_keys_are_told_of_and_never_shown(visit, assert_accessible, screenshot, size, language):
    page = visit("/staff/keys/", role="security_officer", size=size, language=language)
    assert page.locator("table tbody tr").count() >= 1
    assert page.locator("tbody .code").first.inner_text() == "k1"
    assert_accessible(page)
    screenshot(page, f"keys-{size}-{language}")
