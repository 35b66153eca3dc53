"""The health check, the web manifest, and the page that shows every component."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhoudao.core import city
from zhoudao.core.access import require
from zhoudao.core.look import sampler, words
from zhoudao.core.look.rules import VIEW_STYLE_GUIDE
from zhoudao.core.outbox.queries import health as outbox_health

log = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the service can answer, 503 while its database can't. Says nothing an outsider could use."""
    database = _database_answers()
    outbox = _outbox_keeps_up() if database else "unknown"
    return JsonResponse(
        {
            "status": "ok" if database else "failing",
            "database": "ok" if database else "failing",
            "outbox": outbox,
            "version": version("zhoudao"),
        },
        status=200 if database else 503,
    )


def _outbox_keeps_up() -> str:
    """Whether jobs and notices go out: "late" when the worker is silent. The pages answer all the same."""
    try:
        return "ok" if outbox_health().ok else "late"
    except DatabaseError as error:
        log.error("the outbox can't be read: %s", error)
        return "unknown"


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError as error:
        log.error("the database does not answer: %s", error)
        return False


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web manifest: the city's own name under our mark."""
    here = city.current()
    language = get_language() or settings.LANGUAGE_CODE
    icons = [
        {"src": static(f"look/mark-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    return JsonResponse(
        {
            "name": f"{words.text(here.brand, language)} · {words.text(here.name, language)}",
            "short_name": words.text(here.brand, language),
            "lang": language,
            "start_url": reverse("home"),
            "scope": "/",
            "display": "minimal-ui",
            "background_color": "#f5f8fa",
            "theme_color": "#0b5fa5",
            "icons": icons,
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state: for staff, and for everyone where the sample city runs."""
    if not settings.SAMPLE_CITY:
        require(request.actor, VIEW_STYLE_GUIDE)  # type: ignore[attr-defined]
    frame = request.GET.get("frame", "page")
    context: dict[str, Any] = {
        "frame": f"look/{frame if frame in ('page', 'staff', 'kiosk') else 'page'}.html",
        "theme": request.GET.get("theme") if request.GET.get("theme") in ("light", "dark") else "",
        "page": Paginator(sampler.ROWS, 5).get_page(request.GET.get("page")),
        "no_rows": [],
        "form": sampler.SampleForm(),
        "wrong_form": _wrong_form(),
        **sampler.figures(),
    }
    return render(request, "look/guide.html", context)


def _wrong_form() -> forms.Form:
    form = sampler.SampleForm(
        {"wrong-name": "", "wrong-phone": "128", "wrong-district": city.current().districts[0].code},
        prefix="wrong",
    )
    form.is_valid()
    return form
