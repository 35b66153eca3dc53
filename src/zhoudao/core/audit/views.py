"""The auditor's pages: the trail, its verification, and a copy as a table. No personal data is on them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit import actions, queries
from zhoudao.core.audit.forms import OUTCOMES, FilterForm, role_names
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.audit.rules import Outcome
from zhoudao.core.parsing import whole_number
from zhoudao.core.spreadsheets import inert
from zhoudao.engines.seals.chain import Row

VERIFIED_AT_ONCE = 100_000
"""Rows that the page's button walks through; the command walks them all."""
BADGES = {Outcome.DONE: "done", Outcome.REFUSED: "waiting", Outcome.FAILED: "danger"}


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    before = request.GET.get("before", "")
    page = queries.page(_actor(request), form.wanted(), whole_number(before))
    chosen = {name: value for name, value in request.GET.items() if name in form.fields and value}
    return render(
        request,
        "audit/trail.html",
        {
            "form": form,
            "rows": [_shown(row) for row in page.rows],
            "newest": before and f"?{urlencode(chosen)}",
            "older": page.older and f"?{urlencode({**chosen, 'before': page.older})}",
            "table": urlencode(chosen),
            "verified_at_once": VERIFIED_AT_ONCE,
        },
    )


def _shown(row: AuditRow) -> dict[str, object]:
    outcome = Outcome(row.outcome)
    return {
        "row": row,
        "who": _shortened(row.actor),
        "subject": _shortened(row.subject),
        "role": role_names().get(row.role, row.role),
        "facts": json.loads(row.details).items(),
        "badge": BADGES[outcome],
        "outcome": OUTCOMES[outcome],
    }


def _shortened(key: str) -> str:
    """A pseudonym cut to what the eye can tell apart; the whole of it is in the row's details."""
    kind, mark, digits = key.partition("#")
    return f"{kind}{mark}{digits[:8]}"


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    found = actions.verify(_actor(request), newest=VERIFIED_AT_ONCE)
    return render(request, "audit/verified.html", {"found": found, "at": clock.now()})


@require_safe
def table(request: HttpRequest) -> StreamingHttpResponse:
    """Every row that matches, as CSV, a thousand at a time however many there are."""
    wanted = FilterForm(request.GET).wanted()
    actions.begin_table(_actor(request), wanted)
    response = StreamingHttpResponse(_as_csv(_actor(request), wanted), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


async def _as_csv(actor: Actor, wanted: queries.Filter) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf" + _lines([Row._fields])  # the mark by which spreadsheets know UTF-8
    last = 0
    while rows := await sync_to_async(queries.rows_after)(actor, wanted, last):
        yield _lines([_plain(getattr(row, name)) for name in Row._fields] for row in rows)
        last = rows[-1].sequence


def _plain(value: object) -> str:
    """Text that a spreadsheet won't take for a formula."""
    return str(inert(value.isoformat() if hasattr(value, "isoformat") else str(value)))


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]
