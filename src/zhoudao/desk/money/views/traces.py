"""A trace: asked for, drawn in layers, told in tables."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhoudao.core.look import words
from zhoudao.desk.cases.web import actor_of, in_case
from zhoudao.desk.evidence.queries import NoLedger
from zhoudao.desk.money import asking, telling
from zhoudao.desk.money.labels import STATES
from zhoudao.desk.money.queries import traces as queries
from zhoudao.desk.money.rules import TRACED_SHOWN
from zhoudao.desk.money.views.common import format_of, no_ledger, shown_in, taken_out
from zhoudao.engines.flows.tracing import RULES


@in_case
@require_safe
def trace(request: HttpRequest, number: str) -> HttpResponseBase:
    ask = asking.read_trace(request.GET)  # type: ignore[arg-type]
    try:
        found = queries.trace_page(actor_of(request), number, ask)
    except NoLedger:
        return no_ledger(request, number)
    language = request.LANGUAGE_CODE
    context: dict[str, object] = {
        "found": found,
        "ask": ask,
        "rule": telling.rule_told(ask.rule, language),
        "rules": [(name, telling.rule_told(name, language)) for name in RULES],
        "formats": ("svg", "png", "pdf"),
        "query": ask.but(payer="", payee="", page=1).query,
    }
    if found.trace is not None:
        context |= {
            "picture": telling.layered(number, found, language).on_page(_title(ask, language), "money-layers"),
            "kept_by_state": [
                (*STATES[state], kept) for state, kept in sorted(found.kept_by_state.items()) if kept
            ],
            "keepers": [
                (each, *STATES[each.state], *_urls(number, ask, each)) for each in found.keepers
            ],
            "not_known": telling.not_known(found),
            "before": _page(number, ask, -1) if ask.page > 1 else "",
            "after": _page(number, ask, 1) if ask.page * TRACED_SHOWN < found.listed else "",
            "from_row": (ask.page - 1) * TRACED_SHOWN + 1,
            "all_rows": telling.rows_of_trace(number, ask),
        }
    return shown_in(request, "money/trace.html", found.here, context)


def _urls(number: str, ask: asking.TraceAsk, keeper: queries.Keeper) -> tuple[str, str]:
    """The traced rows that came to an account, and those that left it."""
    if keeper.account is None:
        return "", ""
    ref = keeper.account.ref
    return telling.rows_of_trace(number, ask, payee=ref), telling.rows_of_trace(number, ask, payer=ref)


def _page(number: str, ask: asking.TraceAsk, step: int) -> str:
    return telling.with_query("money:trace", number, ask.but(page=ask.page + step).query) + "#rows"


def _title(ask: asking.TraceAsk, language: str) -> str:
    way = _("Where the money went") if ask.forward else _("Where the money came from")
    return f"{way}: {words.text(RULES[ask.rule].title, language)}"


@in_case
@require_safe
def picture(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    into = format_of(kind)
    ask = asking.read_trace(request.GET)  # type: ignore[arg-type]
    found = queries.trace_page(actor_of(request), number, ask, exporting=True)
    if found.trace is None:
        raise asking.BadFilter("from", "an account or a transfer with something to trace")
    language = request.LANGUAGE_CODE
    rule = telling.rule_told(ask.rule, language)
    told = f"{rule['title']} · {rule['standing']} · {rule['source']}"
    days = _("%(n)d days from each start") % {"n": ask.days}
    notes = telling.notes(number, found.ledger, found.ledger_sha256, told, days, *telling.not_known(found))
    return taken_out(telling.layered(number, found, language), _title(ask, language), notes, into, f"trace-{number}")
