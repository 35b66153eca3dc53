"""Where following the money begins, and saved views."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.parsing import whole_number
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.web import actor_of, in_case
from zhoudao.desk.evidence import queries as evidence
from zhoudao.desk.evidence.ledger import filters as ledger_filters
from zhoudao.desk.evidence.ledger.filters import Filters
from zhoudao.desk.money import actions, asking
from zhoudao.desk.money.models import View
from zhoudao.desk.money.queries import start as queries
from zhoudao.desk.money.rules import ViewKind
from zhoudao.desk.money.telling import with_query
from zhoudao.desk.money.views.common import no_ledger, shown_in


@in_case
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, number: str) -> HttpResponseBase:
    """Accounts by number or holder. What was typed is posted, never put into the address."""
    if request.method == "POST":
        gate.seated(actor_of(request), number)
        query = ledger_filters.write(Filters(words=request.POST.get("words", "").strip()), evidence.seal_words)
        return redirect(with_query("money:start", number, query))
    try:
        found = queries.start_page(actor_of(request), number, request.GET.get("words", ""))
    except evidence.NoLedger:
        return no_ledger(request, number)
    return shown_in(
        request,
        "money/start.html",
        found.here,
        {"accounts": found.accounts, "words": found.words, "views": found.views},
    )


@in_case
@require_POST
def save(request: HttpRequest, number: str) -> HttpResponse:
    """A view of the case as it stands: its address, and of a graph where the accounts stand."""
    kind = request.POST.get("kind", "")
    if kind not in set(ViewKind):
        raise Http404(f"no view of kind {kind}")
    query = _checked(ViewKind(kind), request.POST.get("query", ""))
    state = asking.read_state(request.POST.get("state", ""))
    finding = whole_number(request.POST.get("finding")) if kind == ViewKind.RING else None
    view = actions.save_view(
        actor_of(request), number, ViewKind(kind), request.POST.get("title", ""), query, state, finding
    )
    messages.success(request, _("Saved into the case: %(title)s") % {"title": view.title})
    return redirect("money:view", number, view.pk)


def _checked(kind: ViewKind, query: str) -> str:
    """The query as this room would write it: nothing else is kept."""
    from django.http import QueryDict

    if kind is ViewKind.GRAPH:
        return asking.read_graph(QueryDict(query)).query  # type: ignore[arg-type]
    if kind is ViewKind.TRACE:
        return asking.read_trace(QueryDict(query)).query  # type: ignore[arg-type]
    if kind is ViewKind.RETURN:
        return asking.read_return(QueryDict(query)).query  # type: ignore[arg-type]
    return ""


@in_case
@require_safe
def view(request: HttpRequest, number: str, view: int) -> HttpResponse:
    """Leads to the page that shows it."""
    try:
        found = queries.view(actor_of(request), number, view)
    except View.DoesNotExist:
        raise Http404("no such view") from None
    told = found.state
    if found.kind == ViewKind.RING:
        return redirect("money:ring", number, told["finding"] or 0)
    if found.kind == ViewKind.TRACE:
        return redirect(with_query("money:trace", number, told["query"]))
    if found.kind == ViewKind.RETURN:
        return redirect(with_query("money:return", number, told["query"]))
    return redirect(f"{reverse('money:graph', args=[number])}?{told['query']}&view={found.pk}")


@in_case
@require_POST
def remove(request: HttpRequest, number: str, view: int) -> HttpResponse:
    try:
        actions.remove_view(actor_of(request), number, view)
    except View.DoesNotExist:
        raise Http404("no such view") from None
    messages.success(request, _("The view is gone; the ledger is as it was."))
    return redirect("money:start", number)
