"""How places are said on a page: ``{% load places %}``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhoudao.core import city, clock
from zhoudao.core.look import words
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.places import labels, where
from zhoudao.counter.places.models import Closure, Guide, Point
from zhoudao.counter.places.rules import OpenState
from zhoudao.counter.places.where import Near

register = template.Library()


@dataclass(frozen=True)
class Saying:
    """``kind`` is done (open), waiting (shut) or danger (shut although its hours say open)."""

    kind: str
    label: str


def _language() -> str:
    return get_language() or "zh-hans"


@register.filter
def point_kind(value: str) -> str:
    return str(labels.POINT_KINDS.get(value, value))  # type: ignore[call-overload]


@register.filter
def point_icon(value: str) -> str:
    return labels.POINT_ICONS.get(value, "pin")  # type: ignore[call-overload]


@register.filter
def phone_kind(value: str) -> str:
    return str(labels.PHONE_KINDS.get(value, value))  # type: ignore[call-overload]


@register.filter
def saying(state: OpenState, now: datetime) -> Saying:
    """ "Open now, closes 17:00", "Opens tomorrow 08:30" and so on, at ``now``."""
    if state.always:
        return Saying("done", _("Open 24 hours"))
    if not state.confirmed:
        return Saying("waiting", _("Holiday hours not announced yet; call first"))
    if state.changes_at is None:
        return Saying("waiting", _("Not open in the next two weeks; call first"))
    when = moment_from(state.changes_at, now)
    if state.is_open:
        return Saying("done", _("Open now, closes %(when)s") % {"when": when})
    if isinstance(state.closure, Closure):
        return Saying("danger", _("Closed for now, opens %(when)s") % {"when": when})
    return Saying("waiting", _("Closed, opens %(when)s") % {"when": when})


@register.filter
def answered(state: OpenState, now: datetime) -> str:
    """Whether a phone is answered: "answered until 17:30"."""
    if state.always:
        return _("answered day and night")
    if not state.confirmed or state.changes_at is None:
        return _("hours not confirmed")
    when = moment_from(state.changes_at, now)
    if state.is_open:
        return _("answered until %(when)s") % {"when": when}
    return _("answered again from %(when)s") % {"when": when}


@register.filter
def moment_from(moment: datetime, now: datetime) -> str:
    """As short as it is still clear: "17:00", "tomorrow 08:30", "Mon 30 Nov, 08:30"."""
    today, day = clock.local(now).date(), clock.local(moment).date()
    time = words.time_of_day(moment)
    if day == today or (day == today + timedelta(days=1) and time == "00:00"):
        return "24:00" if day != today else time
    if day == today + timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": time}
    return words.moment(moment, _language(), today.year)


@register.filter
def day_name(day: date, today: date) -> str:
    """ "Today", "Tomorrow", or the day."""
    if day == today:
        return _("Today")
    if day == today + timedelta(days=1):
        return _("Tomorrow")
    return words.day(day, _language(), today.year)


@register.filter
def until(interval: tuple[datetime, datetime]) -> str:
    """ "08:30–11:30"; midnight at the end of a day is 24:00."""
    start, end = interval
    ends = words.time_of_day(end)
    return f"{words.time_of_day(start)}–{'24:00' if ends == '00:00' else ends}"


@register.simple_tag
def settlement_options(near: Near | None) -> str:
    """The settlements to pick from, by district; two hundred options that are the same on every page."""
    chosen = near.settlement.code if near and near.settlement else ""
    return _options(city.current().folder, _language(), chosen)


@lru_cache(maxsize=512)
def _options(folder: Path, language: str, chosen: str) -> str:
    settlements = where.by_district(city.current())
    return render_to_string("places/parts/settlements.html", {"settlements": settlements, "chosen": chosen})


# What is the same in many answers is rendered once and kept: templates cost more than the search for the way.


@register.simple_tag
def item_facts(item: Item) -> str:
    """What an item costs and takes."""
    return _of_item("places/parts/item_facts.html", _language(), _Itself(item))


@register.simple_tag
def item_bring(item: Item) -> str:
    """What to bring for it, and how it goes."""
    return _of_item("places/parts/item_bring.html", _language(), _Itself(item))


@register.simple_tag
def place_facts(point: Point, guide: Guide, item: Item) -> str:
    """Phone, address and kind of a place, and whom to ask there."""
    language = _language()
    address = words.text(point.address, language)
    return _place_facts(
        language, guide.phone or point.phone, address, point.kind, point.step_free, point.code, item.code
    )


@dataclass(frozen=True, eq=False)
class _Itself:
    """An item as a key by identity: the catalogue keeps one object of each until it changes."""

    item: Item

    def __hash__(self) -> int:
        return id(self.item)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.item is self.item


@lru_cache(maxsize=1024)
def _of_item(template: str, language: str, which: _Itself) -> str:
    return render_to_string(template, {"item": which.item})


@lru_cache(maxsize=4096)
def _place_facts(
    language: str, phone: str, address: str, kind: str, step_free: bool, point: str, item: str
) -> str:
    about = {
        "phone": phone,
        "address": address,
        "kind": kind,
        "step_free": step_free,
        "point": point,
        "item": item,
    }
    return render_to_string("places/parts/place_facts.html", about)
