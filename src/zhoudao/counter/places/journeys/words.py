"""A journey and its reasons as people say them, in the language that is active.

Times are said as they stand on the city's clock, lengths to the minute; boats by their line and pier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.look import words
from zhoudao.counter.places.journeys.soonest import SoonestAnswer, Way, said_of
from zhoudao.engines.wayfinding import Leg, Place, Reason
from zhoudao.engines.wayfinding.timetable import FERRY, in_language

WORTH_SAYING = timedelta(minutes=2)
"""Waits shorter than this are not told as a step of their own."""
SHORT_WALK = 30 * 60
"""Somebody who gets home on foot within this many seconds needs no last boat."""
SENTENCES = {
    "waits_for_boat": gettext_lazy("waits %(span)s for the boat %(line)s at %(depart)s"),
    "waits_for_bus": gettext_lazy("waits %(span)s for the bus %(line)s at %(depart)s"),
    "opens_later": gettext_lazy("not open yet, opens %(opens)s"),
    "closed_at_midday": gettext_lazy("midday break, opens %(opens)s"),
    "closed_on_arrival": gettext_lazy("closes %(closed)s, before you get there; opens %(opens)s"),
    "closed_today": gettext_lazy("closed that day, opens %(opens)s"),
    "closure": gettext_lazy("%(reason)s; opens %(opens)s"),
    "closed": gettext_lazy("does not open in the next weeks"),
    "hours_unconfirmed": gettext_lazy("hours from %(from)s are not announced yet; call first"),
    "queue": gettext_lazy("about %(span)s in the queue"),
    "no_boat_today": gettext_lazy(
        "no boat goes there today; the next journey leaves %(next_depart)s, there %(next_arrive)s"
    ),
    "no_bus_today": gettext_lazy(
        "no bus goes there today; the next journey leaves %(next_depart)s, there %(next_arrive)s"
    ),
    "last_boat_gone": gettext_lazy(
        "too late for today's last boat (you had to leave by %(last)s);"
        " the next journey leaves %(next_depart)s, there %(next_arrive)s"
    ),
    "last_bus_gone": gettext_lazy(
        "too late for today's last bus (you had to leave by %(last)s);"
        " the next journey leaves %(next_depart)s, there %(next_arrive)s"
    ),
    "unreachable": gettext_lazy("no street, bus or boat leads there within a week"),
    "no_way_back_today": gettext_lazy("you would not get home that day"),
    "off_the_map": gettext_lazy("we know no way there; call, and someone will tell you"),
}
"""What each reason of the engine reads as; see docs/wayfinding.md."""


@dataclass(frozen=True)
class Step:
    """One line of a journey told in words."""

    kind: str
    """walk, car, bus, ferry, wait or arrive: how the page draws it."""
    at: datetime
    text: str


def language() -> str:
    return get_language() or "zh-hans"


def when(moment: datetime, now: datetime) -> str:
    """As short as it is still clear: "15:52", "tomorrow 08:30", "Mon 30 Nov, 08:30"."""
    day, today = clock.local(moment).date(), clock.local(now).date()
    time = words.time_of_day(moment)
    if day == today:
        return time
    if day == today + timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": time}
    return words.moment(moment, language(), today.year)


def in_full(moment: datetime) -> datetime:
    """The next full minute: who arrives at 16:00:02 isn't there at 16:00."""
    return moment + timedelta(seconds=-moment.timestamp() % 60)


def span(length: timedelta | int) -> str:
    """A length of time; a bare number is seconds."""
    return words.span(timedelta(seconds=length) if isinstance(length, int) else length, language())


def place(spot: Place, way: Way) -> str:
    """Where a leg begins or ends."""
    if spot.kind == "here":
        return _("where you are")
    if spot.kind == "point" and way.point is not None:
        return words.text(way.point.name, language())
    return spot.name("zh" if words.is_chinese(language()) else "en")


def line(leg: Leg) -> str | None:
    return in_language(leg.line.names, "zh" if words.is_chinese(language()) else "en") if leg.line else None


def online() -> str:
    """What the online channel is called."""
    return _("Online")


# The journey ----------------------------------------------------------------------------------------------------------


def story(way: Way) -> list[Step]:
    """The journey step by step, with the waits, to the moment one is served."""
    if way.served_at is None or way.is_online:
        return []
    steps: list[Step] = []
    journey = way.unhurried
    ready = journey.depart if journey else way.answer.when
    for leg in journey.legs if journey else ():
        if leg.depart - ready >= WORTH_SAYING:
            steps.append(Step("wait", ready, _wait_for(leg, leg.depart - ready)))
        steps.append(_leg_step(leg, way))
        ready = leg.arrive
    opens, queue = way.opens, way.queue
    if opens is not None and opens - ready >= WORTH_SAYING:
        steps.append(Step("wait", ready, _("Opens %(when)s") % {"when": when(opens, way.answer.when)}))
    if queue is not None and queue >= WORTH_SAYING:
        steps.append(Step("wait", opens or ready, _("Queue for about %(span)s") % {"span": span(queue)}))
    name = words.text(way.point.name, language()) if way.point else ""
    steps.append(Step("arrive", in_full(way.served_at), _("You are served at %(place)s") % {"place": name}))
    return steps


def _wait_for(leg: Leg, length: timedelta) -> str:
    if leg.mode == FERRY:
        return _("Wait %(span)s for the boat") % {"span": span(length)}
    return _("Wait %(span)s for the bus") % {"span": span(length)}


def _leg_step(leg: Leg, way: Way) -> Step:
    said = {
        "span": span(leg.arrive - leg.depart),
        "to": place(leg.end, way),
        "from": place(leg.start, way),
        "line": line(leg),
    }
    if leg.mode == "walk":
        return Step("walk", leg.depart, _("Walk %(span)s to %(to)s") % said)
    if leg.mode == "car":
        return Step("car", leg.depart, _("Drive %(span)s to %(to)s") % said)
    if leg.mode == FERRY and leg.takes_car:
        return Step("ferry", leg.depart, _("Drive aboard at %(from)s: %(line)s, %(span)s to %(to)s") % said)
    if leg.mode == FERRY:
        return Step("ferry", leg.depart, _("Boat from %(from)s: %(line)s, %(span)s to %(to)s") % said)
    return Step("bus", leg.depart, _("%(line)s from %(from)s, %(span)s to %(to)s") % said)


def by_what(way: Way) -> str:
    """The journey in one line: "8 min on foot", "17 min, with bus Line 1", "1 h 5 min, with boat Dinghai-Panzhi"."""
    journey = way.unhurried
    if journey is None:
        return ""
    length = span(journey.arrive - journey.depart)
    rides = [leg for leg in journey.legs if leg.line]
    if not journey.legs:
        return _("you are there already")
    if not rides and way.answer.mode == "walk":
        return _("%(span)s on foot") % {"span": length}
    if not rides:
        return _("%(span)s by car") % {"span": length}
    lines = _joined(
        [
            (_("boat %(line)s") if leg.mode == FERRY else _("bus %(line)s")) % {"line": line(leg)}
            for leg in rides
        ]
    )
    return _("%(span)s, with %(lines)s") % {"span": length, "lines": lines}


def leave(way: Way) -> str:
    """When to set out, for somebody who need not go at once: "leave tomorrow 13:09"."""
    journey = way.unhurried
    if journey is None or not journey.legs or journey.depart - way.answer.when < WORTH_SAYING:
        return ""
    return _("leave %(when)s") % {"when": when(journey.depart, way.answer.when)}


def in_time(way: Way) -> str:
    """Until when one may come and is still served: "be there before 17:00"."""
    if way.open_until is None or way.served_at is None:
        return ""
    return _("be there before %(when)s") % {"when": when(way.open_until, way.answer.when)}


# Why here, why later --------------------------------------------------------------------------------------------------


def reason(way: Way) -> str:
    """Why a place is the first, comes later, or does not serve today: one sentence."""
    # How much farther it is, the delay says already.
    parts = [said(each, way) for each in way.reasons if each.code != "farther"]
    why = _joined(parts, pgettext("between reasons", "; "))
    if way.is_online:
        return _("You can do this online now")
    if way.served_at is None:
        return why
    if way.is_first:
        soonest = _("The soonest: served %(when)s") % {"when": when(in_full(way.served_at), way.answer.when)}
        return _joined(filter(None, [soonest, why]), pgettext("between reasons", "; "))
    later = way.later or timedelta()
    if later < timedelta(minutes=1):
        return why or _("just as soon")
    said_later = _("%(span)s later") % {"span": span(later)}
    return pgettext("how much later, and why", "%(later)s: %(why)s") % {
        "later": said_later,
        "why": why or _("further away"),
    }


def said(each: Reason, way: Way) -> str:
    """One reason in words."""
    values = dict(each.values)
    now = way.answer.when
    for name, value in each.values.items():
        if isinstance(value, datetime):
            values[name] = when(in_full(value) if name == "next_arrive" else value, now)
    if "seconds" in values:
        values["span"] = span(int(values["seconds"]))
    closure = way.closure(each)
    values["reason"] = words.text(closure.reason, language()) if closure else ""
    if "line" in values:
        values["line"] = in_language(values["line"].names, "zh" if words.is_chinese(language()) else "en")
    if each.code == "closed" and closure:
        return str(values["reason"])
    return str(SENTENCES[each.code]) % values


def way_back(way: Way) -> str:
    """What to know of the way home: the last boat or bus, or that there is none. Empty for a short way on foot."""
    back = way.back
    if back is None or (back.on_foot is not None and back.on_foot <= SHORT_WALK):
        return ""
    journey = way.last_back
    if journey is None:
        if back.on_foot is not None:
            return ""
        return _("No boat or bus home after that today: plan to stay, or come another day")
    ride = next(leg for leg in journey.legs if leg.line)
    values = {
        "leave": when(journey.depart, way.answer.when),
        "line": line(ride),
        "pier": place(ride.start, way),
        "time": words.time_of_day(ride.depart),
    }
    if any(leg.mode == FERRY for leg in journey.legs):
        ride = next(leg for leg in journey.legs if leg.mode == FERRY)
        values |= {"line": line(ride), "pier": place(ride.start, way), "time": words.time_of_day(ride.depart)}
        return _("Last boat home: %(line)s from %(pier)s at %(time)s; leave by %(leave)s") % values
    return _("Last bus home: %(line)s from %(pier)s at %(time)s; leave by %(leave)s") % values


def served(way: Way) -> str:
    """ "served 15:52", or that one isn't."""
    if way.served_at is None:
        return _("not today")
    return _("served %(when)s") % {"when": when(in_full(way.served_at), way.answer.when)}


def setting_out(answer: SoonestAnswer) -> str:
    """When and how one is taken to set out."""
    values = {"when": when(answer.when, clock.now())}
    if answer.mode == "car":
        return _("By car and car ferry, setting out %(when)s.") % values
    return _("On foot, by bus and boat, setting out %(when)s.") % values


def doubted(answer: SoonestAnswer) -> str:
    """Why the coordinates look wrong, with those that may have been meant; empty when they don't."""
    return " ".join(said_of(answer.doubt)) if answer.doubt else ""


def headline(answer: SoonestAnswer) -> str:
    """ "You can be served at 15:52 at the earliest", or that nobody serves."""
    first = answer.first
    if first is None or first.served_at is None:
        return _("Nobody we know of can serve you within a week of that time")
    if first.is_online:
        return _("You can do this online now, from where you are")
    return _("The earliest you can be served is %(when)s") % {
        "when": when(in_full(first.served_at), answer.when)
    }


def _joined(parts: Iterable[str], between: str | None = None) -> str:
    return (pgettext("between things in a list", ", ") if between is None else between).join(parts)
