"""Behind proxies of ours, the visitor's own address counts, and nobody can pretend to another."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from zhoudao.core.people.lockout import origin_of
from zhoudao.core.people.middleware import VisitorAddressMiddleware

PROXY = "10.0.0.1"


def seen(forwarded: str | None) -> str:
    """The address a request counts as coming from."""
    found = []

    def view(request):
        found.append(origin_of(request))
        return HttpResponse()

    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    VisitorAddressMiddleware(view)(RequestFactory().get("/", REMOTE_ADDR=PROXY, headers=headers))
    return found[0]


def test_without_proxies_the_header_means_nothing():
    assert seen("203.0.113.7") == PROXY


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "203.0.113.7, 192.0.2.9", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 192.0.2.9", "203.0.113.7"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_what_our_own_proxies_saw_counts_and_not_what_a_visitor_wrote(settings, proxies, forwarded, address):
    settings.PROXIES = proxies
    assert seen(forwarded) == address


@pytest.mark.parametrize("forwarded", [None, "", "not an address", "203.0.113.7:4711x"])
def test_a_request_past_the_proxies_keeps_its_own(settings, forwarded):
    settings.PROXIES = 1
    assert seen(forwarded) == PROXY


def test_fewer_than_our_proxies_is_past_them(settings):
    settings.PROXIES = 2
    assert seen("203.0.113.7") == PROXY
