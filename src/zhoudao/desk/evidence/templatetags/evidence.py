"""What the ledger's templates need: times as precise as they are, and addresses of the rows behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from zhoudao.core.clock import local
from zhoudao.core.people.rules.masks import mask_document
from zhoudao.desk.evidence import queries
from zhoudao.desk.evidence.ledger import filters as asking
from zhoudao.desk.evidence.ledger.filters import Direction, Filters, Rows

register = template.Library()


@register.filter
def when(row: Mapping[str, Any]) -> str:
    """2026-03-05 14:03:22 on the city's clock; only as much of it as the statement gave."""
    told = local(row["time"])
    precision = row.get("time_precision") or "second"
    return told.strftime({"day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M"}.get(precision, "%Y-%m-%d %H:%M:%S"))


@register.filter
def masked(number: str | None) -> str:
    return mask_document(number) if number else ""


@register.filter
def counts(row: Mapping[str, Any]) -> bool:
    """Whether a row is summed, own accounts left aside."""
    return row["succeeded"] is not False and not row["reversed"]


@register.filter
def at_key(table: Mapping[Any, Any], key: Any) -> Any:
    return table.get(key)


@register.filter
def drawn(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308  made by charts.py, which escapes every text


@register.simple_tag
def rows_url(number: str, filters: Filters, page: str = "ledger", **changes: Any) -> str:
    """The ledger (or another page of it) with these filters changed: what a figure opens."""
    also = {
        name: str(changes.pop(name))
        for name in ("order", "after", "before", "down", "across", "measure")
        if name in changes
    }
    for name, kind in (("direction", Direction), ("rows", Rows)):
        if name in changes:
            changes[name] = kind(changes[name])
    if isinstance(changes.get("day"), datetime):
        changes["day"] = local(changes["day"]).date()
    address = reverse(f"evidence:{page}", args=[number])
    query = asking.write(filters.but(**changes), queries.seal_words, **also)
    return f"{address}?{query}" if query else address


@register.simple_tag
def profile_url(number: str, ref: str, kind: str = "account") -> str:
    return reverse("evidence:profile", args=[number, kind, ref])
