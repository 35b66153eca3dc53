"""How long what people said is kept, what is past its term, and what was erased."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhoudao.counter.applications.queries.retention import retention as ask
from zhoudao.counter.applications.views.pages import item_names


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = ask(actor)
    names = item_names(actor)
    return render(
        request,
        "applications/retention.html",
        {
            "found": found,
            "terms": [(names.get(term.item, term.item), term) for term in found.terms],
        },
    )
