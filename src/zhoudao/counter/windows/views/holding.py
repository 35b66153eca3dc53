"""Taking a ticket, following it, giving it back."""

from __future__ import annotations

from http import HTTPStatus

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.counter.places.help.rules import new_number as new_code
from zhoudao.counter.windows import actions
from zhoudao.counter.windows.labels import GROUNDS, STEPS
from zhoudao.counter.windows.problems import Unusable
from zhoudao.counter.windows.queries import tickets
from zhoudao.counter.windows.rules import MOST_PASSED_OVER, Channel, Ground, State, Verb
from zhoudao.counter.windows.speech import announcement
from zhoudao.counter.windows.views.pages import actor_of, as_wait, item_names, service_name, shown

FORM = "windows.take"
"""What the code in a form is signed for: nobody chooses a code of their own."""
FORM_SECONDS = 900
"""A form that lay longer takes a new ticket."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, code: str) -> HttpResponse:
    """``?item=`` says what for. ``?at=door`` is the machine in the hall: its tickets count as taken at the door."""
    actor, offer = actor_of(request), tickets.offer(actor_of(request), code)
    item = next((each for each in offer.items if each.code == request.GET.get("item", "")), None)
    if request.method == "POST":
        chosen = request.POST.get("service", "")
        ground = request.POST.get("ground", "")
        if ground and ground not in set(Ground):
            raise Unusable(_("This is no ground to go first."), todo=_("Choose one of the list."))
        if not chosen and item is None:
            return _offered(request, offer, item, missing=True)
        ticket = actions.take(
            actor,
            code,
            service="" if item else chosen,
            item=item.code if item else "",
            channel=Channel.DOOR if request.GET.get("at") == "door" else Channel.PHONE,
            ground=Ground(ground) if ground else None,
            code=_code_of_form(request),
        )
        return redirect("windows:ticket", ticket.code)
    return _offered(request, offer, item)


def _code_of_form(request: HttpRequest) -> str:
    """The code this form was given; empty where there is none that counts."""
    try:
        return str(signing.loads(request.POST.get("form", ""), salt=FORM, max_age=FORM_SECONDS))
    except signing.BadSignature:
        return ""


def _offered(request: HttpRequest, offer: tickets.Offer, item: object, missing: bool = False) -> HttpResponse:
    return render(
        request,
        "windows/take.html",
        {
            "offer": offer,
            "point": offer.point,
            "item": item,
            "services": [
                (each, service_name(each), offer.waiting.get(each, 0), as_wait(offer.guesses.get(each)))
                for each in offer.services
            ],
            "grounds": [(each.value, *words) for each, words in GROUNDS.items()],
            "form": signing.dumps(new_code(), salt=FORM),
            "missing": missing,
            "most": MOST_PASSED_OVER,
        },
        status=HTTPStatus.BAD_REQUEST if missing else HTTPStatus.OK,
    )


@never_cache
@require_safe
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """The part that changes is fetched alone (``?part=1``) whenever the queue changes."""
    found = tickets.followed(actor_of(request), code)
    own = found.ticket
    called = own.state in (State.CALLED, State.SERVING) and own.window is not None
    return render(
        request,
        "windows/parts/ticket.html" if "part" in request.GET else "windows/ticket.html",
        {
            "found": found,
            "wait": as_wait(found.guess),
            "ticket": own,
            "shown": shown(own, item_names(actor_of(request))),
            "point": own.point,
            "announcement": announcement(own.number, own.window.number) if called and own.window else "",
            "most": MOST_PASSED_OVER,
            "steps": [(STEPS[Verb(each.verb)], each) for each in own.events.select_related("window")],
        },
    )


@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponse:
    actions.leave(actor_of(request), code)
    return redirect("windows:ticket", code)
