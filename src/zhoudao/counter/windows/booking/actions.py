"""Booking, moving, cancelling, coming, and what is released when nobody came. Each locks the point's queue first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Role, require
from zhoudao.core.audit.actions import act
from zhoudao.core.keys.actions import blind_index
from zhoudao.core.outbox.actions import enqueue_job, enqueue_notice
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.core.people.rules.numbers import parse_mobile
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places.help.rules import new_number as new_code
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.actions.locking import Turn, point_of, turn
from zhoudao.counter.windows.actions.taking import lane_of, put_in_line, service_of, services_of
from zhoudao.counter.windows.booking import queries
from zhoudao.counter.windows.booking.models import Appointment
from zhoudao.counter.windows.booking.rules import (
    BOOK,
    MAY_COME_LATE,
    MISSED_WITHIN,
    MOST_FROM_ONE_ORIGIN,
    MOST_MISSED,
    MOST_MOVES,
    MOST_OPEN,
    RELEASE,
    Booking,
    may_arrive,
    reminded_at,
)
from zhoudao.counter.windows.models import Ticket
from zhoudao.counter.windows.opening import is_open
from zhoudao.counter.windows.problems import Conflict, NotFound, TooMany, Unusable
from zhoudao.counter.windows.rules import Channel, Lane

REMIND = "windows.remind"
TRY_AGAIN_SECONDS = 3600


@dataclass(frozen=True)
class Wish:
    """What somebody wants to book. ``mobile``: where the reminder goes; needed without an account."""

    starts: datetime
    service: str = ""
    item: str = ""
    mobile: str = ""
    language: str = "zh-hans"


def book(actor: Actor, point_code: str, wish: Wish) -> Appointment:
    """Take a half hour; asked again by the same person, the one they have.

    Raises NotFound, Unusable, Conflict when it is taken, TooMany.
    """
    point = point_of(point_code)
    definition = catalog.item(SYSTEM, wish.item) if wish.item else None
    mobile = _mobile(actor, wish.mobile)
    with turn(actor, BOOK, point) as held:
        service = service_of(wish.service, definition, services_of(point))
        again = _the_same(actor, point, wish, service, mobile)
        if again is not None:
            held.entry.note(step="again")
            return again
        _refuse_hoards(actor, mobile, held.now)
        window = _window(held, service, wish.starts)
        booked = Appointment.objects.create(
            code=new_code(),
            point=point,
            window_id=window,
            starts_at=wish.starts,
            service=service,
            item=wish.item,
            lane=lane_of(actor, service, definition, None).value,
            state=Booking.BOOKED.value,
            holder_id=_holder(actor),
            mobile=mobile,
            mobile_index=_index(mobile),
            origin_index=_origin(actor),
            language=wish.language,
            booked_at=held.now,
        )
        held.entry.note(step="book", service=service, starts=wish.starts.isoformat())
        _tell(booked, "appointment_booked")
        _remind_later(booked, held.now)
    return booked


def move(actor: Actor, code: str, starts: datetime) -> Appointment:
    """Another half hour for the same; the old one is free at once. Raises NotFound, Conflict."""
    with _own_turn(actor, code) as (held, booked):
        _refuse_begun(booked, held.now)
        if booked.moves >= MOST_MOVES:
            raise Conflict(
                _("This appointment was moved often enough."), todo=_("Cancel it, and book when you know when.")
            )
        booked.window_id = _window(held, booked.service, starts)
        booked.starts_at, booked.moves = starts, booked.moves + 1
        booked.save()
        held.entry.note(step="move", starts=starts.isoformat())
        _tell(booked, "appointment_booked")
        _remind_later(booked, held.now)
    return booked


def cancel(actor: Actor, code: str) -> Appointment:
    """Give the half hour back. Raises NotFound, Conflict once it has begun."""
    with _own_turn(actor, code) as (held, booked):
        _refuse_begun(booked, held.now)
        _end(booked, Booking.CANCELLED, held.now)
        held.entry.note(step="cancel")
    return booked


def arrive(actor: Actor, code: str) -> Ticket:
    """They are there: the appointment becomes a ticket that waits from its time on, or from now when that is later.

    Raises NotFound, Conflict when it is too early or too late, or the point is shut.
    """
    with _own_turn(actor, code) as (held, booked):
        if booked.ticket is not None:
            return booked.ticket
        if booked.state != Booking.BOOKED or not may_arrive(booked.starts_at, held.now):
            raise Conflict(
                _("It is too early, or too late, for this appointment."),
                todo=_("Come half an hour before at the earliest. When it is over, take a ticket."),
            )
        if not is_open(held.point, held.now):
            raise Conflict(_("This place is shut now."), todo=_("Come when it opens."))
        ticket = put_in_line(
            held,
            booked.service,
            Lane(booked.lane),
            Channel.APPOINTMENT,
            item=booked.item,
            actor=actor,
            joined_at=max(held.now, booked.starts_at),
        )
        booked.ticket = ticket
        _end(booked, Booking.ARRIVED, held.now)
        held.entry.note(step="arrive")
    return ticket


def release(actor: Actor) -> int:
    """Release appointments nobody came to, and forget where their holders are reached; how many. Raises Forbidden."""
    require(actor, RELEASE)
    now = clock.now()
    late = Appointment.objects.filter(state=Booking.BOOKED.value, starts_at__lt=now - MAY_COME_LATE)
    if not late.exists():
        return 0
    with act(actor, RELEASE, subject="appointments") as entry:
        count = late.update(state=Booking.MISSED.value, ended_at=now, mobile="")
        entry.note(count=count)
    return count


def remind(actor: Actor, code: str, starts: str) -> bool:
    """Remind of an appointment, unless it was moved or cancelled meanwhile; whether anybody was. Raises Forbidden."""
    with act(actor, RELEASE, subject=f"appointment:{code}") as entry:
        booked = Appointment.objects.select_related("point").filter(code=code, state=Booking.BOOKED.value).first()
        still = booked is not None and booked.starts_at == datetime.fromisoformat(starts)
        entry.note(step="remind", still=still)
        if booked is None or not still:
            return False
        _tell(booked, "appointment_reminder")
    return True


# Parts -----------------------------------------------------------------------------------


@contextmanager
def _own_turn(actor: Actor, code: str) -> Iterator[tuple[Turn, Appointment]]:
    """The appointment's point, locked, with the appointment as it stands then. Raises NotFound."""
    found = Appointment.objects.select_related("point").filter(code=code).first()
    if found is None:
        raise NotFound(code)
    with turn(actor, BOOK, found.point, subject=f"appointment:{code}") as held:
        yield held, Appointment.objects.select_related("point", "ticket").get(code=code)


def _window(held: Turn, service: str, starts: datetime) -> int:
    """The window that still has this half hour. Raises Conflict."""
    for slot in queries.free(held.actor, held.point, service, held.now):
        if slot.starts == starts and slot.windows:
            return slot.windows[0]
    raise Conflict(
        _("Somebody else has just taken this time."), kept=_("Nothing was booked."), todo=_("Choose another time.")
    )


def _the_same(actor: Actor, point: Point, wish: Wish, service: str, mobile: str) -> Appointment | None:
    """What a second press of the button booked the first time.

    Without an account only for the same number from the same address: its code lets one cancel.
    """
    holder = _holder(actor)
    unknown = {"holder": None, "mobile_index": _index(mobile), "origin_index": _origin(actor)}
    mine = {"holder_id": holder} if holder is not None else unknown
    same = {"point": point, "starts_at": wish.starts, "service": service, "item": wish.item}
    return Appointment.objects.filter(state=Booking.BOOKED.value, **same, **mine).first()


def _holder(actor: Actor) -> int | None:
    return actor.user_id if actor.role in (Role.RESIDENT, Role.AGENT) else None


def _origin(actor: Actor) -> str:
    return blind_index("windows.origin", actor.origin) if actor.origin else ""


def _refuse_begun(booked: Appointment, now: datetime) -> None:
    if booked.state != Booking.BOOKED or now >= booked.starts_at:
        raise Conflict(_("This appointment can't be changed any more."), todo=_("Look at how it stands."))


def _refuse_hoards(actor: Actor, mobile: str, now: datetime) -> None:
    """Nobody books a row of times, nor again and again without coming. Raises TooMany."""
    whose = []
    holder = _holder(actor)
    if holder is not None:
        whose.append(Appointment.objects.filter(holder_id=holder))
    if mobile:
        whose.append(Appointment.objects.filter(mobile_index=_index(mobile)))
    ahead = any(each.filter(state=Booking.BOOKED.value).count() >= MOST_OPEN for each in whose)
    missed = any(
        each.filter(state=Booking.MISSED.value, ended_at__gt=now - MISSED_WITHIN).count() >= MOST_MISSED
        for each in whose
    )
    if actor.origin and not ahead:
        from_here = Appointment.objects.filter(origin_index=_origin(actor), state=Booking.BOOKED.value, holder=None)
        ahead = from_here.count() >= MOST_FROM_ONE_ORIGIN
    if ahead or missed:
        raise TooMany(
            _("Several appointments were missed.") if missed else _("You have several appointments already."),
            retry_after=TRY_AGAIN_SECONDS,
            kept=_("Nothing was booked."),
            todo=_("Take a ticket when you come.") if missed else _("Move or cancel one of them first."),
        )


def _mobile(actor: Actor, typed: str) -> str:
    """Raises Unusable for none, or one that can't be, of somebody without an account."""
    if not typed.strip() and actor.role in (Role.RESIDENT, Role.AGENT):
        return ""
    try:
        return parse_mobile(typed)
    except BadInput:
        raise Unusable(
            _("This is no mobile number."),
            kept=_("Nothing was booked."),
            todo=_("Give 11 digits, or + and the country."),
        ) from None


def _index(mobile: str) -> str:
    return blind_index("windows.mobile", mobile) if mobile else ""


def _end(booked: Appointment, state: Booking, now: datetime) -> None:
    booked.state, booked.ended_at, booked.mobile = state.value, now, ""
    booked.save()


def _tell(booked: Appointment, template: str) -> None:
    """In the caller's transaction."""
    values = {
        "code": booked.code,
        "at": clock.local(booked.starts_at).strftime("%Y-%m-%d %H:%M"),
        "point_zh": booked.point.name_zh,
        "point_en": booked.point.name_en,
    }
    key = f"windows.{template}:{booked.code}:{booked.moves}"
    if booked.holder_id is not None:
        recipient = f"user:{booked.holder_id}"
        enqueue_notice("letterbox", recipient, f"windows/{template}", values, booked.language, key=f"{key}:letterbox")
    if booked.mobile:
        enqueue_notice("sms", str(booked.mobile), f"windows/{template}", values, booked.language, key=f"{key}:sms")


def _remind_later(booked: Appointment, now: datetime) -> None:
    at = reminded_at(booked.starts_at, now)
    if at is not None:
        told = {"code": booked.code, "starts": booked.starts_at.isoformat()}
        enqueue_job(REMIND, told, at, key=f"{REMIND}:{booked.code}:{booked.moves}")
