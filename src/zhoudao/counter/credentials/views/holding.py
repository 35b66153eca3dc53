"""One's own certificates: the list, the page that is shown, the paper, the wallet."""

from __future__ import annotations

import json
from http import HTTPStatus

import segno
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import city, clock
from zhoudao.core.access import Actor
from zhoudao.core.look import words
from zhoudao.counter.credentials import actions, paper, queries
from zhoudao.counter.credentials.labels import SHOWN_NAMES, STANDINGS
from zhoudao.counter.credentials.queries import Shown
from zhoudao.counter.credentials.views import offline

FILES = [
    "credentials/credentials.css",
    *(
        f"credentials/{name}.mjs"
        for name in ("holder", "part", "wallet", "showing", "certificate", "cose", "base45")
    ),
    "vendor/lean-qr-2.7.4/index.mjs",
]
LONGEST_KEY = 2000
"""Bytes of a wallet's public key."""


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    found = queries.mine(_actor(request))
    rows = [(shown, STANDINGS[shown.standing]) for shown in found]
    return render(request, "credentials/mine.html", {"rows": rows, "language": _language()})


@never_cache
@require_safe
def shown(request: HttpRequest, number: str) -> HttpResponse:
    found = _mine(request, number)
    return render(
        request,
        "credentials/shown.html",
        {
            "shown": found,
            "credential": found.credential,
            "standing": STANDINGS[found.standing],
            "code": _code(found),
            "parts": _parts(found),
            "facts": [(names.get(_language(), ""), value) for names, value in found.facts],
            "kind": found.credential.kind.names.get(_language(), ""),
        },
    )


@never_cache
@require_safe
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    found = _mine(request, number)
    if found.credential.physical:
        raise Http404("a physical card is never replaced by a paper")
    response = HttpResponse(paper.certificate(found, _language()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.credential.number}.pdf"'
    return response


@never_cache
@require_POST
def wallet(request: HttpRequest, number: str) -> JsonResponse:
    """``{"holder_key": JWK}`` to ``{"credential": SD-JWT, "expires": ..., "time": ...}``, by the city's clock."""
    found = _mine(request, number)
    try:
        asked = json.loads(request.body) if len(request.body) <= LONGEST_KEY else None
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise actions.BadGrant("the body is no JSON object with a holder_key")
    issued = actions.keep_in_wallet(_actor(request), found.credential.number, asked.get("holder_key"))
    answer = {
        "credential": issued.text,
        "expires": issued.expires.isoformat(timespec="seconds"),
        "time": clock.now().isoformat(timespec="seconds"),
    }
    return JsonResponse(answer, status=HTTPStatus.CREATED)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Keeps the pages that the holder asked to keep, and nothing else of theirs."""
    return offline.worker(reverse("credentials:mine"), FILES, {"by_request": True})


def _code(found: Shown) -> str:
    """The QR code as SVG; nothing for a card, nor for a certificate that is over."""
    text = found.credential.text
    if not text:
        return ""
    code = segno.make(str(text), error="m", boost_error=False, micro=False)
    return mark_safe(code.svg_inline(border=4, light="#fff", dark="#000", omitsize=True, svgclass="qr"))  # noqa: S308


def _parts(found: Shown) -> list[tuple[str, str, str]]:
    """(code, name, value) of what the holder may show or not; nothing when no part can be shown."""
    if not found.shows_parts:
        return []
    credential = found.credential
    district = words.text(city.current().district(credential.district).name, _language())
    values = {
        "name": found.masked_name,
        "document": credential.document,
        "number": credential.number,
        "district": district,
    }
    said = [(code, str(name), values[code]) for code, name in SHOWN_NAMES.items()]
    facts = [(code, names.get(_language(), ""), value) for code, names, value in found.coded_facts]
    return [each for each in [*said, *facts] if each[2]]


def _mine(request: HttpRequest, number: str) -> Shown:
    found = queries.one_of_mine(_actor(request), number)
    if found is None:
        raise Http404("no certificate of yours has this number")
    return found


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there


def _language() -> str:
    return get_language() or "zh-hans"
