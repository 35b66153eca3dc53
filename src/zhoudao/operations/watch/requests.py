"""A number for each request, its line in the log, and how long it took."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from zhoudao.operations.watch import metrics
from zhoudao.operations.watch.logs import REQUEST_ID

HEADER = "X-Request-ID"
_NUMBER = re.compile(r"[A-Za-z0-9_-]{8,64}")
LOOPBACK = frozenset({"127.0.0.1", "::1"})
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"look:healthz", "readyz", "metrics"})
"""Asked every few seconds by machines: counted, but not logged."""

log = logging.getLogger("zhoudao.requests")


class RequestMiddleware:
    """The outermost of ours. A number that our own proxy gave is kept, so that its log and ours can be compared.

    The log names the route, never the address: numbers of applications stand in addresses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _let_machines_ask(request)
        number = _number_of(request)
        token = REQUEST_ID.set(number)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            _remember(request, response, time.perf_counter() - began)
        finally:
            REQUEST_ID.reset(token)
        response[HEADER] = number
        return response


def _let_machines_ask(request: HttpRequest) -> None:
    """A probe on this machine asks by address; it is answered as if it had used the platform's own name."""
    if request.path in PROBES and request.META.get("REMOTE_ADDR") in LOOPBACK:
        request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".*") or "localhost"


def _number_of(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "") if settings.PROXIES else ""
    return given if _NUMBER.fullmatch(given) else secrets.token_hex(8)


def _remember(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = request.resolver_match.view_name if request.resolver_match else "unknown"
    # Anybody can make a method up, and each would be a series that Prometheus keeps.
    method = request.method if request.method in METHODS else "other"
    metrics.REQUESTS.labels(route, method, f"{response.status_code // 100}xx").inc()
    metrics.SECONDS.labels(route).observe(seconds)
    if route in QUIET:
        return
    actor = getattr(request, "actor", None)
    facts = {
        "route": route,
        "method": request.method,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "role": str(actor.role) if actor else "",
    }
    log.log(
        logging.WARNING if response.status_code >= 500 else logging.INFO,
        "%s %s %s",
        request.method,
        route,
        response.status_code,
        extra={"facts": facts},
    )
