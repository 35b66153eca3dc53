"""What a new SECRET_KEY ends, and what it leaves, with the earlier one behind it and without."""

from __future__ import annotations

import pytest
from django.conf import settings as in_use
from django.test import Client
from django.urls import reverse

from zhoudao.core.people import known_browsers
from zhoudao.core.people.tests.cast import PASSWORD

NEW = "a-new-one-of-the-test's-own-with-more-than-fifty-characters"


@pytest.fixture
def signed_in(carol, visit) -> Client:
    visit.sign_in("carol")
    assert _is_in(visit.client)
    return visit.client


@pytest.fixture
def rotate(settings):
    """A new key, and the earlier ones that still count."""

    def put(*earlier: str) -> None:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, list(earlier)

    return put


def test_with_the_earlier_key_behind_it_everybody_stays_signed_in(signed_in, rotate):
    rotate(in_use.SECRET_KEY)
    assert _is_in(signed_in)
    rotate()
    assert _is_in(signed_in), "signed anew when it was used; the earlier key can go"


def test_without_it_everybody_signs_in_again(signed_in, rotate, visit):
    rotate()
    assert not _is_in(signed_in)
    visit.sign_in("carol")
    assert _is_in(visit.client)


def test_forms_that_lie_open_can_be_sent(carol, rotate):
    browser = Client(enforce_csrf_checks=True)
    token = browser.get(reverse("people:sign_in")).context["csrf_token"]
    rotate()
    sent = browser.post(
        reverse("people:sign_in"),
        {"username": "carol", "password": PASSWORD, "csrfmiddlewaretoken": str(token)},
    )
    assert sent.status_code == 302


def test_a_browser_is_unknown_until_its_next_sign_in(signed_in, rotate, rf, visit):
    def known() -> bool:
        asked = rf.get("/")
        asked.COOKIES[known_browsers.COOKIE] = signed_in.cookies[known_browsers.COOKIE].value
        return known_browsers.knows(asked, "carol")

    assert known()
    rotate(in_use.SECRET_KEY)
    assert not known()
    signed_in.post(reverse("people:sign_out"))
    visit.sign_in("carol")
    assert known()


def test_what_is_sealed_opens_under_any(carol, rotate):
    before = carol.document_number
    rotate()
    carol.refresh_from_db()
    assert carol.document_number == before


def _is_in(client: Client) -> bool:
    return client.get(reverse("people:start")).status_code == 200
