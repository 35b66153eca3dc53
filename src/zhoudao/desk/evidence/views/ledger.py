"""The ledger's pages: rows, one row, cross table, profiles, accounts, and whom to ask about next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core import spreadsheets
from zhoudao.core.clock import local
from zhoudao.core.look import words
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.rules import WORKING
from zhoudao.desk.cases.web import actor_of, in_case, page, pieces_apart
from zhoudao.desk.evidence import charts, queries
from zhoudao.desk.evidence.forms import AskForm
from zhoudao.desk.evidence.labels import DIMENSIONS, MEASURES, WEEKDAYS
from zhoudao.desk.evidence.ledger import filters as asking
from zhoudao.desk.evidence.ledger.filters import Filters
from zhoudao.desk.evidence.ledger.pages import ORDERS
from zhoudao.desk.evidence.ledger.pivot import IN_ORDER
from zhoudao.desk.evidence.ledger.profiles import Profile
from zhoudao.desk.evidence.rules import EXPORT

LEAST_ASKED = 1_000_000
"""Fen: accounts below ten thousand yuan in all are not proposed for the next round unless one says so."""


def _no_ledger(request: HttpRequest, number: str) -> HttpResponseBase:
    found = queries.files_page(actor_of(request), number)
    return page(request, "evidence/no_ledger.html", found.here, {"running": found.running}, status=404)


@in_case
@require_safe
def rows(request: HttpRequest, number: str) -> HttpResponseBase:
    try:
        found = queries.ledger_page(actor_of(request), number, request.GET.dict())
    except queries.NoLedger:
        return _no_ledger(request, number)
    listed = found.page.rows
    return page(
        request,
        "evidence/ledger.html",
        found.here,
        {
            "found": found,
            "filters": found.filters,
            "sums": found.sums,
            "subject": found.subject,
            "form": AskForm.of(found.filters, found.channels),
            "order": found.order or "time",
            "columns": _columns(found),
            "after": listed[-1]["transfer_id"] if found.page.more_after else "",
            "before": listed[0]["transfer_id"] if found.page.more_before and listed else "",
            "empty": not found.filters.used,
            "kept": _kept(found.filters, request),
        },
    )


def _kept(filters: Filters, request: HttpRequest) -> list[tuple[str, str]]:
    """Filters that the form doesn't ask for, carried along as they stand in the address."""
    asked = set(AskForm.base_fields)
    return [(name, request.GET[name]) for name in filters.used if name not in asked and name in request.GET]


def _columns(found: queries.LedgerPage) -> list[dict[str, Any]]:
    """Heads that sort: pressed again, the other way round."""
    names = {
        "time": _("Time"),
        "source": _("Payer"),
        "target": _("Payee"),
        "amount": _("Amount"),
        "channel": _("Channel"),
        "memo": _("Memo"),
    }
    order = found.order or "time"
    return [
        {
            "name": names[key],
            "key": key,
            "state": "ascending" if order == key else "descending" if order == f"-{key}" else "",
            "order": f"-{key}" if order == key else key,
        }
        for key in names
        if key in ORDERS
    ]


@in_case
@require_POST
def ask(request: HttpRequest, number: str) -> HttpResponseBase:
    """The filter form: what was typed becomes an address that holds no name and no number."""
    gate.seated(actor_of(request), number)
    here_to = request.POST.get("page", "ledger")
    target = reverse(
        f"evidence:{here_to if here_to in ('ledger', 'pivot', 'accounts') else 'ledger'}", args=[number]
    )
    given = {name: request.POST.get(name, "") for name in asking.NAMES}
    given["words"] = queries.seal_words(given["words"].strip()) if given["words"].strip() else ""
    query = asking.write(asking.read(given, queries.open_words), queries.seal_words)
    return redirect(f"{target}?{query}" if query else target)


@in_case
@require_safe
def row(request: HttpRequest, number: str, transfer_id: str) -> HttpResponseBase:
    """One transfer with its raw lines; as a panel for htmx."""
    ledger = request.GET.get("ledger", "")
    try:
        found = queries.row_page(
            actor_of(request), number, transfer_id, int(ledger) if ledger.isdecimal() else None
        )
    except queries.NoLedger:
        return _no_ledger(request, number)
    if found is None:
        raise Http404("no such transfer")
    context = {"row": found.row, "stands": found.stands, "filters": Filters(), "number": number}
    if getattr(request, "htmx", False):
        return render(request, "evidence/parts/row.html", context)
    return page(request, "evidence/row.html", found.here, context)


@in_case
@require_safe
def pivot(request: HttpRequest, number: str) -> HttpResponseBase:
    down = _one_of(request, "down", DIMENSIONS, "source")
    across = _one_of(request, "across", DIMENSIONS, "month")
    measure = _one_of(request, "measure", MEASURES, "sum")
    try:
        found = queries.pivot_page(actor_of(request), number, request.GET.dict(), down, across, measure)
    except queries.NoLedger:
        return _no_ledger(request, number)
    crossed = found.pivot
    return page(
        request,
        "evidence/pivot.html",
        found.here,
        {
            "found": found,
            "filters": found.filters,
            "pivot": crossed,
            "down": down,
            "across": across,
            "measure": measure,
            "dimensions": list(DIMENSIONS.items()),
            "measures": list(MEASURES.items()),
            "lines": [
                (
                    head,
                    _named(down, head),
                    _narrowed(found.filters, down, head),
                    [
                        (
                            crossed.cells.get((head.value, column.value)),
                            _both(found.filters, down, head, across, column),
                        )
                        for column in crossed.columns
                    ],
                )
                for head in crossed.rows
            ],
            "heads": [
                (column, _named(across, column), _narrowed(found.filters, across, column))
                for column in crossed.columns
            ],
            "is_money": measure != "count",
            "in_order": down in IN_ORDER,
        },
    )


def _one_of(request: HttpRequest, name: str, known: dict[str, Any], default: str) -> str:
    wanted = request.GET.get(name, default)
    return wanted if wanted in known else default


def _named(dimension: str, head: Any) -> str:
    if head.value is None:
        return _("not said")
    if dimension == "weekday":
        return str(WEEKDAYS[int(head.value)])
    if dimension == "hour":
        return f"{int(head.value):02d}:00"
    return head.name


def _narrowed(filters: Filters, dimension: str, head: Any) -> Filters | None:
    """The filters with this value added; None where no filter says it."""
    if head.value is None:
        return None
    if dimension in ("source", "target"):
        if not head.ref or filters.sided:
            return filters.but(counterparty=head.ref) if head.ref else None
        return filters.but(account=head.ref, direction="out" if dimension == "source" else "in")
    if dimension == "day":
        return filters.but(day=datetime.fromisoformat(str(head.value)).date())
    value = int(head.value) if dimension in ("weekday", "hour") else str(head.value)
    return filters.but(**{dimension: value})


def _both(filters: Filters, down: str, row_head: Any, across: str, column: Any) -> Filters | None:
    narrowed = _narrowed(filters, down, row_head)
    return _narrowed(narrowed, across, column) if narrowed is not None else None


@in_case
@require_safe
def profile(request: HttpRequest, number: str, kind: str, ref: str) -> HttpResponseBase:
    if kind not in ("account", "person"):
        raise Http404("no such profile")
    try:
        found = queries.profile_page(actor_of(request), number, kind, ref, request.GET.dict())
    except queries.NoLedger:
        return _no_ledger(request, number)
    if found is None:
        raise Http404("the ledger has nobody under this reference")
    language = request.LANGUAGE_CODE
    told = found.profile
    return page(
        request,
        "evidence/profile.html",
        found.here,
        {
            "found": found,
            "kind": kind,
            "profile": told,
            "named": found.named,
            "filters": found.filters,
            "flows": charts.flows(
                _month_bars(number, found.filters, told, language), _("In and out by month")
            ),
            "line": charts.line(
                told.balances, _("Balance over time"), lambda at: local(at).strftime("%Y-%m-%d")
            ),
            "heat": _heat(told),
            "hours": range(24),
        },
    )


def _month_bars(number: str, filters: Filters, told: Profile, language: str) -> list[charts.Bar]:
    address = reverse("evidence:ledger", args=[number])
    return [
        charts.Bar(
            each["month"],
            each["came"],
            each["went"],
            f"{each['month']}  {_('In')} {words.money(each['came'])}  {_('Out')} {words.money(each['went'])}",
            f"{address}?{asking.write(filters.but(month=each['month'], rows='counted'), queries.seal_words)}",
        )
        for each in told.months
    ]


def _heat(told: Profile) -> list[tuple[int, str, list[tuple[int, int, int]]]]:
    """(weekday, its name, (hour, transfers, shade) for each hour)."""
    shades = charts.shades(told.hours)
    return [
        (
            weekday,
            str(name),
            [
                (hour, told.hours.get((weekday, hour), 0), shades.get((weekday, hour), 0))
                for hour in range(24)
            ],
        )
        for weekday, name in WEEKDAYS.items()
    ]


@in_case
@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request: HttpRequest, number: str) -> HttpResponseBase:
    """Accounts by number, holder or identity number. What was typed is posted, never put into the address."""
    if request.method == "POST":
        gate.seated(actor_of(request), number)
        typed = request.POST.get("words", "").strip()
        address = reverse("evidence:accounts", args=[number])
        query = asking.write(Filters(words=typed), queries.seal_words)
        return redirect(f"{address}?{query}" if query else address)
    try:
        found = queries.accounts_page(actor_of(request), number, request.GET.get("words", ""))
    except queries.NoLedger:
        return _no_ledger(request, number)
    return page(
        request, "evidence/accounts.html", found.here, {"accounts": found.accounts, "words": found.words}
    )


@in_case
@require_safe
def next_round(request: HttpRequest, number: str) -> HttpResponseBase:
    try:
        found = queries.next_round(actor_of(request), number, _least(request))
    except queries.NoLedger:
        return _no_ledger(request, number)
    return page(
        request,
        "evidence/next_round.html",
        found.here,
        {"accounts": found.accounts, "least": asking.yuan(_least(request))},
    )


@in_case
@require_safe
def next_round_csv(request: HttpRequest, number: str) -> HttpResponseBase:
    found = queries.next_round(actor_of(request), number, _least(request), exporting=True)
    heads = ["账号", "户名", "证件号", "转入合计(元)", "转入笔数", "转出合计(元)", "转出笔数", "首次", "末次"]
    lines = [
        [
            each["account"],
            each["name"] or "",
            each["holder_id"] or "",
            asking.yuan(each["in_amount"]),
            each["in_count"],
            asking.yuan(each["out_amount"]),
            each["out_count"],
            local(each["first"]).strftime("%Y-%m-%d"),
            local(each["last"]).strftime("%Y-%m-%d"),
        ]
        for each in found.accounts
    ]
    return _csv(iter([heads, *lines]), f"next-round-{number}.csv")


def _least(request: HttpRequest) -> int:
    given = asking.read({"least": request.GET.get("least", "")}, queries.open_words).least
    return LEAST_ASKED if given is None else given


@in_case
@require_safe
def export(request: HttpRequest, number: str) -> HttpResponseBase:
    """The rows that are listed, as CSV; who takes them out is in the trail."""
    here, lines = queries.exported_rows(actor_of(request), number, request.GET.dict(), EXPORT, WORKING)
    return _csv(lines, f"ledger-{here.case.number}.csv")


def _csv(lines: Iterator[list[Any]], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        pieces_apart(spreadsheets.pieces(lines)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
