"""What the pages of every room inside a case share: the way in, the frame, the tabs.

@in_case
def files(request, number): ...             # a member without a sitting is asked what for, and comes back

return page(request, "evidence/files.html", here, {...})
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.desk.cases import ports
from zhoudao.desk.cases.gate import Inside, NotEntered
from zhoudao.desk.cases.labels import BASES, DUTIES, OFFENCES, PURPOSES
from zhoudao.desk.cases.queries import SOON
from zhoudao.desk.cases.rules import Basis, Duty, Offence, Purpose

View = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there


def in_case(view: View) -> View:
    """Who has not said what they enter for is asked, and led back here. Nothing of a case is kept by the browser."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, number: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, number, *args, **kwargs)
        except NotEntered:
            back = (
                request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "")
            )
            way = f"{reverse('cases:enter', args=[number])}?{urlencode({'next': back})}"
            if getattr(request, "htmx", False) or request.headers.get("X-Requested-With"):
                return HttpResponse(status=204, headers={"HX-Redirect": way})
            return redirect(way)

    return guarded


def frame(here: Inside, request: HttpRequest) -> dict[str, object]:
    """What ``cases/frame.html`` shows of a case."""
    case, now = here.case, clock.now()
    root = reverse("cases:overview", args=[case.number])
    beyond = request.path.removeprefix(root)
    tabs = [
        {
            "label": tab.label,
            "url": reverse(tab.route, args=[case.number]),
            "current": beyond.startswith(tab.under) if tab.under else beyond == "",
        }
        for tab in ports.tabs()
    ]
    return {
        "case": case,
        "duty": DUTIES[here.duty],
        "duty_code": here.duty.value,
        "is_lead": here.duty is Duty.LEAD,
        "may_work": here.duty in (Duty.LEAD, Duty.ANALYST) and case.closed_at is None,
        "basis": BASES[Basis(case.basis)],
        "offence": OFFENCES[Offence(case.offence)],
        "expires_soon": now < case.expires_at <= now + SOON,
        "case_tabs": tabs,
        "sitting_purpose": PURPOSES[Purpose(here.sitting.purpose)] if here.sitting else "",
    }


def page(
    request: HttpRequest,
    template: str,
    here: Inside,
    context: dict[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(request, template, {**frame(here, request), **(context or {})}, status=status)


async def pieces_apart(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces of a long answer, each made in a thread, so that the server's loop never waits for them."""
    nothing = object()
    while (piece := await asyncio.to_thread(next, pieces, nothing)) is not nothing:
        yield piece  # type: ignore[misc]
