"""The pages of the catalogue: all items, and one item. They read, and render."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhoudao.core.look.framing import may_be_framed
from zhoudao.counter.catalog import queries
from zhoudao.counter.catalog.labels import AUDIENCES, CATEGORIES
from zhoudao.counter.catalog.schema import Audience, Category

Choice = TypeVar("Choice", bound=StrEnum)


@may_be_framed
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """All items by category; ``?category=`` one of them, ``?audience=`` those for someone."""
    category = _one_of(Category, request.GET.get("category"))
    audience = _one_of(Audience, request.GET.get("audience"))
    shelves = queries.shelves(request.actor, audience)  # type: ignore[attr-defined]
    shown = [shelf for shelf in shelves if category in (None, shelf.category)]
    return render(
        request,
        "catalog/items.html",
        {
            "category": category,
            "shelves": shown,
            "count": sum(len(shelf.items) for shelf in shown),
            "tabs": [
                {"label": _("All"), "url": _address(None, audience), "current": category is None},
                *(
                    {
                        "label": CATEGORIES[shelf.category],
                        "url": _address(shelf.category, audience),
                        "current": shelf.category == category,
                        "count": len(shelf.items),
                    }
                    for shelf in shelves
                ),
            ],
            "audiences": [
                (_("Everyone"), _address(category, None), audience is None),
                *((AUDIENCES[each], _address(category, each), each == audience) for each in Audience),
            ],
        },
    )


@may_be_framed
@require_safe
def item(request: HttpRequest, code: str) -> HttpResponse:
    """One item: what it is, who, what to bring, how long, what it costs, how it goes, where, the law."""
    page = queries.item_page(request.actor, code)  # type: ignore[attr-defined]
    return render(request, "catalog/item.html", {"item": page.item, "related": page.related})


def _one_of(choices: type[Choice], value: str | None) -> Choice | None:
    return choices(value) if value in list(choices) else None


def _address(category: Category | None, audience: Audience | None) -> str:
    asked = {"category": category, "audience": audience}
    kept = urlencode({name: str(value) for name, value in asked.items() if value})
    return f"{reverse('catalog:items')}?{kept}" if kept else reverse("catalog:items")
