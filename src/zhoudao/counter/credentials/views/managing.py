"""The staff's pages: certificates of a district, what may be done to one, and the keys."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import city
from zhoudao.core.access import Actor, allowed
from zhoudao.core.look import words
from zhoudao.counter.credentials import actions, queries
from zhoudao.counter.credentials.forms import ReasonForm
from zhoudao.counter.credentials.labels import CHANGES, STANDINGS
from zhoudao.counter.credentials.models import Credential
from zhoudao.counter.credentials.queries import Shown
from zhoudao.counter.credentials.rules import ROTATE_KEY, is_number


@never_cache
@require_safe
def of_district(request: HttpRequest) -> HttpResponse:
    number = request.GET.get("number", "").strip().upper()
    found, page = queries.of_district(_actor(request), number, _page(request))
    districts = {
        district.code: words.text(district.name, _language()) for district in city.current().districts
    }
    rows = [
        (
            row,
            row.names.get(_language(), ""),
            districts.get(row.district, row.district),
            STANDINGS[row.standing],
        )
        for row in found
    ]
    mistyped = bool(number) and len(number) == 16 and not is_number(number)
    return render(
        request,
        "credentials/of_district.html",
        {"page": page, "rows": rows, "number": number, "mistyped": mistyped},
    )


@never_cache
@require_safe
def one(request: HttpRequest, number: str) -> HttpResponse:
    return _one(request, _shown(request, number), ReasonForm())


@require_POST
def change(request: HttpRequest, number: str, change: str) -> HttpResponse:
    """Endorse, suspend, reinstate or revoke, with a reason where one is asked."""
    if change not in CHANGES:
        raise Http404(f"no such change: {change}")
    form = ReasonForm(request.POST)
    if change != "endorse" and not form.is_valid():
        return _one(request, _shown(request, number), form, HTTPStatus.BAD_REQUEST)
    try:
        if change == "endorse":
            actions.endorse(_actor(request), number)
        else:
            verb = {"suspend": actions.suspend, "reinstate": actions.reinstate, "revoke": actions.revoke}[
                change
            ]
            verb(_actor(request), number, form.cleaned_data["reason"])
    except Credential.DoesNotExist:
        raise Http404(f"no certificate {number}") from None
    messages.success(request, str(CHANGES[change][1]))
    return redirect("credentials:one", number)


@never_cache
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    found, newest = queries.keys(_actor(request))
    return render(
        request,
        "credentials/keys.html",
        {"keys": found, "newest": newest, "may_rotate": allowed(_actor(request), ROTATE_KEY)},
    )


@require_POST
def rotate(request: HttpRequest) -> HttpResponse:
    actions.rotate_key(_actor(request))
    messages.success(request, _("A new key signs from now on."))
    return redirect("credentials:keys")


def _one(
    request: HttpRequest, shown: Shown, form: ReasonForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    credential = shown.credential
    open_changes = queries.changes_open_to(_actor(request), credential)
    return render(
        request,
        "credentials/one.html",
        {
            "shown": shown,
            "credential": credential,
            "kind": credential.kind.names.get(_language(), ""),
            "district": words.text(city.current().district(credential.district).name, _language()),
            "standing": STANDINGS[shown.standing],
            "form": form,
            "with_reason": [(change, CHANGES[change][0]) for change in open_changes if change != "endorse"],
            "may_endorse": "endorse" in open_changes,
        },
        status=status,
    )


def _shown(request: HttpRequest, number: str) -> Shown:
    found = queries.one_of_district(_actor(request), number)
    if found is None:
        raise Http404(f"no certificate {number}")
    return found


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 7 else 1


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there


def _language() -> str:
    return get_language() or "zh-hans"
