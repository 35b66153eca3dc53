"""Small things that the certificates' templates say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils.translation import get_language

from zhoudao.core import clock
from zhoudao.core.look import words
from zhoudao.counter.credentials import holders, rules

register = template.Library()


@register.filter
def named(names: Mapping[str, str]) -> str:
    """A name by language ({"zh-hans": …, "en": …}) in the reader's."""
    return holders.named(names, get_language() or "zh-hans")


@register.filter
def last_day(end: datetime | None) -> str:
    """The last day something holds that ends at this moment."""
    if end is None:
        return ""
    language = get_language() or "zh-hans"
    return words.day(rules.last_day(end), language, clock.local(clock.now()).year)
