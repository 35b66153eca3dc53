"""How places are said on a page: ``{% load places %}``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.look import words
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
