"""Where is one served soonest? The directory's points for an item, ranked by the engine.

What a ranking does not need (legs, reasons, the way back) is worked out when somebody looks at it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhoudao.core import city, clock
from zhoudao.core.access import Actor, require
from zhoudao.core.look.words import text
from zhoudao.core.one_look import one_look
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Channel, Item, Unit
from zhoudao.counter.places import ports, where
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.journeys.doing import Doing, doing
from zhoudao.counter.places.journeys.rules import FIND_WAY, BadQuestion, Mode, NotHere
from zhoudao.counter.places.models import Closure, Guide, Point
from zhoudao.counter.places.rules import Position
from zhoudao.engines import wayfinding as engine
from zhoudao.engines.wayfinding import HoursTable, Leg, Network, Queue, Reason
from zhoudao.engines.wayfinding.coords import Doubt, doubt
from zhoudao.engines.wayfinding.journey import end_of_day, latest_departure, moment_of
from zhoudao.engines.wayfinding.layer import OFF_STREET
from zhoudao.engines.wayfinding.soonest import SERVICE_TAKES, Service

ONLINE = "online"
"""Code of the online channel in a ranking."""
SECONDS = {Unit.MINUTE: 60, Unit.HOUR: 3600}
LONG_WAIT = timedelta(minutes=15)
"""Nobody is sent to a door that opens later than this after they get there."""
LONGEST_STAY = 4 * 3600
"""An item promised within hours keeps nobody at the window for longer than this, seconds."""


@dataclass(frozen=True)
class Way:
    """One place in a ranking, or the online channel."""

    answer: SoonestAnswer = field(repr=False)
    service: Service | None
    """What the engine found; None for a point that is not on the network."""
    guide: Guide | None
    """How the item is done there; None online."""

    @property
    def is_online(self) -> bool:
        return self.guide is None

    @property
    def code(self) -> str:
        return self.point.code if self.point else ONLINE

    @property
    def point(self) -> Point | None:
        return self.guide.point if self.guide else None

    @property
    def served_at(self) -> datetime | None:
        return self.service.served_at if self.service else None

    @property
    def arrive(self) -> datetime | None:
        return self.service.arrive if self.service else None

    @property
    def depart(self) -> datetime | None:
        return self.service.depart if self.service else None

    @property
    def legs(self) -> tuple[Leg, ...]:
        return self.service.legs if self.service else ()

    @property
    def reasons(self) -> list[Reason]:
        return self.service.reasons if self.service else [Reason("off_the_map")]

    @property
    def back(self) -> engine.Back | None:
        return self.service.back if self.service else None

    @property
    def is_first(self) -> bool:
        return self.answer.first is self

    @property
    def later(self) -> timedelta | None:
        """How much later one is served than at the first place."""
        first = self.answer.first
        if self.served_at is None or first is None or first.served_at is None:
            return None
        return self.served_at - first.served_at

    @property
    def queue(self) -> timedelta | None:
        """How long one queues by the estimate; None where none is known."""
        if self.service is None or self.served_at is None or self.code not in self.answer.queues_known:
            return None
        return self.served_at - (self.service.joined or self.served_at)

    @property
    def opens(self) -> datetime | None:
        """When it opens, for somebody who has to wait for that."""
        joined = self.service.joined if self.service and not self.is_online else None
        return joined if joined and self.arrive and joined > self.arrive else None

    @cached_property
    def unhurried(self) -> engine.Journey | None:
        """The way there as one would go: not to stand before a closed door for long, but in time for when it
        opens."""
        journey = self.service.journey if self.service else None
        if journey is None or self.opens is None or self.opens - journey.arrive < LONG_WAIT:
            return journey
        answer = self.answer
        origin = (answer.origin.longitude, answer.origin.latitude)
        return latest_departure(
            answer.network, origin, self.code, self.opens, answer.mode, not_before=answer.when
        )

    @cached_property
    def open_until(self) -> datetime | None:
        """When it closes on the day one is served: whoever is there a little before is still served. None round the
        clock."""
        joined = self.service.joined if self.service and not self.is_online else None
        if joined is None:
            return None
        hours = self.answer.doing.hours
        place, moment = int(hours.numbers_of((self.code,))[0]), int(joined.timestamp())
        if hours.always[place]:
            return None
        spans = hours.spans(place)
        return next(
            (clock.local(datetime.fromtimestamp(end, joined.tzinfo)) for start, end in spans
             if start <= moment < end),
            None,
        )  # fmt: skip

    @cached_property
    def is_open(self) -> bool:
        """Whether it is open at the moment of the question."""
        if self.is_online:
            return True
        hours = self.answer.doing.hours
        return bool(hours.is_open(int(hours.numbers_of((self.code,))[0]), int(self.answer.when.timestamp())))

    @cached_property
    def last_back(self) -> engine.Journey | None:
        """The last journey home that day after the service by bus or boat; None when there is none, or none is
        needed."""
        back = self.back
        if back is None or back.last is None or self.served_at is None:
            return None
        network, answer = self.answer.network, self.answer
        done = self.served_at + timedelta(seconds=answer.stay)
        end = moment_of(network, end_of_day(network, int(done.timestamp())))
        origin = (answer.origin.longitude, answer.origin.latitude)
        found = latest_departure(network, self.code, origin, end, answer.mode, not_before=done)
        return found if found and any(leg.line for leg in found.legs) else None

    def closure(self, reason: Reason) -> Closure | None:
        """The closure that a reason speaks of."""
        return self.answer.doing.closures.get(
            str(reason.values.get("reason") or reason.values.get("closure"))
        )


@dataclass(frozen=True)
class SoonestAnswer:
    """Where one is served soonest: every place that does an item, ranked."""

    item: Item
    origin: Position
    when: datetime
    mode: Mode
    doing: Doing = field(repr=False)
    network: Network = field(repr=False)
    doubt: Doubt | None
    """Why the coordinates look wrong although they lie in the city, with those to offer instead."""
    queues_known: frozenset[str]
    """Points whose queue somebody knows; nobody is said to wait at the others."""
    stay: int
    """Seconds from being served until one can go home."""
    services: Sequence[Service] = field(repr=False)

    @cached_property
    def ways(self) -> list[Way]:
        """Those served first, soonest first; then those that do not serve; then those nobody can be led to."""
        guides = self.doing.guides
        on_map = [Way(self, service, guides.get(service.point)) for service in self.services]
        ranked = {service.point for service in self.services}
        return on_map + [Way(self, None, guide) for code, guide in guides.items() if code not in ranked]

    @property
    def first(self) -> Way | None:
        """Where one is served soonest; None when nobody serves within a week."""
        return self.ways[0] if self.ways and self.ways[0].served_at is not None else None

    @property
    def online(self) -> Way | None:
        return next((way for way in self.ways if way.is_online), None)

    @property
    def queue_known(self) -> bool:
        return bool(self.queues_known)

    def way(self, point_code: str) -> Way | None:
        return next((way for way in self.ways if way.code == point_code), None)


@one_look()
def soonest(
    actor: Actor, item_code: str, origin: Position, when: datetime | None = None, mode: Mode = "walk"
) -> SoonestAnswer:
    """Every place that does an item, by the moment one is served who leaves ``origin`` at ``when`` (now).

    Raises UnknownItem, NotHere (a place outside the city, or with no street near), BadQuestion (a time the timetable
    says nothing about), NoNetwork.
    """
    require(actor, FIND_WAY)
    item = catalog.item(actor, item_code)
    network = home.current()
    doubted = _doubt(network, origin)
    moment = clock.local(when or clock.now())
    found = doing(actor, item_code, moment)
    on_map = set(network.point_codes)
    known = [code for code in found.guides if code in on_map]
    queue, queues_known = _queue(actor, item_code, found.hours, moment)
    staying = stay(item)
    try:
        services = engine.soonest(
            network,
            (origin.longitude, origin.latitude),
            moment,
            found.hours,
            mode=mode,
            candidates=known,
            queue=queue,
            service_takes=staying,
            online=engine.Online(ONLINE) if Channel.ONLINE in item.channels else None,
        )
    except engine.OutsideCalendar as outside:
        raise outside_calendar(network, moment) from outside
    except engine.NotOnTheMap as lost:
        raise NotHere(
            _("There is no street within %(metres)d m of that place.") % {"metres": OFF_STREET},
            _("Choose a place nearer to a street, or pick one from the list."),
            doubted,
        ) from lost
    return SoonestAnswer(item, origin, moment, mode, found, network, doubted, queues_known, staying, services)


def outside_calendar(network: Network, moment: datetime) -> BadQuestion:
    """What to say about a moment the timetable does not reach."""
    timetable = network.timetable
    return BadQuestion(
        _("The timetable says nothing about %(day)s.") % {"day": clock.local(moment).date()},
        _("Choose a day from %(first)s to %(last)s.")
        % {"first": timetable.first_day, "last": timetable.last_day},
        "outside_calendar",
    )


def _doubt(network: Network, origin: Position) -> Doubt | None:
    """Why the coordinates look odd although they lie in the city. Raises NotHere when they don't."""
    here = city.current()
    bounds = where.bounds_of(here)
    found = doubt(origin.longitude, origin.latitude, bounds, network.metres_off_street)
    if found is None or here.holds(origin.longitude, origin.latitude):
        return found
    if found.place is None:
        what = _("That place is outside %(city)s.") % {"city": text(here.name, get_language() or "zh-hans")}
        west, south, east, north = bounds
        todo = _(
            "Give a longitude from %(west)s to %(east)s and a latitude from %(south)s to %(north)s, in WGS-84."
        )
        raise NotHere(what, todo % {"west": west, "east": east, "south": south, "north": north}, found)
    raise NotHere(*said_of(found), found)


def said_of(found: Doubt) -> tuple[str, str]:
    """What looks wrong with coordinates that could be mended, and the mended ones."""
    assert found.place is not None
    offered = {"place": f"{found.place[0]:.6f},{found.place[1]:.6f}"}
    if found.code == "swapped":
        return (
            _("Longitude and latitude look swapped."),
            _("Did you mean %(place)s?") % offered,
        )
    return (
        _("These look like %(datum)s coordinates, copied from another map.") % {"datum": found.code},
        _("In WGS-84 they are %(place)s.") % offered,
    )


def stay(item: Item) -> int:
    """Seconds at the window: what is promised in minutes or hours is waited for, else the engine's own."""
    promised = item.promised_time
    if promised.unit not in SECONDS:
        return SERVICE_TAKES
    return min(promised.amount * SECONDS[promised.unit], LONGEST_STAY)


def _queue(
    actor: Actor, item_code: str, hours: HoursTable, moment: datetime
) -> tuple[Queue | None, frozenset[str]]:
    """The expected waits in the order of ``hours``, and the points they are known for."""
    waits = ports.waits(actor, item_code, hours.codes, moment)
    if waits is None or not waits.seconds:
        return None, frozenset()
    slots = max(1, *(len(row) for row in waits.seconds.values()))
    table = np.zeros((len(hours.codes), slots), dtype=np.int32)
    for number, code in enumerate(hours.codes):
        row = waits.seconds.get(code)
        if row:
            table[number, : len(row)] = row
            table[number, len(row) :] = row[-1]
    known = frozenset(hours.codes) & frozenset(waits.seconds)
    begins = math.floor(waits.begins.timestamp())
    return Queue(begins, max(1, int(waits.slot.total_seconds())), table), known
