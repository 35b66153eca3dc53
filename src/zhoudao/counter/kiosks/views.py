"""The keeper's page, and the interface of the devices: JSON, signed (docs/kiosks.md)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.look.refusals import Refusal, Unusable
from zhoudao.core.people.lockout import origin_of
from zhoudao.counter.applications import problems as applications_refuse
from zhoudao.counter.kiosks import actions, queries
from zhoudao.counter.kiosks.labels import NEEDS
from zhoudao.counter.kiosks.models import Kiosk
from zhoudao.counter.kiosks.problems import NotFound, NotTaken
from zhoudao.counter.kiosks.rules import LARGEST_BODY, BadRequest, Fault, Refused, Signed, health_of

Answer = dict[str, Any]

# Keepers -----------------------------------------------------------------------------------


@never_cache
@require_safe
def fleet(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """The code a kiosk enrols with is on the page that answers, and nowhere else."""
    code = request.POST.get("code", "").strip().upper()
    secret = actions.prepare(_actor(request), request.POST.get("point", ""), code)
    return _page(request, prepared=code, secret=secret)


@require_POST
def change(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    steps: dict[str, Callable[[], object]] = {
        "lock": lambda: actions.lock(_actor(request), code, request.POST.get("reason", "")),
        "unlock": lambda: actions.unlock(_actor(request), code),
    }
    if verb not in steps:
        raise NotFound(verb)
    steps[verb]()
    return redirect("kiosks:fleet")


def _page(request: HttpRequest, **more: str) -> HttpResponse:
    found = queries.fleet(_actor(request))
    rows = [(each, [NEEDS[Fault(need)] for need in each.needs]) for each in found.kiosks]
    return render(request, "kiosks/fleet.html", {"rows": rows, "points": found.points, **more})


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


# Devices -----------------------------------------------------------------------------------


@csrf_exempt  # A device has no cookie; the code stands for it, once.
@require_POST
def enrol(request: HttpRequest) -> JsonResponse:
    """``{"code", "public_key"}`` to ``{"kiosk"}``."""

    def answer() -> Answer:
        said = _object(request)
        kiosk = actions.enrol(_actor(request), str(said.get("code", "")), str(said.get("public_key", "")))
        return {"kiosk": kiosk.code, "point": kiosk.point.code}

    return _told(answer)


@csrf_exempt  # It is signed.
@require_POST
def heartbeat(request: HttpRequest) -> JsonResponse:
    """``{"version", "paper", "faults"}`` to whether the kiosk is locked, and the time."""

    def answer() -> Answer:
        actor, kiosk = _recognised(request)
        try:
            health = health_of(_object(request))
        except ValueError as bad:
            raise Unusable(str(bad)) from None
        held = actions.beat(actor, kiosk, health)
        return {"locked": held.locked_at is not None, "reason": held.lock_reason, "now": _seconds()}

    return _told(answer)


@csrf_exempt  # It is signed.
@require_POST
def items(request: HttpRequest) -> JsonResponse:
    """``{"held"}`` to what people can ask for there, or to nothing when that is held already."""

    def answer() -> Answer:
        actor, kiosk = _recognised(request)
        found = queries.offer(actor, kiosk, str(_object(request).get("held", "")))
        if found is None:
            return {}
        listed = [{"item": item, "version": version} for item, version in found.items]
        return {"tag": found.tag, "items": listed}

    return _told(answer)


@csrf_exempt  # It is signed.
@require_POST
def applications(request: HttpRequest) -> JsonResponse:
    """``{"key", "item", "version", "card": {"kind", "number"}, "answers", "papers"}`` to the receipt."""

    def answer() -> Answer:
        actor, kiosk = _recognised(request)
        said = _object(request)
        card, answers, papers = said.get("card"), said.get("answers", {}), said.get("papers", [])
        if not isinstance(card, dict) or not isinstance(answers, dict) or not isinstance(papers, list):
            raise Unusable("expected card, answers and papers")
        version = said.get("version", 0)
        if not isinstance(version, int) or version < 0:
            raise Unusable("version: expected a whole number")
        filing = actions.Filing(
            str(said.get("key", "")),
            str(said.get("item", "")),
            str(card.get("kind", "")),
            str(card.get("number", "")),
            {str(name): str(value) for name, value in answers.items()},
            [str(each) for each in papers],
            version,
        )
        receipt = actions.apply(actor, kiosk, filing)
        return {"number": receipt.number, "due_at": receipt.due_at.isoformat(), "new": receipt.new}

    return _told(answer)


def _recognised(request: HttpRequest) -> tuple[Actor, Kiosk]:
    """Raises BadRequest."""
    headers = request.headers
    try:
        signed = Signed(
            str(request.method),
            request.path,
            request.body,
            int(headers.get("X-Kiosk-Time", "")),
            headers.get("X-Kiosk-Nonce", ""),
            base64.b64decode(headers.get("X-Kiosk-Signature", ""), validate=True),
        )
    except (ValueError, binascii.Error):
        raise BadRequest("signature") from None
    return actions.recognise(headers.get("X-Kiosk", ""), signed, origin_of(request))


def _object(request: HttpRequest) -> dict[str, Any]:
    """Raises Unusable."""
    if len(request.body) > LARGEST_BODY:
        raise Unusable("the body is too large")
    try:
        said = json.loads(request.body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unusable("expected one JSON object")
    return said


def _told(answer: Callable[[], Answer]) -> JsonResponse:
    """An answer, or one word why not and what a kiosk should know: a device reads no page."""
    try:
        return JsonResponse(answer())
    except BadRequest as bad:
        return JsonResponse({"error": bad.reason, "now": _seconds()}, status=401)
    except applications_refuse.Incomplete as missing:
        return JsonResponse({"error": Refused.INCOMPLETE, "words": str(missing)}, status=400)
    except NotTaken as refused:
        return JsonResponse({"error": refused.reason}, status=refused.http_status)
    except (Refusal, applications_refuse.Unusable, applications_refuse.Conflict) as refused:
        words = {"error": Refused.REFUSED, "words": refused.what, "todo": refused.todo}
        return JsonResponse(words, status=refused.http_status)


def _seconds() -> int:
    return int(clock.machine_now().timestamp())
