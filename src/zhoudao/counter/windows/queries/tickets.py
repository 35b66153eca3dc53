"""One ticket for its holder, and what can be taken at a point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.places.help.rules import tidy_number
from zhoudao.counter.places.models import Guide, Point
from zhoudao.counter.windows.models import Sitting, Ticket, Window
from zhoudao.counter.windows.opening import open_times
from zhoudao.counter.windows.problems import NotFound
from zhoudao.counter.windows.queries import waits
from zhoudao.counter.windows.queries.lines import ahead, as_desk, as_waiting
from zhoudao.counter.windows.rules import SEE_QUEUE, TAKE_TICKET, State
from zhoudao.engines.queues import Guess


@dataclass(frozen=True)
class Followed:
    """A ticket as its holder follows it."""

    ticket: Ticket
    ahead: int | None
    """How many are called before it; None when it doesn't wait, or no window serves it now."""
    windows: list[int]
    """Numbers of the open windows that may call it."""
    guess: Guess | None = None
    """How long it waits still; None where nothing was learned of the point yet."""


@dataclass(frozen=True)
class Offer:
    """What one may take a ticket for at a point."""

    point: Point
    services: list[str]
    items: list[Item]
    closes_at: datetime | None
    """None while it is shut."""
    opens_at: datetime | None
    waiting: dict[str, int]
    guesses: dict[str, Guess]
    """How long somebody waits who takes a ticket now, by service; what isn't known is left out."""


def followed(actor: Actor, code: str) -> Followed:
    """A ticket by its code, however it was typed. Eight queries. Raises NotFound."""
    require(actor, TAKE_TICKET)
    ticket = Ticket.objects.select_related("point", "window").filter(code=tidy_number(code)).first()
    if ticket is None:
        raise NotFound(code)
    if ticket.state != State.WAITING:
        return Followed(ticket, None, [])
    open_ = Sitting.objects.filter(window__point=ticket.point, closed_at=None).select_related("window")
    windows = [each.window for each in open_]
    line = Ticket.objects.filter(point=ticket.point, state=State.WAITING.value)
    waiting = [as_waiting(each) for each in line]
    own = as_waiting(ticket)
    desks = [as_desk(each) for each in windows]
    serving = [
        each.number
        for each in windows
        if (own.window == each.pk if own.window is not None else own.service in each.services)
    ]
    now = clock.now()
    guess = waits.of_tickets(ticket.point, [ticket], now).get(ticket.pk)
    return Followed(ticket, ahead(own, waiting, desks, now), sorted(serving), guess)


def offer(actor: Actor, point_code: str) -> Offer:
    """Raises NotFound."""
    require(actor, SEE_QUEUE)
    point = Point.objects.filter(code=point_code, withdrawn=False).first()
    if point is None:
        raise NotFound(point_code)
    now = clock.now()
    windows = Window.objects.filter(point=point, withdrawn=False).values_list("services", flat=True)
    services = sorted({code for codes in windows for code in codes})
    here = set(Guide.objects.filter(point=point).values_list("item", flat=True))
    items = [
        item
        for item in catalog.items(actor)
        if item.code in here and set(services).intersection(item.served_by)
    ]
    times = open_times(point, now, days=8)
    line = Ticket.objects.filter(point=point, state=State.WAITING.value).values_list("service", flat=True)
    waiting: dict[str, int] = {}
    for service in line:
        waiting[service] = waiting.get(service, 0) + 1
    return Offer(
        point=point,
        services=services,
        items=items,
        closes_at=next((end for start, end in times if start <= now < end), None),
        opens_at=next((start for start, _ in times if start > now), None),
        waiting=waiting,
        guesses=waits.of_newcomers(actor, point, services),
    )


def own(actor: Actor) -> list[Ticket]:
    """The tickets an account took today and still holds."""
    require(actor, TAKE_TICKET)
    if actor.user_id is None:
        return []
    today = clock.local(clock.now()).date()
    return list(Ticket.objects.select_related("point").filter(holder_id=actor.user_id, day=today))
