"""The components that need logic: ``{% load look %}``. What each looks like: docs/look.md and the page
/look.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from zhoudao.core import clock
from zhoudao.core.look import icons, words
from zhoudao.core.look.navigation import sections

register = template.Library()

KINDS = {
    "info": pgettext_lazy("notice", "Note"),
    "done": pgettext_lazy("notice", "Done"),
    "waiting": pgettext_lazy("notice", "Waiting"),
    "danger": pgettext_lazy("notice", "Problem"),
}
"""What a notice says first, so that its colour is never alone."""


def _language() -> str:
    return get_language() or "zh-hans"


def _known(kind: str, kinds: Iterable[str]) -> str:
    if kind not in kinds:
        raise template.TemplateSyntaxError(f"{kind!r} is no kind; expected one of {', '.join(kinds)}")
    return kind


# Words ------------------------------------------------------------------------------------------------------


@register.filter
def text(value: object) -> str:
    return words.text(value, _language())


@register.filter
def moment(value: datetime | None) -> str:
    return words.moment(value, _language(), clock.local(clock.now()).year) if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    return words.day(value, _language(), clock.local(clock.now()).year) if value else ""


@register.filter
def time_of_day(value: datetime | time | None) -> str:
    return words.time_of_day(value) if value is not None else ""


@register.filter
def span(value: timedelta | float | None) -> str:
    return words.span(value, _language()) if value is not None else ""


@register.filter
def money(fen: int | None) -> str:
    return words.money(fen) if fen is not None else ""


@register.filter
def money_rounded(fen: int | None) -> str:
    return words.money_rounded(fen, _language()) if fen is not None else ""


@register.filter
def count(number: float | None) -> str:
    return words.count(number) if number is not None else ""


@register.filter
def distance(metres: float | None) -> str:
    return words.distance(metres, _language()) if metres is not None else ""


# Small pieces
# --------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    return mark_safe(icons.svg(name))  # noqa: S308  our own constants


@register.simple_tag
def badge(kind: str, label: str) -> SafeString:
    return format_html('<span class="badge badge-{}">{}</span>', _known(kind, ["plain", *KINDS]), label)


@register.simple_tag
def phone(number: str, whose: str = "") -> SafeString:
    """A link that dials. Screen readers and phones get the digits, people the number as it is written."""
    digits = "".join(character for character in str(number) if character.isdigit() or character == "+")
    name = format_html('<span class="phone-whose">{}</span> ', whose) if whose else ""
    return format_html(
        '<a class="phone" href="tel:{}">{}{}<span class="number">{}</span></a>',
        digits,
        icon("phone"),
        name,
        number,
    )


@register.inclusion_tag("look/parts/stat.html")
def stat(figure: object, sentence: str, url: str = "") -> dict[str, object]:
    """A figure with its sentence; what follows the figure's first space is its unit and written smaller."""
    number, _, unit = str(figure).partition(" ")
    return {"figure": number, "unit": unit, "sentence": sentence, "url": url}


@register.inclusion_tag("look/parts/empty_state.html")
def empty_state(title: str, hint: str = "", url: str = "", action: str = "") -> dict[str, object]:
    return {"title": title, "hint": hint, "url": url, "action": action}


@register.inclusion_tag("look/parts/loading.html")
def loading(label: str | None = None) -> dict[str, object]:
    return {"label": label or gettext_lazy("Loading")}


@register.simple_block_tag
def notice(content: str, kind: str, title: str = "") -> SafeString:
    word = KINDS[_known(kind, KINDS)]
    return mark_safe(  # noqa: S308  rendered by a template
        render_to_string(
            "look/parts/notice.html", {"kind": kind, "word": word, "title": title, "content": content}
        )
    )


@register.simple_block_tag
def dialog(content: str, name: str, title: str) -> SafeString:
    """A modal dialog, opened by ``<button type="button" data-opens="NAME">``."""
    return mark_safe(  # noqa: S308  rendered by a template
        render_to_string("look/parts/dialog.html", {"name": name, "title": title, "content": content})
    )


# Finding one's way
# ---------------------------------------------------------------------------------------------------


@register.inclusion_tag("look/parts/crumbs.html")
def crumbs(*labels_and_urls: str) -> dict[str, object]:
    """``{% crumbs label url label url last_label %}``"""
    pairs = list(zip(labels_and_urls[0::2], labels_and_urls[1::2], strict=False))
    return {"pairs": pairs, "last": labels_and_urls[-1] if len(labels_and_urls) % 2 else None}


@register.inclusion_tag("look/parts/stepper.html")
def stepper(steps: Iterable[str], current: int) -> dict[str, object]:
    """``current`` counts from 1; one past the last step means all are done."""
    named = list(steps)
    states = [
        "done" if place < current else "current" if place == current else "ahead"
        for place in range(1, len(named) + 1)
    ]
    return {
        "steps": list(zip(named, states, strict=True)),
        "current": current,
        "total": len(named),
        "name": named[current - 1] if 0 < current <= len(named) else "",
    }


@register.inclusion_tag("look/parts/tabs.html")
def tabs(items: Iterable[Any], label: str = "") -> dict[str, object]:
    """``items``: dicts of label, url, current and perhaps count; or tuples (label, url, current)."""
    return {
        "tabs": [
            item if isinstance(item, dict) else dict(zip(("label", "url", "current"), item, strict=False))
            for item in items
        ],
        "label": label or gettext_lazy("Parts of this page"),
    }


def _query(context: Context, **changes: object) -> str:
    """The page's own query string with some parameters changed."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else {}
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + (
        query.urlencode() if hasattr(query, "urlencode") else "&".join(f"{k}={v}" for k, v in query.items())
    )


@register.inclusion_tag("look/parts/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, name: str = "page") -> dict[str, object]:
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [
            (number, _query(context, **{name: number}) if isinstance(number, int) else "")
            for number in numbers
        ],
        "before": _query(context, **{name: page.number - 1}),
        "after": _query(context, **{name: page.number + 1}),
    }


@register.inclusion_tag("look/parts/sort_header.html", takes_context=True)
def sort_header(
    context: Context, column: str, label: str, kind: str = "", default: str = ""
) -> dict[str, object]:
    """A table header that sorts by ``?order=column`` and, pressed again, ``?order=-column``; ``kind`` is a
    class ("number").
    """
    request = context.get("request")
    order = (request.GET.get("order") if request is not None else None) or default
    state = "ascending" if order == column else "descending" if order == f"-{column}" else ""
    url = _query(context, order=f"-{column}" if state == "ascending" else column, page=None)
    return {"label": label, "state": state, "url": url, "kind": kind}


@register.inclusion_tag("look/parts/side_navigation.html", takes_context=True)
def side_navigation(context: Context) -> dict[str, object]:
    request = context["request"]
    return {"sections": sections(request.actor, request.path)}


# Forms ------------------------------------------------------------------------------------------------------


@register.inclusion_tag("look/forms/summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """What is wrong, at the top, each line a link to its field."""
    lines = [
        (_first_input(field), str(field.label).rstrip("?？"), error)
        for field in form.visible_fields()
        for error in field.errors
    ]
    return {"form": form, "lines": lines}


def _first_input(field: BoundField) -> str:
    """The id that a link jumps to: the field, or the first choice of a group."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
