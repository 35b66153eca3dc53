"""How places and items are said on a page: open or not, what kind, how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.look import words
from zhoudao.counter.catalog.schema import Duration, Steps, Unit
from zhoudao.counter.places import labels
from zhoudao.counter.places.models import Closure
from zhoudao.counter.places.rules import OpenState

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
def service(value: str) -> str:
    return str(labels.SERVICES.get(value, value))  # type: ignore[call-overload]


@register.filter
def category(value: str) -> str:
    return str(labels.CATEGORIES.get(value, value))  # type: ignore[call-overload]


@register.filter
def item_icon(category: str) -> str:
    return labels.CATEGORY_ICONS.get(category, "document")  # type: ignore[call-overload]


@register.filter
def channel(value: str) -> str:
    return str(labels.CHANNELS.get(value, value))  # type: ignore[call-overload]


@register.filter
def material_kind(value: str) -> str:
    return str(labels.MATERIAL_KINDS.get(value, value))  # type: ignore[call-overload]


@register.filter
def duration(value: Duration) -> str:
    """ "20 working days", "10 minutes"."""
    amount = value.amount
    if value.unit is Unit.MINUTE:
        said = ngettext("%(n)s minute", "%(n)s minutes", amount)
    elif value.unit is Unit.HOUR:
        said = ngettext("%(n)s hour", "%(n)s hours", amount)
    elif value.unit is Unit.WORKDAY:
        said = ngettext("%(n)s working day", "%(n)s working days", amount)
    else:
        said = ngettext("%(n)s day", "%(n)s days", amount)
    return said % {"n": amount}


@register.filter
def steps(value: Steps) -> list[str]:
    return value.zh if words.is_chinese(_language()) else value.en


@register.filter
def saying(state: OpenState, now: datetime) -> Saying:
    """ "Open now, closes 17:00", "Opens tomorrow 08:30" and so on, at ``now``."""
    if state.always:
        return Saying("done", _("Open 24 hours"))
    if state.changes_at is None:
        return Saying("waiting", _("Not open in the next two weeks; call first"))
    when = moment_from(state.changes_at, now)
    if not state.confirmed:
        return Saying("waiting", _("Holidays not announced yet, call first"))
    if state.is_open:
        return Saying("done", _("Open now, closes %(when)s") % {"when": when})
    if isinstance(state.closure, Closure):
        return Saying("danger", _("Closed for now, opens %(when)s") % {"when": when})
    return Saying("waiting", _("Closed, opens %(when)s") % {"when": when})


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
