"""What the room's pages share."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.cases.rules import NOTING
from zhoudao.desk.cases.web import actor_of, page
from zhoudao.desk.evidence import queries as evidence
from zhoudao.desk.money.drawing.paper import TYPES, Drawing, printed, sheet
from zhoudao.desk.money.rules import Format


def shown_in(request: HttpRequest, template: str, here: Inside, context: dict[str, object]) -> HttpResponse:
    """A page of this room; whether the reader may save a view is said to every one of them."""
    may_note = here.duty in NOTING and here.case.closed_at is None
    return page(request, template, here, {"may_note": may_note, **context})


def no_ledger(request: HttpRequest, number: str) -> HttpResponseBase:
    found = evidence.files_page(actor_of(request), number)
    return page(request, "evidence/no_ledger.html", found.here, {"running": found.running}, status=404)


def format_of(kind: str) -> Format:
    try:
        return Format(kind)
    except ValueError:
        raise Http404(f"no picture as {kind}") from None


def taken_out(drawing: Drawing, title: str, notes: Sequence[str], into: Format, name: str) -> HttpResponse:
    response = HttpResponse(printed(sheet(drawing, title, notes), into), content_type=TYPES[into])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{into.value}")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
