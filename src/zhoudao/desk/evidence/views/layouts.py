"""What each column of a file is: shown with its values and how sure we are, corrected and confirmed by an analyst."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhoudao.core.look.refusals import Unusable
from zhoudao.core.parsing import whole_number
from zhoudao.desk.cases.web import actor_of, in_case, page
from zhoudao.desk.evidence import actions, queries, rules
from zhoudao.desk.evidence.labels import DATE_ORDERS, ROLES, TOLD_BY, UNITS
from zhoudao.desk.evidence.models import EvidenceFile


@in_case
@require_http_methods(["GET", "HEAD", "POST"])
def layout(request: HttpRequest, number: str, file_id: int) -> HttpResponse:
    """``?sheet=``: which sheet, from 0. Posted: a role for each column, ``column.3`` for the third."""
    try:
        found = queries.layout_page(actor_of(request), number, file_id)
    except EvidenceFile.DoesNotExist:
        raise Http404("no such file") from None
    at = min(whole_number(request.GET.get("sheet")) or _wanted(found.sheets), max(len(found.sheets) - 1, 0))
    sheet = found.sheets[at] if found.sheets else None
    chosen: dict[int, str] = {column.place: column.role for column in sheet.columns} if sheet else {}
    problem = ""
    if request.method == "POST" and sheet is not None:
        chosen = {place: request.POST.get(f"column.{place}", "") for place in chosen}
        try:
            return _confirm(request, number, sheet, chosen)
        except Unusable as refused:
            problem = str(refused)
    return page(
        request,
        "evidence/layout.html",
        found.here,
        {
            "file": found.file,
            "sheets": list(enumerate(found.sheets)),
            "at": at,
            "sheet": sheet,
            "columns": _rows(sheet, chosen) if sheet else [],
            "roles": sorted(
                ((role, ROLES.get(role, role)) for role in found.roles), key=lambda each: str(each[1])
            ),
            "units": UNITS,
            "orders": DATE_ORDERS,
            "lacking": [ROLES[role] for role in rules.lacking(set(chosen.values()), bool(sheet.plan.account))]
            if sheet
            else [],
            "problem": problem,
        },
        status=400 if problem else 200,
    )


def _wanted(sheets: list[Any]) -> int:
    """The sheet to begin with: the first whose columns nobody and nothing has named, else the first of transfers."""
    kinds = [(sheet.plan.kind, bool(sheet.plan.layout)) for sheet in sheets]
    for wanted in (("transactions", False), ("unknown", False), ("transactions", True)):
        if wanted in kinds:
            return kinds.index(wanted)
    return 0


def _rows(sheet: Any, chosen: dict[int, str]) -> list[tuple[Any, str, Any]]:
    """Each column, the role chosen for it, and what told the role."""
    return [(column, chosen[column.place], TOLD_BY[column.told_by]) for column in sheet.columns]


def _confirm(request: HttpRequest, number: str, sheet: Any, chosen: dict[int, str]) -> HttpResponse:
    """Raises Unusable: a role twice, or no time, amount or account."""
    actor = actor_of(request)
    if twice := rules.given_twice(chosen.values()):
        raise Unusable(_("Two columns can't both be: %(role)s") % {"role": ROLES.get(twice, twice)})
    if lacking := rules.lacking(set(chosen.values()), bool(sheet.plan.account)):
        raise Unusable(_("No column is: %(role)s") % {"role": ROLES[lacking[0]]})
    roles = {
        "columns": {role: f"#{place}" for place, role in chosen.items() if role},
        "ignored": [f"#{place}" for place, role in chosen.items() if not role],
        "unit": _one_of(request.POST.get("unit"), UNITS, "元"),
        "date_order": _one_of(request.POST.get("date_order"), DATE_ORDERS, "auto"),
        "flipped": request.POST.get("flipped") == "1",
    }
    actions.confirm_layout(actor, number, sheet.plan.fingerprint, roles)
    actions.start_cleaning(actor, number)
    messages.success(request, _("The layout is kept, and the files are cleaned again with it."))
    return redirect("evidence:files", number)


def _one_of(value: str | None, known: dict[str, Any], default: str) -> str:
    return value if value in known else default
