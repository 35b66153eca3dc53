"""The pages of invoice cases: parse, call one action or query, render."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core.look.words import text
from zhoudao.core.parsing import whole_number
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.web import actor_of, in_case, page
from zhoudao.desk.evidence.rules import IMPORT
from zhoudao.desk.findings.forms import DecideForm
from zhoudao.desk.findings.labels import JOB_STATES, VERDICTS
from zhoudao.desk.findings.rules import JobState, Verdict
from zhoudao.desk.trade import actions, queries, telling
from zhoudao.desk.trade.labels import FIGURES, STOPPED
from zhoudao.desk.trade.models import FoundCase
from zhoudao.desk.trade.report import TYPES, paper
from zhoudao.desk.trade.rules import ROWS_SHOWN, Paper
from zhoudao.engines.invoices.dossier import HEADINGS

MONTH = re.compile(r"\d{4}-\d{2}")


@in_case
@require_safe
def start(request: HttpRequest, number: str) -> HttpResponse:
    found = queries.start_page(actor_of(request), number)
    return page(
        request,
        "trade/start.html",
        found.here,
        {
            "running": found.running,
            "last": found.last,
            "last_state": JOB_STATES[JobState(found.last.state)] if found.last else None,
            "done": found.done,
            "found": [(each, VERDICTS[Verdict(each.finding.verdict)]) for each in found.found if each.finding],
            "files": found.accounting.get("files", []),
            "not_checked": found.accounting.get("not_checked", []),
            "leads": found.accounting.get("leads", []),
            "refused": found.refused,
        },
    )


@in_case
@require_POST
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Files, one by one from the page's script, which reads JSON; a plain form is led back."""
    gate.seated(actor_of(request), number, IMPORT)
    received = [actions.receive(actor_of(request), number, each) for each in request.FILES.getlist("files")]
    kept = sum(len(each.kept) for each in received)
    again = sum(len(each.again) for each in received)
    said = ngettext("%(count)d file kept", "%(count)d files kept", kept) % {"count": kept}
    if request.headers.get("X-Requested-With"):
        return JsonResponse({"said": said, "kept": kept, "again": again})
    if received:
        messages.success(request, said)
    else:
        messages.error(request, _("Choose a file first."))
    return redirect("trade:start", number)


@in_case
@require_POST
def screen(request: HttpRequest, number: str) -> HttpResponse:
    actions.start_screening(actor_of(request), number)
    return redirect("trade:start", number)


@in_case
@require_safe
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """How far the screening is, for htmx; when it has ended, the page is loaded anew."""
    running = queries.under_way(actor_of(request), number)
    if running is None:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "trade/parts/progress.html", {"running": running, "number": number})


@in_case
@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    actions.cancel_screening(actor_of(request), number)
    return redirect("trade:start", number)


@in_case
@require_safe
def found_(request: HttpRequest, number: str, found: int) -> HttpResponse:
    """``?from=`` the firm widened from, ``?step=`` how far: their numbers in the case's own steps."""
    try:
        seen = queries.case_page(actor_of(request), number, found)
    except FoundCase.DoesNotExist:
        raise Http404("no such invoice case") from None
    told, language = seen.told, request.LANGUAGE_CODE
    widenings = told["widenings"]
    begin = min(max(whole_number(request.GET.get("from")) or 1, 1), len(widenings))
    widened = widenings[begin - 1]
    count = len(widened["steps"])
    step = min(max(whole_number(request.GET.get("step")) or count, 1), count)
    taken = [each["firm"] for each in widened["steps"][:step]]
    return page(
        request,
        "trade/found.html",
        seen.here,
        {
            "found": seen.found,
            "told": told,
            "figures": [
                {"label": FIGURES[name], "name": name, "is_money": name.endswith("_fen"), **figure}
                for name, figure in told["figures"].items()
            ],
            "begin": begin,
            "step": step,
            "count": count,
            "starts": [(place, each["name"] or each["firm"]) for place, each in _starts(told)],
            "steps": telling.steps(widened["steps"], step, language),
            "stopped": STOPPED.get(widened["stopped"], "") if step == count else "",
            "not_taken": telling.steps([widened["next"]], 1, language)[0] if widened["next"] else None,
            "data": telling.network(told, taken),
            "edges": telling.edges(told, taken),
            "layers": telling.layers(told, language, reverse("trade:rows", args=[number, found])),
            "timeline": telling.timeline(told),
            "firms": telling.firms(told),
            "people": told["case"]["people"],
            "finding": seen.finding,
            "following": seen.following,
            "members": seen.members,
            "verdict": VERDICTS[Verdict(seen.finding.verdict)],
            "form": DecideForm(),
        },
    )


def _starts(told: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    return list(enumerate(told["case"]["steps"], 1))


@in_case
@require_safe
def rows(request: HttpRequest, number: str, found: int) -> HttpResponse:
    """``?figure=`` or ``?heading=``, ``?month=``: the raw rows a figure or a dot of the layers is a sum over."""
    at = max(whole_number(request.GET.get("page")) or 1, 1)
    month = request.GET.get("month", "")
    month = month if MONTH.fullmatch(month) else ""
    figure = request.GET.get("figure", "")
    headings = telling.headings_of(figure) or [
        each for each in request.GET.getlist("heading") if each in HEADINGS
    ]
    try:
        seen = queries.rows_page(actor_of(request), number, found, headings, month, at)
    except FoundCase.DoesNotExist:
        raise Http404("no such invoice case") from None
    if not headings:
        raise Http404("no such rows")
    language = request.LANGUAGE_CODE
    titles = [text(HEADINGS[each], language) for each in headings]
    shown = Paginator(range(seen.count), ROWS_SHOWN).get_page(at)
    return page(
        request,
        "trade/rows.html",
        seen.here,
        {
            "found": seen.found,
            "title": str(FIGURES[figure]) if figure in FIGURES else titles[0],
            "titles": titles,
            "month": month,
            "rows": seen.rows,
            "count": seen.count,
            "sums": [(currency, *sums) for currency, sums in seen.sums.items()],
            "page": shown,
            "query": urlencode(
                {"figure": figure} if figure else {"heading": headings, "month": month}, doseq=True
            ),
        },
    )


@in_case
@require_safe
def report(request: HttpRequest, number: str, found: int, kind: str) -> HttpResponseBase:
    """The report as PDF or Word. The evidence package, which has both, is made where those of all findings are."""
    if kind not in set(Paper):
        raise Http404(f"no report as {kind}")
    try:
        seen = queries.exported(actor_of(request), number, found)
    except FoundCase.DoesNotExist:
        raise Http404("no such invoice case") from None
    made = paper(seen.told, seen.rows, Paper(kind), seen.here.case.number)
    response = HttpResponse(made, content_type=TYPES[Paper(kind)])
    name = f"invoices-{seen.here.case.number}-{seen.found.place}.{kind}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
