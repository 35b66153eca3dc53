"""What is due to whom of frozen fraud money: worked out, shown, taken out as a table."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from zhoudao.core import spreadsheets
from zhoudao.core.look import words
from zhoudao.desk.cases.web import actor_of, in_case, pieces_apart
from zhoudao.desk.evidence.ledger.filters import yuan
from zhoudao.desk.evidence.queries import NoLedger
from zhoudao.desk.money import asking, telling
from zhoudao.desk.money.labels import CASES
from zhoudao.desk.money.queries import returns as queries
from zhoudao.desk.money.rules import MOST_LOSSES
from zhoudao.desk.money.views.common import no_ledger, shown_in
from zhoudao.engines.flows.tracing import RULES
from zhoudao.engines.flows.tracing.returns import AGREEING


@in_case
@require_safe
def returning(request: HttpRequest, number: str) -> HttpResponseBase:
    ask = asking.read_return(request.GET)  # type: ignore[arg-type]
    try:
        found = queries.return_page(actor_of(request), number, ask)
    except NoLedger:
        return no_ledger(request, number)
    language = request.LANGUAGE_CODE
    context = {
        "found": found,
        "ask": ask,
        "query": ask.query,
        "frozen": yuan(ask.frozen) if ask.frozen is not None else "",
        "at": asking.clock_time(ask.at) if ask.at else "",
        "rule": telling.return_told(language),
        "rules": [words.text(RULES[name].title, language) for name in AGREEING],
        "case_told": CASES.get(found.case, ""),
        "ticked": set(ask.transfers),
        "most": MOST_LOSSES,
    }
    if found.dues and ask.frozen is not None:
        context |= {
            "picture": telling.dues(found, language).on_page(_title(), "money-dues"),
            "remaining": ask.frozen - found.due,
            "over": found.balance is not None and ask.frozen > found.balance,
        }
    return shown_in(request, "money/return.html", found.here, context)


def _title() -> str:
    return _("What each victim lost, and what is due to them")


@in_case
@require_safe
def table(request: HttpRequest, number: str) -> HttpResponseBase:
    """As CSV, in the order of the page; who takes it out is in the trail."""
    ask = asking.read_return(request.GET)  # type: ignore[arg-type]
    found = queries.return_page(actor_of(request), number, ask, exporting=True)
    if not found.dues:
        raise asking.BadFilter("transfer", "victims' transfers, the frozen amount and the moment it was frozen")
    response = StreamingHttpResponse(
        pieces_apart(spreadsheets.pieces(_lines(found, request.LANGUAGE_CODE))),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="return-{found.here.case.number}.csv"'
    return response


def _lines(found: queries.ReturnPage, language: str) -> Iterator[list[str]]:
    yield [
        _("Victim"), _("Account"), _("Transfers"), _("Lost"),
        *(words.text(RULES[name].title, language) for name in AGREEING),
        pgettext("of frozen money", "Due"), _("Case of article 8"),
    ]  # fmt: skip
    for each in found.dues:
        share = each.share
        yield [
            each.account.name, each.account.account, " ".join(each.transfers), yuan(share.lost),
            *map(yuan, share.left), yuan(share.amount), str(share.case),
        ]  # fmt: skip
    yield [_("Together"), "", "", yuan(found.lost), *[""] * len(AGREEING), yuan(found.due), ""]
