"""Error pages that say what to do, the health check, and the page that shows every component."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhoudao.core import city
from zhoudao.core.access import STAFF_ROLES, VISITOR, Forbidden, require
from zhoudao.core.look import sampler, words
from zhoudao.core.look.rules import VIEW_STYLE_GUIDE

log = logging.getLogger(__name__)


# Refusals ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """An error in three parts, and the short name programs know it by."""

    code: str
    what: str | Promise
    kept: str | Promise
    todo: str | Promise


WORDS = {
    400: Words(
        "unusable",
        gettext_lazy("We couldn't read what was sent"),
        gettext_lazy("Nothing was changed."),
        gettext_lazy("Go back, look at what you entered, and send it again."),
    ),
    403: Words(
        "forbidden",
        gettext_lazy("Your account can't open this page"),
        gettext_lazy("Nothing was changed. The attempt is in the audit trail."),
        gettext_lazy(
            "If your work needs it, ask your security officer for the role. Otherwise go on from your start page."
        ),
    ),
    404: Words(
        "not_found",
        gettext_lazy("There is no page at this address"),
        gettext_lazy("Nothing was lost."),
        gettext_lazy("Search for what you need in your own words, or begin at the home page."),
    ),
    409: Words(
        "conflict",
        gettext_lazy("Someone else changed this just before you"),
        gettext_lazy("Their change was kept. Yours was not saved."),
        gettext_lazy(
            "Go back, reload the page to see what changed, and enter yours again if it is still needed."
        ),
    ),
    429: Words(
        "too_many",
        gettext_lazy("That was too many tries in a short time"),
        gettext_lazy("What you had finished before is kept."),
        gettext_lazy("Wait a little, then try again."),
    ),
    500: Words(
        "failed",
        gettext_lazy("Something failed on our side"),
        gettext_lazy("What you had finished before is kept. The last step was not saved."),
        gettext_lazy("Try again in a few minutes."),
    ),
}
"""What each status says unless the room that refused said it better."""

PAGE_OPEN_TOO_LONG = Words(
    "page_too_old",
    gettext_lazy("This page was open too long to be sent safely"),
    gettext_lazy("Nothing was sent."),
    gettext_lazy(
        "Go back, reload the page and send it again. Your browser must accept cookies from this site."
    ),
)


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or (
        request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )


def refuse(request: HttpRequest, status: int, said: Words, retry_after: int | None = None) -> HttpResponse:
    """The refusal as a page, as a fragment where htmx asked, or as JSON where a program did."""
    response: HttpResponse
    help_phone = city.current().help_phone
    if wants_json(request):
        response = JsonResponse(
            {
                "error": {
                    "status": status,
                    "code": said.code,
                    "what": str(said.what),
                    "kept": str(said.kept),
                    "todo": str(said.todo),
                    "phone": help_phone,
                }
            },
            status=status,
            json_dumps_params={"ensure_ascii": False},
        )
    else:
        staff = getattr(request, "actor", VISITOR).role in STAFF_ROLES
        context = {
            "status": status,
            "said": said,
            "help_phone": help_phone,
            "retry_after": retry_after,
            "frame": "look/staff.html" if staff else "look/page.html",
            "start": _start(request, staff),
        }
        template = "look/parts/refusal.html" if getattr(request, "htmx", False) else "look/refusal.html"
        response = render(request, template, context, status=status)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    response["Cache-Control"] = "no-store"
    return response


def _start(request: HttpRequest, staff: bool) -> str:
    return reverse("people:start") if staff else reverse("home")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An exception that names its ``http_status``: the words it carries, and ours for those it does not."""
    status = int(exception.http_status)  # type: ignore[attr-defined]
    ours = WORDS[status]
    retry_after = getattr(exception, "retry_after", None)
    todo = getattr(exception, "todo", "") or (_wait(retry_after) if retry_after else ours.todo)
    what, kept = getattr(exception, "what", "") or ours.what, getattr(exception, "kept", "") or ours.kept
    return refuse(request, status, Words(ours.code, what, kept, todo), retry_after)


def _wait(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "Wait %(minutes)d minute, then try again.", "Wait %(minutes)d minutes, then try again.", minutes
    ) % {"minutes": minutes}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, 400, WORDS[400])


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403; someone who has not signed in is shown the way to do so instead, and comes back to where they were."""
    if (
        isinstance(exception, Forbidden)
        and exception.actor.user_id is None
        and exception.actor.role == VISITOR.role
    ):
        if wants_json(request):
            return refuse(
                request,
                401,
                Words(
                    "sign_in_first",
                    gettext("Sign in first"),
                    str(WORDS[403].kept),
                    gettext("Sign in, then ask again."),
                ),
            )
        redirect = redirect_to_login(_return_to(request))
        if getattr(request, "htmx", False):
            return HttpResponse(status=204, headers={"HX-Redirect": redirect.url})
        return redirect
    return refuse(request, 403, WORDS[403])


def _return_to(request: HttpRequest) -> str:
    """Where to go on after signing in: this page, or the page a form was sent from."""
    if request.method in ("GET", "HEAD") and not getattr(request, "htmx", False):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if came_from.netloc == request.get_host() and came_from.path.startswith("/"):
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return reverse("home")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's name for a form whose secret token is missing or old."""
    return refuse(request, 403, PAGE_OPEN_TOO_LONG)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, 404, WORDS[404])


def server_error(request: HttpRequest) -> HttpResponse:
    """500, in both languages, made without templates, sessions or the database: any of them may be what failed."""
    reference = secrets.token_hex(4)
    log.error("server error, reference %s, %s %s", reference, request.method, request.path)
    try:
        phone = city.current().help_phone
    except Exception:  # the city pack may be what failed
        phone = ""
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(
            {
                "error": {
                    "status": 500,
                    "code": "failed",
                    "reference": reference,
                    "phone": phone,
                    "what": "Something failed on our side",
                    "todo": "Try again in a few minutes.",
                }
            },
            status=500,
        )
    try:
        sheets = "".join(
            f'<link rel="stylesheet" href="{static(f"look/{name}.css")}">'
            for name in ("tokens", "base", "components")
        )
    except Exception:  # the collected static files may be what failed
        sheets = ""
    page = FAILED_PAGE.replace("SHEETS", sheets).replace("REFERENCE", reference)
    page = page.replace(
        "PHONE", f'<a class="phone" href="tel:{phone.replace("-", "")}">{phone}</a>' if phone else ""
    )
    return HttpResponse(page, status=500, headers={"Cache-Control": "no-store"})


FAILED_PAGE = """<!doctype html>
<html lang="zh-hans" class="public">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>我们这边出了问题 · Something failed on our side</title>SHEETS</head>
<body>
<header class="page-header"><div class="wrap"><a class="brand" href="/"><span class="brand-name">舟到</span></a></div></header>
<div class="wrap page-body"><main id="main" class="refusal">
<h1>我们这边出了问题</h1>
<dl><div><dt>保留了什么</dt><dd>之前办好的都在，最后一步没有保存。</dd></div>
<div><dt>接下来</dt><dd>请过几分钟再试。还是不行，请拨打 PHONE，报上编号 <span class="code">REFERENCE</span>。</dd></div></dl>
<hr>
<div lang="en"><h2>Something failed on our side</h2>
<dl><div><dt>What was kept</dt><dd>Everything you finished before. The last step was not saved.</dd></div>
<div><dt>What to do</dt><dd>Try again in a few minutes. If it fails again, call PHONE and give the number <span class="code">REFERENCE</span>.</dd></div></dl></div>
<div class="row"><a class="button" href="/">回到首页 <span lang="en">Home</span></a></div>
</main></div>
</body></html>
"""


# Health --------------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the service can answer, 503 while its database can't. Says nothing an outsider could use."""
    database = _database_answers()
    return JsonResponse(
        {
            "status": "ok" if database else "failing",
            "database": "ok" if database else "failing",
            "version": version("zhoudao"),
        },
        status=200 if database else 503,
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError as error:
        log.error("the database does not answer: %s", error)
        return False


# Installing on a phone's home screen -----------------------------------------------------------------------------------


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


# The page of components ------------------------------------------------------------------------------------------------


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
    form = sampler.SampleForm({"wrong-name": "", "wrong-phone": "128"}, prefix="wrong")
    form.is_valid()
    return form
