"""Is it ready, what are its numbers, and how does it stand in words."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhoudao.core.keys import queries as key_queries
from zhoudao.core.signs import Level
from zhoudao.operations import queries
from zhoudao.operations.watch import metrics, reading
from zhoudao.operations.watch.requests import LOOPBACK


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, 503 with the names of the signs that keep them from it. Says nothing else."""
    try:
        missing = [each.sign.name for each in reading.read_needed() if each.reading.level is Level.BAD]
    except DatabaseError:
        missing = ["operations.database"]
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


@require_safe
@never_cache
def numbers(request: HttpRequest) -> HttpResponse:
    """For Prometheus: from this machine itself, or with the token of the settings."""
    if not _may_read_numbers(request):
        raise PermissionDenied
    return HttpResponse(metrics.as_text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read_numbers(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    return request.META.get("REMOTE_ADDR") in LOOPBACK


@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """What the settings are, and what is only good for trying the platform out."""
    found = queries.settings_in_use(request.actor)  # type: ignore[attr-defined]
    return render(request, "operations/settings.html", {"found": found})


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """What is wrong, in words."""
    return render(request, "operations/state.html", {"state": queries.state(request.actor)})  # type: ignore[attr-defined]


@require_safe
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """Which data keys there are, how old, and how much is sealed under each. Never a key."""
    found = key_queries.state(request.actor)  # type: ignore[attr-defined]
    return render(request, "operations/keys.html", {"found": found})
