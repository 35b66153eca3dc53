"""Staff pages with a real sign-in: what the navigation offers opens, and every page can be read by
everybody.
"""

import pytest

pytestmark = pytest.mark.browser
ROLES = ["clerk", "supervisor", "administrator", "security_officer", "auditor"]


@pytest.mark.parametrize("role", ROLES)
def test_everything_the_navigation_offers_opens(visit, assert_accessible, screenshot, role):
    page = visit("/account/", role=role)
    assert_accessible(page)
    screenshot(page, f"start-{role}")
    links = page.locator("#staff-menu nav a").evaluate_all(
        "all => all.map(link => link.getAttribute('href'))"
    )
    assert links
    for link in links:
        answer = page.goto(link)
        page.wait_for_load_state("networkidle")
        assert answer.status == 200, link
        assert_accessible(page)
        current = page.locator("#staff-menu a[aria-current=page]")
        assert current.get_attribute("href") == link
        screenshot(page, f"staff-{role}{link.replace('/', '-').rstrip('-')}")


def test_a_clerk_who_tries_the_audit_trail_is_refused_in_words(visit, assert_accessible, screenshot):
    page = visit("/staff/audit/", role="clerk", language="en")
    assert page.get_by_role("heading", name="Your account can't open this page").is_visible()
    assert_accessible(page)
    screenshot(page, "refused-403-clerk")


def test_a_visitor_who_tries_the_audit_trail_may_sign_in(visit):
    page = visit("/staff/audit/")
    assert "/account/sign-in/?next=/staff/audit/" in page.url
