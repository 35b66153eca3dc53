"""The clerk's screen: call, serve, next. Its part that changes is fetched alone."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhoudao.counter.windows import actions
from zhoudao.counter.windows.labels import STEPS
from zhoudao.counter.windows.problems import NotFound, not_at_a_window
from zhoudao.counter.windows.queries import desks
from zhoudao.counter.windows.rules import MOST_PASSED_OVER, MOST_RECALLS, Lane, Verb
from zhoudao.counter.windows.views.pages import actor_of, item_names, service_name, shown


@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The window one sits at, or the windows to choose from. ``?part=1``: only what changes."""
    actor = actor_of(request)
    found = desks.desk(actor)
    if found is None:
        if "part" in request.GET:
            raise not_at_a_window()
        return render(request, "windows/sit.html", {"choices": desks.choices(actor)})
    return _screen(request, found)


def _screen(request: HttpRequest, found: desks.Desk) -> HttpResponse:
    names = item_names(actor_of(request))
    at = found.at
    in_part = "part" in request.GET or request.headers.get("HX-Request") == "true"
    return render(
        request,
        "windows/parts/desk.html" if in_part else "windows/desk.html",
        {
            "desk": found,
            "point": found.point,
            "at": shown(at, names) if at else None,
            "most": MOST_PASSED_OVER,
            "recalls_left": MOST_RECALLS - at.recalls if at else 0,
            "history": [(STEPS[Verb(each.verb)], each) for each in found.history],
            "line": [shown(each, names) for each in found.line],
            "held": [shown(each, names) for each in found.held],
            "missed": [shown(each, names) for each in found.missed],
            "services": [
                (code, service_name(code))
                for code in sorted({code for each in found.others for code in each.services})
            ],
        },
    )


@require_POST
def sit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    actions.sit(actor_of(request), code, number)
    return redirect("windows:desk")


@require_POST
def step(request: HttpRequest, verb: str) -> HttpResponse:
    """Take a step: ``call``, ``pause``, ``resume``, ``leave``; with ``ticket`` those of a ticket."""
    actor, post = actor_of(request), request.POST
    code, reason = post.get("ticket", ""), post.get("reason", "")
    where = post.get("window", "")
    steps: dict[str, Callable[[], object]] = {
        "call": lambda: actions.call_next(actor),
        "recall": lambda: actions.recall(actor, code),
        "begin": lambda: actions.begin(actor, code),
        "hold": lambda: actions.hold(actor, code, reason),
        "return": lambda: actions.give_back_turn(actor, code),
        "transfer": lambda: actions.transfer(
            actor,
            code,
            service=post.get("service", ""),
            window_number=int(where) if where.isascii() and where.isdecimal() and len(where) < 3 else None,
            reason=reason,
        ),
        "ordinary": lambda: actions.transfer(actor, code, lane=Lane.ORDINARY, reason=reason),
        "no-show": lambda: actions.no_show(actor, code),
        "rejoin": lambda: actions.rejoin(actor, code),
        "close": lambda: actions.close(actor, code),
        "close-and-call": lambda: (actions.close(actor, code), actions.call_next(actor)),
        "pause": lambda: actions.pause(actor, True),
        "resume": lambda: actions.pause(actor, False),
        "leave": lambda: actions.stand_up(actor),
    }
    if verb not in steps:
        raise NotFound(verb)
    steps[verb]()
    found = desks.desk(actor) if request.headers.get("HX-Request") == "true" else None
    return _screen(request, found) if found else redirect("windows:desk")
