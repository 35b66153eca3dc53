"""The error pages: what happened, what was kept, what to do, and the phone that helps."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from zhoudao.core import city
from zhoudao.core.access import STAFF_ROLES, VISITOR, Forbidden

log = logging.getLogger(__name__)

FAILED_PAGE = (Path(__file__).parents[1] / "templates" / "look" / "failed.html").read_text(encoding="utf-8")
"""Read once at the start, and filled in without the template engine: see ``server_error``."""


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
            "If your work needs it, ask your security officer for the role."
            " Otherwise go on from your start page."
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
    """403; someone who has not signed in is shown the way to do so instead, and comes back to where they
    were.
    """
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
    """500, in both languages, made without templates, sessions or the database: any of them may be what
    failed.
    """
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
        "PHONE", f'<a class="nowrap" href="tel:{phone.replace("-", "")}">{phone}</a>' if phone else ""
    )
    return HttpResponse(page, status=500, headers={"Cache-Control": "no-store"})
