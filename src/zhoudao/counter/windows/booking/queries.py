"""Half hours that are free, and one's own appointments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zhoudao.core import clock
from zhoudao.core.access import Actor, Role, require
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.places.help.rules import tidy_number
from zhoudao.counter.places.models import Guide, Point
from zhoudao.counter.windows.booking.models import Appointment
from zhoudao.counter.windows.booking.rules import BOOK, BOOKED_AHEAD, Booking, Slot, by_day, may_arrive, slots
from zhoudao.counter.windows.models import Window
from zhoudao.counter.windows.opening import open_times
from zhoudao.counter.windows.problems import NotFound
from zhoudao.counter.windows.rules import WindowKind

TAKES = (Booking.BOOKED.value, Booking.ARRIVED.value)


@dataclass(frozen=True)
class Choice:
    """What one may book at a point."""

    point: Point
    services: list[str]
    items: list[Item]


@dataclass(frozen=True)
class Held:
    """An appointment as its holder sees it."""

    appointment: Appointment
    may_arrive: bool
    may_change: bool
    item: Item | None


def choice(actor: Actor, point_code: str) -> Choice:
    """Raises NotFound."""
    require(actor, BOOK)
    point = _point(point_code)
    windows = Window.objects.filter(point=point, withdrawn=False).values_list("services", flat=True)
    services = sorted({code for codes in windows for code in codes})
    here = set(Guide.objects.filter(point=point).values_list("item", flat=True))
    items = [each for each in catalog.items(actor) if each.code in here and set(services) & set(each.served_by)]
    return Choice(point, services, items)


def free(actor: Actor, point: Point, service: str, now: datetime) -> list[Slot]:
    """Half hours of the next BOOKED_AHEAD days at the windows that do a service; full ones too, with none left.

    Three queries, and one more for each different hours that windows of the point have.
    """
    require(actor, BOOK)
    windows = [
        each for each in Window.objects.filter(point=point, withdrawn=False) if service in each.services
    ]
    firm_first = actor.role is Role.AGENT
    windows.sort(key=lambda each: ((each.kind == WindowKind.ENTERPRISE) != firm_first, each.number))
    spans = {
        text: open_times(point, now, days=BOOKED_AHEAD, expression=text) for text in {each.hours for each in windows}
    }
    booked = Appointment.objects.filter(
        window__in=[each.pk for each in windows],
        state__in=TAKES,
        starts_at__range=(now, now + timedelta(days=BOOKED_AHEAD + 1)),
    )
    taken = [(window, clock.local(starts)) for window, starts in booked.values_list("window_id", "starts_at")]
    return slots({each.pk: spans[each.hours] for each in windows}, taken, clock.local(now))


def days(actor: Actor, point_code: str, service: str) -> dict[date, list[Slot]]:
    """The same by day. Raises NotFound."""
    return by_day(free(actor, _point(point_code), service, clock.now()))


def held(actor: Actor, code: str) -> Held:
    """An appointment by its code, however it was typed. Raises NotFound."""
    require(actor, BOOK)
    found = Appointment.objects.select_related("point", "ticket").filter(code=tidy_number(code)).first()
    if found is None:
        raise NotFound(code)
    now = clock.now()
    booked = found.state == Booking.BOOKED
    item = next((each for each in catalog.definitions(actor) if each.code == found.item), None)
    return Held(found, booked and may_arrive(found.starts_at, now), booked and now < found.starts_at, item)


def own(actor: Actor) -> list[Appointment]:
    """An account's appointments ahead."""
    require(actor, BOOK)
    if actor.user_id is None:
        return []
    return list(
        Appointment.objects.select_related("point").filter(holder_id=actor.user_id, state=Booking.BOOKED.value)
    )


def _point(code: str) -> Point:
    point = Point.objects.filter(code=code, withdrawn=False).first()
    if point is None:
        raise NotFound(code)
    return point
