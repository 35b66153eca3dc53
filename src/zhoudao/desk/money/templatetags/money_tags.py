"""What the room's templates need: sums in their own currency."""

from __future__ import annotations

from django import template

from zhoudao.desk.money.sums import told

register = template.Library()


@register.filter
def in_currency(amount: int | None, currency: str) -> str:
    """``{{ link.amount|in_currency:found.currency }}``"""
    return "" if amount is None else told(amount, currency)
