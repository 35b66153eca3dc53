"""Sums in words, in their own currency. Pure."""

from __future__ import annotations

from zhoudao.core.look import words

HOME = "CNY"
WHOLE = frozenset({"JPY", "KRW", "VND"})
"""Currencies without hundredths (ISO 4217)."""


def told(amount: int, currency: str) -> str:
    """ "¥1,234.50", "USD 1,234.50", "JPY 1,234"."""
    if currency == HOME:
        return words.money(amount)
    if currency in WHOLE:
        return f"{currency} {amount:,}"
    sign = "−" if amount < 0 else ""
    return f"{currency} {sign}{abs(amount) // 100:,}.{abs(amount) % 100:02d}"


def rounded(amount: int, currency: str, language: str) -> str:
    """As people say it, for pictures: "4,105 万元"; other currencies as ``told``."""
    return words.money_rounded(amount, language) if currency == HOME else told(amount, currency)
