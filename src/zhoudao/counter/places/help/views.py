"""Asking for help, and answering."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.access import Actor
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.places import queries as places
from zhoudao.counter.places.help import actions, queries
from zhoudao.counter.places.help.forms import AnswerForm, AskForm
from zhoudao.counter.places.help.labels import HELP_STATES
from zhoudao.counter.places.help.models import HelpTicket
from zhoudao.counter.places.help.rules import Status
from zhoudao.counter.places.queries import NotInDirectory, PointPage


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """``?point=`` and ``?item=`` say what it is about; both may be left out. ``?number=`` looks a ticket up."""
    if "number" in request.GET:
        found = queries.progress(_actor(request), request.GET["number"])
        if found:
            return redirect("places:help_ticket", found.ticket.number)
    page, item = _about(request)
    language = get_language() or "zh-hans"
    form = AskForm(request.POST or None, asks_district=page is None, language=language)
    if request.method == "POST" and form.is_valid():
        left = actions.ask(
            _actor(request),
            form.cleaned_data["message"],
            page.place.point.district if page else form.cleaned_data["district"],
            point=page.place.point if page else None,
            item=item.code if item else "",
            contact=form.cleaned_data["contact"],
            language=language,
        )
        return redirect(f"{reverse('places:help_ticket', args=[left.number])}?{urlencode({'new': 1})}")
    return render(
        request,
        "places/help/ask.html",
        {"form": form, "page": page, "item": item, "unknown": request.GET.get("number", "")},
        status=HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK,
    )


@never_cache
@require_safe
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """How far a question has got; its number opens it."""
    found = queries.progress(_actor(request), number)
    if found is None:
        raise Http404(f"no ticket {number}")
    return render(
        request,
        "places/help/ticket.html",
        {
            "ticket": found.ticket,
            "answer": found.answer,
            "state": HELP_STATES[Status(found.ticket.status)],
            "is_new": "new" in request.GET,
        },
    )


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The questions of a clerk's districts."""
    wanted = request.GET.get("status", Status.OPEN.value)
    status = Status(wanted) if wanted in set(Status) else Status.OPEN
    tickets = queries.waiting(_actor(request), status)
    names = _item_names(_actor(request))
    return render(
        request,
        "places/help/desk.html",
        {
            "rows": [(each, names.get(each.item)) for each in tickets],
            "status": status.value,
            "tabs": [(str(HELP_STATES[each][1]), f"?status={each.value}", each is status) for each in Status],
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """One question, and the form that answers it."""
    found = queries.ticket(_actor(request), number)
    if found is None:
        raise Http404(f"no ticket {number}")
    form = AnswerForm(request.POST or None, initial={"answer": str(found.answer or "")})
    if request.method == "POST" and form.is_valid():
        actions.answer(_actor(request), number, form.cleaned_data["answer"])
        messages.success(request, _("Answered. It is on its way."))
        return redirect("places:help_desk")
    return render(
        request,
        "places/help/answer.html",
        {
            "ticket": found,
            "form": form,
            "item": _item_names(_actor(request)).get(found.item),
            "state": HELP_STATES[Status(found.status)],
        },
    )


@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    try:
        actions.close(_actor(request), number)
    except HelpTicket.DoesNotExist:
        raise Http404(f"no ticket {number}") from None
    messages.success(request, _("Closed."))
    return redirect("places:help_desk")


def _about(request: HttpRequest) -> tuple[PointPage | None, Item | None]:
    """The point and the item a question is about; what is not in the directory is as if nobody had said it."""
    try:
        point = places.point(_actor(request), request.GET.get("point", ""))
    except NotInDirectory:
        point = None
    items = {item.code: item for item in catalog.definitions(_actor(request))}
    return point, items.get(request.GET.get("item", ""))


def _item_names(actor: Actor) -> dict[str, object]:
    return {item.code: item.name for item in catalog.definitions(actor)}


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there
