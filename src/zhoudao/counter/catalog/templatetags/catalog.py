"""How items are said on a page: ``{% load catalog %}``."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language, ngettext

from zhoudao.core.look.words import is_chinese
from zhoudao.counter.catalog import labels
from zhoudao.counter.catalog.schema import Category, Channel, Duration, MaterialKind, Service, Steps, Unit

register = template.Library()


@register.filter
def category(value: Category) -> str:
    return str(labels.CATEGORIES[value])


@register.filter
def category_icon(value: Category) -> str:
    return labels.CATEGORY_ICONS[value]


@register.filter
def channel(value: Channel) -> str:
    return str(labels.CHANNELS[value])


@register.filter
def service(value: Service) -> str:
    return str(labels.SERVICES[value])


@register.filter
def material_kind(value: MaterialKind) -> str:
    return str(labels.MATERIAL_KINDS[value])


@register.filter
def duration(value: Duration) -> str:
    """ "20 working days", "10 minutes"."""
    amount = value.amount
    said = {
        Unit.MINUTE: ngettext("%(n)s minute", "%(n)s minutes", amount),
        Unit.HOUR: ngettext("%(n)s hour", "%(n)s hours", amount),
        Unit.WORKDAY: ngettext("%(n)s working day", "%(n)s working days", amount),
        Unit.DAY: ngettext("%(n)s day", "%(n)s days", amount),
    }[value.unit]
    return said % {"n": amount}


@register.filter
def steps(value: Steps) -> list[str]:
    return value.zh if is_chinese(get_language() or "zh-hans") else value.en
