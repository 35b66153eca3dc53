"""What is answered for in the open: licences that are published, and bad marks that wait for an answer."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhoudao.core import clock
from zhoudao.counter.applications.queries import marks as mark_queries
from zhoudao.counter.applications.queries import publishing
from zhoudao.counter.applications.views.pages import actor_of, district_name, item_names

PAGE_ROWS = 50


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    pages = Paginator(publishing.published(actor)[: publishing.MOST], PAGE_ROWS)
    page = pages.get_page(request.GET.get("page"))
    names = item_names(actor)
    rows = [
        (row, names.get(row.application.item, row.application.item), district_name(row.application.district))
        for row in page
    ]
    return render(request, "applications/published.html", {"page": page, "rows": rows})


@never_cache
@require_safe
def marks(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    found = mark_queries.marks(actor, clock.now())
    names = item_names(actor)
    rows = [
        (
            mark,
            names.get(mark.application.item, mark.application.item),
            district_name(mark.application.district),
        )
        for mark in found.waiting
    ]
    return render(request, "applications/marks.html", {"found": found, "rows": rows})
