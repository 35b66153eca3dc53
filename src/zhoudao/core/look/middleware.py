"""Turns what actions refuse into pages that say what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from zhoudao.core.access import Forbidden
from zhoudao.core.audit.actions import record_refusal
from zhoudao.core.look import views


class RefusalMiddleware:
    """An exception that names its ``http_status``, or ``Forbidden``, becomes its page; a refusal is also kept
    in the audit trail. Anything else stays a 500.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            raise BadRequest("an address with the character NUL, which PostgreSQL keeps in no text")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Forbidden):
            record_refusal(exception)
            return views.forbidden(request, exception)
        if getattr(exception, "http_status", None) in views.WORDS:
            return views.refused(request, exception)
        return None
