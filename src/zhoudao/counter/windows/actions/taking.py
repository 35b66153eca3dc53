"""Taking a ticket, and giving it back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.keys.actions import blind_index
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.program import Lane as ItemLane
from zhoudao.counter.catalog.schema import Item, Service
from zhoudao.counter.places.help.rules import new_number as new_code
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.actions.locking import Turn, point_of, point_of_ticket, turn
from zhoudao.counter.windows.actions.numbering import next_number
from zhoudao.counter.windows.models import Ticket, Window
from zhoudao.counter.windows.opening import is_open
from zhoudao.counter.windows.problems import Conflict, TooMany, Unusable
from zhoudao.counter.windows.rules import OPEN, TAKE_TICKET, Channel, Ground, Lane, Verb

MOST_BY_PHONE = 4
"""Open tickets that were taken by phone from one network address: a ship or a village hall may share one."""
MOST_BY_ACCOUNT = 2
TRY_AGAIN_SECONDS = 600


def take(
    actor: Actor,
    point_code: str,
    *,
    service: str = "",
    item: str = "",
    channel: Channel = Channel.DOOR,
    ground: Ground | None = None,
    code: str = "",
) -> Ticket:
    """Take a ticket at a point for a service, or for an item, whose service there is found.

    ``ground``: by which right they go first; the proof is asked for at the window. ``code``: what the form was given
    (the page signs it): pressed again because the answer was lost, it gives the same ticket. Raises NotFound,
    UnknownItem, Unusable where no window serves it, Conflict while the point is shut, TooMany.
    """
    point = point_of(point_code)
    definition = catalog.item(SYSTEM, item) if item else None
    with turn(actor, TAKE_TICKET, point) as held:
        taken = Ticket.objects.filter(point=point, code=code).first() if code else None
        if taken is not None:
            held.entry.note(again=True)
            return taken
        served = services_of(point)
        wanted = service_of(service, definition, served)
        if not is_open(point, held.now):
            raise Conflict(
                _("This place is shut now."), todo=_("Book a time, or take a ticket when it is open.")
            )
        origin = blind_index("windows.origin", actor.origin) if actor.origin else ""
        if channel is Channel.PHONE:
            _refuse_hoards(actor, origin)
        lane = lane_of(actor, wanted, definition, ground)
        return put_in_line(
            held, wanted, lane, channel, item=item, ground=ground, actor=actor, origin=origin, code=code
        )


def put_in_line(
    held: Turn,
    service: str,
    lane: Lane,
    channel: Channel,
    *,
    item: str = "",
    ground: Ground | None = None,
    actor: Actor | None = None,
    origin: str = "",
    code: str = "",
    joined_at: datetime | None = None,
) -> Ticket:
    """A new ticket at the end of its lane, in the caller's turn. ``joined_at``: since when it waits, now when left
    out."""
    day = clock.local(held.now).date()
    appointed = channel is Channel.APPOINTMENT
    ticket = Ticket.objects.create(
        code=code or new_code(),
        point=held.point,
        day=day,
        number=next_number(held.point, day, lane, appointed),
        service=service,
        item=item,
        lane=lane.value,
        ground=ground.value if ground and lane is Lane.BY_RIGHT else "",
        channel=channel.value,
        appointed=appointed,
        holder_id=actor.user_id if actor and actor.role in (Role.RESIDENT, Role.AGENT) else None,
        origin_index=origin,
        taken_at=held.now,
        joined_at=joined_at or held.now,
    )
    held.note(ticket, Verb.TAKE)
    held.entry.note(service=service, lane=str(lane), channel=str(channel))
    return ticket


def leave(actor: Actor, code: str) -> Ticket:
    """Give a ticket back: whoever holds its code. Raises NotFound, Conflict once it was called."""
    with turn(actor, TAKE_TICKET, point_of_ticket(code)) as held:
        ticket = held.ticket(code)
        held.step(ticket, Verb.LEAVE)
        ticket.ended_at = held.now
        ticket.save()
        held.note(ticket, Verb.LEAVE)
    return ticket


def services_of(point: Point) -> frozenset[str]:
    """What the point's windows serve."""
    windows = Window.objects.filter(point=point, withdrawn=False)
    return frozenset(code for codes in windows.values_list("services", flat=True) for code in codes)


def service_of(service: str, item: Item | None, served: frozenset[str]) -> str:
    """The service that does it here. Raises Unusable."""
    wanted = [service] if service else [str(each) for each in item.served_by] if item else []
    for code in wanted:
        if code in served:
            return code
    raise Unusable(_("No window here does this."), todo=_("Search for it: the map names the places that do."))


def lane_of(actor: Actor, service: str, item: Item | None, ground: Ground | None) -> Lane:
    if ground is not None:
        return Lane.BY_RIGHT
    of_item = item.program.lane if item and item.program else None
    if actor.role is Role.AGENT or service == Service.ENTERPRISE or of_item is ItemLane.ENTERPRISE:
        return Lane.ENTERPRISE
    return Lane.ORDINARY


def _refuse_hoards(actor: Actor, origin: str) -> None:
    """Nobody takes a row of numbers home. Raises TooMany."""
    waiting = Ticket.objects.filter(state__in=OPEN)
    by_account = actor.user_id is not None and waiting.filter(holder_id=actor.user_id).count()
    by_origin = bool(origin) and waiting.filter(origin_index=origin, channel=Channel.PHONE.value).count()
    if by_account >= MOST_BY_ACCOUNT or by_origin >= MOST_BY_PHONE:
        raise TooMany(
            _("You hold several tickets already."),
            retry_after=TRY_AGAIN_SECONDS,
            todo=_("Use one of them, or give one back first."),
        )
