"""Which pages another site may show inside its own, and that no other page can be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from zhoudao.core.access import Actor, Role
from zhoudao.core.look import framing

APP = "https://app.example.gov.cn"
FRAMED = {
    "home", "places:search", "places:points", "places:point", "places:way", "places:phones",
    "catalog:items", "catalog:item",
}  # fmt: skip
LOOK_JS = Path(framing.__file__).with_name("static") / "look" / "look.js"


@pytest.fixture
def embedded(settings):
    settings.EMBED_HOSTS = [APP, "https://other.example:8443"]


def routes(
    resolver: URLResolver, before: str = "", spaces: tuple[str, ...] = ()
) -> list[tuple[str, str, object]]:
    """Name, address and view of every page."""
    found = []
    for each in resolver.url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLResolver):
            space = (*spaces, each.namespace) if each.namespace else spaces
            found += routes(each, address, space)
        elif isinstance(each, URLPattern):
            found.append((":".join((*spaces, each.name or "")), address, each.callback))
    return found


def test_only_public_pages_that_read_are_meant_for_it():
    marked = {name for name, _, view in routes(get_resolver()) if getattr(view, "may_be_framed", False)}
    assert marked == FRAMED


def test_the_browser_knows_the_same_pages():
    pattern = re.search(r"FRAMED = /(.*)/;", LOOK_JS.read_text(encoding="utf-8"))
    assert pattern
    known = re.compile(pattern[1].replace(r"\/", "/"))
    pages = [(name, "/" + re.sub(r"<[^>]+>", "X1", address)) for name, address, _ in routes(get_resolver())]
    assert {name for name, address in pages if known.search(address)} == FRAMED


@pytest.mark.django_db
def test_a_host_on_the_list_may_show_the_map(client: Client, embedded):
    answer = client.get(reverse("places:phones"))
    assert f"frame-ancestors {APP} https://other.example:8443" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer


@pytest.mark.django_db
def test_nobody_may_while_nothing_is_set(client: Client):
    answer = client.get(reverse("places:phones"))
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/account/sign-in/", "/account/", "/staff/audit/", "/help/", "/verify/", "/nowhere"]
)
def test_signing_in_and_everything_else_stays_closed(client: Client, embedded, address):
    answer = client.get(address)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("role", "closed"),
    [(Role.VISITOR, False), (Role.RESIDENT, False), (Role.CLERK, True), (Role.ADMINISTRATOR, True)],
)
def test_what_staff_see_is_never_framed(rf, embedded, role, closed):
    request = rf.get("/")
    request.actor = Actor("user:1", role)
    answer = framing.may_be_framed(lambda request: HttpResponse())(request)
    assert hasattr(answer, "xframe_options_exempt") is not closed
