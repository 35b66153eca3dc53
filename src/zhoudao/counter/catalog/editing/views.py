"""The pages of writing an item: the list, the editor with its problems and preview, and the second officer's look."""

from __future__ import annotations

import difflib
import secrets
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhoudao.core.access import Actor, allowed, require
from zhoudao.counter.catalog import queries
from zhoudao.counter.catalog.editing import actions
from zhoudao.counter.catalog.editing.checking import check, text_of
from zhoudao.counter.catalog.editing.wording import in_words
from zhoudao.counter.catalog.files import BadItems
from zhoudao.counter.catalog.forms.fields import form_of
from zhoudao.counter.catalog.models import ItemProposal
from zhoudao.counter.catalog.rules import CONFIRM_ITEM, PROPOSE_ITEM, PROPOSED, SEE_PROPOSALS
from zhoudao.counter.catalog.schema import Item

MOST = 50
"""The newest proposals that are shown."""
NEW = "new"


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


@never_cache
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    require(actor, SEE_PROPOSALS)
    return render(
        request,
        "catalog/editing/list.html",
        {
            "items": queries.definitions(actor),
            "proposals": ItemProposal.objects.filter(state=PROPOSED)[:MOST],
            "may_write": allowed(actor, PROPOSE_ITEM),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The YAML of an item (``new``: of none yet). POST proposes it, or names every problem by its line."""
    actor = _actor(request)
    require(actor, PROPOSE_ITEM)
    problems = []
    if request.method == "POST":
        text, reason = request.POST.get("text", ""), request.POST.get("reason", "")
        try:
            actions.propose(actor, text, reason, request.POST.get("token", "")[:64] or secrets.token_hex(16))
        except BadItems as bad:
            problems = [in_words(each) for each in bad.problems]
        else:
            messages.success(request, _("Proposed. A supervisor puts it into force."))
            return redirect("catalog_editing:list")
    else:
        text, reason = "" if code == NEW else text_of(queries.item(actor, code)), ""
    return render(
        request,
        "catalog/editing/edit.html",
        {
            "code": code,
            "is_new": code == NEW,
            "text": text,
            "reason": reason,
            "token": secrets.token_hex(16),
            "problems": problems,
            "item": None if problems or not text else _item(actor, text),
        },
        status=HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK,
    )


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What is wrong with a text, or the form as applicants will see it. A part of the editor's page."""
    actor = _actor(request)
    require(actor, PROPOSE_ITEM)
    try:
        item = check(actor, request.POST.get("text", "")).item
    except BadItems as bad:
        return render(
            request, "catalog/editing/preview.html", {"problems": [in_words(each) for each in bad.problems]}
        )
    return render(request, "catalog/editing/preview.html", _preview(item))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """What changes, line by line, and the decision of the second officer."""
    actor = _actor(request)
    require(actor, SEE_PROPOSALS)
    found = ItemProposal.objects.filter(pk=proposal_id).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("decision") == "confirm":
            actions.confirm(actor, proposal_id)
            messages.success(request, _("The item is in force."))
        else:
            actions.refuse(actor, proposal_id)
            messages.success(request, _("The proposal is refused."))
        return redirect("catalog_editing:list")
    now = {item.code: item for item in queries.definitions(actor)}.get(found.code)
    item = _item(actor, found.text)
    lines = difflib.unified_diff(
        text_of(now).splitlines() if now else [], text_of(item).splitlines() if item else [], lineterm="", n=2
    )
    return render(
        request,
        "catalog/editing/proposal.html",
        {
            "proposal": found,
            "lines": [(line[:1], line) for line in lines if not line.startswith(("---", "+++"))],
            "may_decide": allowed(actor, CONFIRM_ITEM) and found.state == PROPOSED,
            **(_preview(item) if item else {}),
        },
    )


def _item(actor: Actor, text: str) -> Item | None:
    try:
        return check(actor, text).item
    except BadItems:
        return None


def _preview(item: Item) -> dict[str, object]:
    return {"item": item, "form": form_of(item.program.form, {}) if item.program else None}
