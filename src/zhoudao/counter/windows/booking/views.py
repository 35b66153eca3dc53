"""Booking a time, and one's appointment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.access import PUBLIC_ROLES, Role
from zhoudao.counter.windows.booking import actions, queries
from zhoudao.counter.windows.booking.rules import Booking
from zhoudao.counter.windows.labels import BOOKINGS
from zhoudao.counter.windows.problems import NotFound, Unusable
from zhoudao.counter.windows.views.pages import actor_of, language, service_name


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, code: str) -> HttpResponse:
    """``?item=`` or ``?service=`` says what for; with neither, the services to choose from."""
    actor = actor_of(request)
    offered = queries.choice(actor, code)
    item = next((each for each in offered.items if each.code == request.GET.get("item", "")), None)
    services = [code for code in offered.services if item is None or code in item.served_by]
    asked = request.GET.get("service", "")
    service = asked if asked in services else services[0] if item and services else ""
    if request.method == "POST" and service and request.POST.get("starts"):
        wish = actions.Wish(
            _moment(request.POST["starts"]),
            service,
            item.code if item else "",
            request.POST.get("mobile", ""),
            language(),
        )
        return redirect("windows:appointment", actions.book(actor, code, wish).code)
    missing = request.method == "POST"
    return render(
        request,
        "windows/book.html",
        {
            "point": offered.point,
            "item": item,
            "service": service,
            "service_name": service_name(service),
            "services": [(each, service_name(each)) for each in services],
            "days": list(queries.days(actor, code, service).items()) if service else [],
            "needs_mobile": actor.role not in (Role.RESIDENT, Role.AGENT),
            "missing": missing,
        },
        status=HTTPStatus.BAD_REQUEST if missing else HTTPStatus.OK,
    )


@never_cache
@require_safe
def appointment(request: HttpRequest, code: str) -> HttpResponse:
    """``?move=1``: with other times to choose from."""
    actor = actor_of(request)
    found = queries.held(actor, code)
    booked = found.appointment
    moving = "move" in request.GET and found.may_change
    return render(
        request,
        "windows/appointment.html",
        {
            "found": found,
            "booked": booked,
            "point": booked.point,
            "item": found.item,
            "service_name": service_name(booked.service),
            "state": BOOKINGS[Booking(booked.state)],
            "days": list(queries.days(actor, booked.point.code, booked.service).items()) if moving else [],
            "moving": moving,
            "is_public": actor.role in PUBLIC_ROLES,
        },
    )


@require_POST
def change(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """``move`` (with ``starts``), ``cancel`` or ``arrive``, which leads to the ticket."""
    actor = actor_of(request)
    if verb == "arrive":
        return redirect("windows:ticket", actions.arrive(actor, code).code)
    steps: dict[str, Callable[[], object]] = {
        "move": lambda: actions.move(actor, code, _moment(request.POST.get("starts", ""))),
        "cancel": lambda: actions.cancel(actor, code),
    }
    if verb not in steps:
        raise NotFound(verb)
    steps[verb]()
    return redirect("windows:appointment", code)


def _moment(text: str) -> datetime:
    """Raises Unusable."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Unusable(_("No time was chosen."), kept=_("Nothing was booked."), todo=_("Choose a time of the list."))
    return found
