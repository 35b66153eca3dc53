"""Amounts in the currency of their row."""

from django import template

from zhoudao.core.look.words import money

register = template.Library()


@register.filter
def in_hundredths(amount: int | None, currency: str) -> str:
    """``4105000000|in_hundredths:"CNY"`` → ¥41,050,000.00; other currencies with their code."""
    if amount is None:
        return ""
    return money(amount) if currency == "CNY" else f"{currency} {amount / 100:,.2f}"
