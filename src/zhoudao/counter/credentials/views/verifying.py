"""Checking a certificate: a page that works offline after one visit, and the document it keeps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.counter.credentials import queries
from zhoudao.counter.credentials.labels import REASONS, SHOWN_NAMES, VERDICTS
from zhoudao.counter.credentials.rules import CHECK
from zhoudao.counter.credentials.views import offline
from zhoudao.engines.seals import keyset

FILES = [
    "credentials/credentials.css",
    *(
        f"credentials/{name}.mjs"
        for name in ("verifier", "checking", "showing", "certificate", "cose", "base45", "sm2", "scan")
    ),
    "vendor/jsqr-1.4.0/jsQR.js",
    "vendor/sm-crypto-0.5.8/sm2.js",
]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    require(_actor(request), CHECK)
    return render(
        request,
        "credentials/verify.html",
        {
            "verdicts": [(verdict.value, tone, word) for verdict, (tone, word) in VERDICTS.items()],
            "reasons": [(reason.value, words) for reason, words in REASONS.items()],
            "shown_names": SHOWN_NAMES.items(),
            "language": get_language() or "zh-hans",
        },
    )


@never_cache
@require_safe
def keys(request: HttpRequest) -> JsonResponse:
    """The key set with the newest status list, and what time it is here: devices' clocks are often wrong."""
    found = queries.key_set(_actor(request))
    return JsonResponse(
        {**keyset.dump(found), "time": clock.now().isoformat(timespec="seconds")},
        json_dumps_params={"ensure_ascii": False},
    )


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    return offline.worker(reverse("credentials:verify"), FILES, {"by_request": False})


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there
