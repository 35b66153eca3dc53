"""Rings that were found, and one of them as a clock."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhoudao.core.parsing import whole_number
from zhoudao.desk.cases.web import actor_of, in_case
from zhoudao.desk.evidence.queries import NoLedger
from zhoudao.desk.findings import words as finding_words
from zhoudao.desk.findings.labels import VERDICTS
from zhoudao.desk.findings.rules import Verdict
from zhoudao.desk.money import telling
from zhoudao.desk.money.queries import rings as queries
from zhoudao.desk.money.views.common import format_of, no_ledger, shown_in, taken_out


@in_case
@require_safe
def rings(request: HttpRequest, number: str) -> HttpResponseBase:
    try:
        found = queries.rings_page(actor_of(request), number, whole_number(request.GET.get("page")) or 1)
    except NoLedger:
        return no_ledger(request, number)
    language = request.LANGUAGE_CODE
    rows = [
        (
            each,
            finding_words.sentences(each, queries.DETECTOR, language),
            [(subject["id"], found.names.get(subject["id"])) for subject in each.subjects],
            VERDICTS[Verdict(each.verdict)],
        )
        for each in found.page
    ]
    context = {"found": found, "rows": rows, "detector": queries.DETECTOR}
    return shown_in(request, "money/rings.html", found.here, context)


@in_case
@require_safe
def ring(request: HttpRequest, number: str, finding: int) -> HttpResponseBase:
    found = queries.ring_page(actor_of(request), number, finding)
    if found is None:
        raise Http404("no such ring")
    language = request.LANGUAGE_CODE
    return shown_in(
        request,
        "money/ring.html",
        found.here,
        {
            "found": found,
            "finding": found.finding,
            "sentences": finding_words.sentences(found.finding, queries.DETECTOR, language),
            "picture": telling.ring(number, found, language).on_page(_("The ring as a clock"), "money-clock"),
            "verdict": VERDICTS[Verdict(found.finding.verdict)],
            "formats": ("svg", "png", "pdf"),
        },
    )


@in_case
@require_safe
def picture(request: HttpRequest, number: str, finding: int, kind: str) -> HttpResponse:
    into = format_of(kind)
    found = queries.ring_page(actor_of(request), number, finding, exporting=True)
    if found is None:
        raise Http404("no such ring")
    language = request.LANGUAGE_CODE
    sentences = finding_words.sentences(found.finding, queries.DETECTOR, language)
    missing = any(hop.payee is not None and not hop.payee.stated for hop in found.hops)
    star = _("* statement not obtained") if missing else ""
    notes = telling.notes(number, found.ledger, found.ledger_sha256, *sentences, star)
    return taken_out(telling.ring(number, found, language), _("A ring"), notes, into, f"ring-{number}-{finding}")
