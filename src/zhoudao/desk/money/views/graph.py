"""The money graph: the page, what it fetches when an account is opened, an edge's transfers, and the picture."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core.parsing import whole_number
from zhoudao.desk.cases.web import actor_of, in_case
from zhoudao.desk.evidence.ledger.filters import yuan
from zhoudao.desk.evidence.queries import NoLedger
from zhoudao.desk.money import asking, telling
from zhoudao.desk.money.asking import GraphState
from zhoudao.desk.money.models import View
from zhoudao.desk.money.queries import network as queries
from zhoudao.desk.money.queries import start as start_queries
from zhoudao.desk.money.rules import ROWS_SHOWN
from zhoudao.desk.money.sums import told
from zhoudao.desk.money.views.common import format_of, no_ledger, shown_in, taken_out

LINKS_SHOWN = 300
"""Pairs in the table, the largest sums."""


@in_case
@require_safe
def graph(request: HttpRequest, number: str) -> HttpResponseBase:
    """``?account=`` opens accounts; ``?view=`` puts them where somebody left them."""
    ask = asking.read_graph(request.GET)  # type: ignore[arg-type]
    state, title = _left(request, number)
    try:
        found = queries.network(actor_of(request), number, ask, shown=tuple(state["places"]))
    except NoLedger:
        return no_ledger(request, number)
    return shown_in(
        request,
        "money/graph.html",
        found.here,
        {
            "found": found,
            "ask": ask,
            "least": yuan(ask.least) if ask.least is not None else "",
            "query": ask.query,
            "nodes": [
                (each, telling.opened_with(number, ask, each.account.ref),
                 telling.with_query("money:trace", number, asking.TraceAsk(starts=(each.account.ref,)).query))
                for each in found.nodes
            ],
            "links": [
                (each, telling.ledger_url(number, each, found)) for each in found.links[:LINKS_SHOWN]
            ],
            "more_links": max(0, len(found.links) - LINKS_SHOWN),
            "data": telling.as_data(number, found),
            "state": state,
            "view_title": title,
        },
    )  # fmt: skip


def _left(request: HttpRequest, number: str) -> tuple[dict[str, Any], str]:
    """Places and groups of a saved view, and its title."""
    view = whole_number(request.GET.get("view"))
    if not view:
        return GraphState().as_data(), ""
    try:
        found = start_queries.view(actor_of(request), number, view)
    except View.DoesNotExist:
        raise Http404("no such view") from None
    left = found.state
    return {name: left[name] for name in GraphState().as_data()}, str(found.title)


@in_case
@require_safe
def link(request: HttpRequest, number: str) -> HttpResponseBase:
    """``?payer=&payee=``, each once or more: the transfers behind an edge; as a panel for htmx."""
    ask = asking.read_graph(request.GET)  # type: ignore[arg-type]
    sides = [asking.references(request.GET, name) for name in ("payer", "payee")]  # type: ignore[arg-type]
    try:
        found = queries.link_page(actor_of(request), number, ask, *sides)
    except NoLedger:
        return no_ledger(request, number)
    if found is None:
        raise Http404("no such accounts")
    context = {"found": found, "number": number, "more": max(0, found.count - ROWS_SHOWN), "ledger": ask.ledger}
    if getattr(request, "htmx", False):
        return render(request, "money/parts/link.html", context)
    return shown_in(request, "money/link.html", found.here, context)


@in_case
@require_POST
def picture(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The graph as the reader left it: places come from the browser, names and sums from the ledger."""
    into = format_of(kind)
    ask = asking.read_graph(request.POST)  # type: ignore[arg-type]
    state = asking.read_state(request.POST.get("state", ""))
    if state.brush:
        ask = ask.but(first=state.brush[0], last=state.brush[1])
    found = queries.network(actor_of(request), number, ask, shown=tuple(state.places), exporting=True)
    language = request.LANGUAGE_CODE
    span = f"{found.begin} – {found.end}" if found.begin else ""
    least = _("transfers of %(sum)s and more") % {"sum": told(ask.least, found.currency)} if ask.least else ""
    notes = telling.notes(number, found.ledger, found.ledger_sha256, span, least)
    title = request.POST.get("title", "").strip()[:80] or _("Money graph")
    return taken_out(telling.net(found, state, language), title, notes, into, f"graph-{number}")
