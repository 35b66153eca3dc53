"""The interface for programs at /api/v1/: what every room offers there, how often one may ask, what errors say.

There is no page of documentation: it would need scripts from elsewhere. ``/api/v1/openapi.json`` describes everything,
and docs/api.md says it in words.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import Throttled, ValidationError
from ninja.renderers import JSONRenderer
from ninja.throttling import BaseThrottle

from zhoudao.core import city
from zhoudao.core.access import Forbidden
from zhoudao.core.audit.actions import record_refusal
from zhoudao.core.look.views import WORDS
from zhoudao.counter.catalog.queries import UnknownItem
from zhoudao.counter.places import api as places
from zhoudao.counter.places.coverage.queries import NoHomes
from zhoudao.counter.places.coverage.rules import BadPlan
from zhoudao.counter.places.journeys.network import NoNetwork
from zhoudao.counter.places.journeys.rules import BadQuestion
from zhoudao.counter.places.queries import NotInDirectory

MOST_ADDRESSES = 20_000
"""Addresses remembered at most in a process; whoever has been quiet longest is forgotten, with a full bucket."""


@dataclass
class Buckets:
    """A bucket of tokens for each address, filled evenly: as many a minute as it holds."""

    clock: Callable[[], float] = time.monotonic
    _levels: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    """By address: tokens left, and when that was."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str, per_minute: int) -> float:
        """Take a token; 0.0 when there was one, else the seconds until there is."""
        now, rate = self.clock(), per_minute / 60
        with self._lock:
            level, since = self._levels.pop(address, (float(per_minute), now))
            level = min(float(per_minute), level + (now - since) * rate)
            wait = 0.0 if level >= 1 else (1 - level) / rate
            self._levels[address] = (level if wait else level - 1, now)
            if len(self._levels) > MOST_ADDRESSES:
                self._levels.popitem(last=False)
        return wait


class PerAddress(BaseThrottle):
    """So many questions a minute from one address, in each web process."""

    def __init__(self) -> None:
        self.buckets = Buckets()
        self._waits = threading.local()

    def allow_request(self, request: HttpRequest) -> bool:
        per_minute = settings.API_PER_MINUTE
        if not per_minute:
            return True
        self._waits.seconds = self.buckets.take(request.META.get("REMOTE_ADDR", ""), per_minute)
        return not self._waits.seconds

    def wait(self) -> float:
        return self._waits.seconds


class Readable(JSONRenderer):
    """Chinese as it is written, a third of the length."""

    json_dumps_params = {"ensure_ascii": False}


throttle = PerAddress()
api = NinjaAPI(
    title="Zhoudao (舟到)",
    version="1",
    description="Where something is done, and where one is served soonest. Times are ISO 8601 with an offset, "
    "coordinates WGS-84 degrees.",
    urls_namespace="api",
    docs_url=None,
    renderer=Readable(),
    throttle=[throttle],
)
api.add_router("", places.router)


# Errors ---------------------------------------------------------------------------------------------------------------

CODES = {
    400: "unusable",
    403: "forbidden",
    404: "not_found",
    422: "unreadable",
    429: "too_many",
    503: "not_ready",
}


def _refuse(request: HttpRequest, status: int, what: str, todo: str, **more: Any) -> HttpResponse:
    """The house's JSON for errors, as everywhere else."""
    problem = {
        "status": status,
        "code": CODES[status],
        "what": what,
        "kept": "",
        "todo": todo,
        "phone": city.current().help_phone,
        **more,
    }
    return api.create_response(request, {"error": problem}, status=status)


def _said(request: HttpRequest, error: Any) -> HttpResponse:
    """An error of a room that says itself what happened and what to do."""
    return _refuse(request, error.http_status, error.what, error.todo, **places.problem_of(error))


for kind in (UnknownItem, BadQuestion, NoNetwork, NoHomes):
    api.add_exception_handler(kind, _said)


@api.exception_handler(NotInDirectory)
@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return _refuse(request, 404, str(WORDS[404].what), str(WORDS[404].todo))


@api.exception_handler(BadPlan)
def _bad_plan(request: HttpRequest, error: Exception) -> HttpResponse:
    return _refuse(request, 400, str(error), str(WORDS[400].todo))


@api.exception_handler(Forbidden)
def _forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
    record_refusal(error)
    return _refuse(request, 403, str(WORDS[403].what), str(WORDS[403].todo))


@api.exception_handler(ValidationError)
def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = [{"field": ".".join(map(str, each["loc"][1:])), "problem": each["msg"]} for each in error.errors]
    return _refuse(request, 422, str(WORDS[400].what), str(WORDS[400].todo), fields=fields)


@api.exception_handler(Throttled)
def _too_many(request: HttpRequest, error: Throttled) -> HttpResponse:
    seconds = max(1, math.ceil(error.wait or 0))
    response = _refuse(request, 429, str(WORDS[429].what), str(WORDS[429].todo))
    response["Retry-After"] = str(seconds)
    return response
