"""Whether places are open at a moment, and when that changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.places import hours
from zhoudao.counter.places.models import Closure, Guide, Point, Text
from zhoudao.counter.places.rules import OpenState, Position, distance_m, next_change, without
from zhoudao.engines.wayfinding.hours import WorkingDays

LOOK_AHEAD_DAYS = 15
"""Days looked at for the next opening: longer than the longest public holiday and the weekends around it."""


@dataclass(frozen=True)
class Place:
    """A point as an answer shows it: how far, whether open, and, where an item is meant, how it is done
    there."""

    point: Point
    state: OpenState
    distance_m: float | None = None
    guide: Guide | None = None

    @property
    def phone(self) -> str:
        return (self.guide.phone if self.guide else "") or self.point.phone

    @property
    def note(self) -> Text | None:
        return self.guide.note if self.guide and self.guide.note_zh else None


def places_of(
    actor: Actor, pairs: Iterable[tuple[Point, Guide | None]], moment: datetime, near: Position | None
) -> list[Place]:
    """Two queries, whatever the number of points: the closures, and the working-day table."""
    pairs = list(pairs)
    days = hours.working_days(workdays.in_force(actor))
    closures: dict[int, list[Closure]] = {}
    for closure in Closure.objects.filter(
        ends_at__gt=moment, starts_at__lt=moment + timedelta(days=LOOK_AHEAD_DAYS)
    ):
        closures.setdefault(closure.point_id, []).append(closure)
    return [
        Place(
            point,
            state_of((guide.hours if guide else "") or point.hours, closures.get(point.pk, []), moment, days),
            distance_m(near, point.position) if near else None,
            guide,
        )
        for point, guide in pairs
    ]


def state_of(expression: str, closures: Sequence[Closure], moment: datetime, days: WorkingDays) -> OpenState:
    today = clock.local(moment).date()
    shut = [(closure.starts_at, closure.ends_at) for closure in closures]
    opened = without(hours.intervals(expression, today, LOOK_AHEAD_DAYS, days), shut)
    is_open, changes_at = next_change(opened, moment)
    always = hours.always_open(expression)
    reaches_far = changes_at is not None or days.known(today + timedelta(days=LOOK_AHEAD_DAYS - 1))
    return OpenState(
        is_open=is_open,
        changes_at=None if always and not shut else changes_at,
        always=always and not shut,
        confirmed=always or (days.known(today) and reaches_far),
        closure=next(
            (closure for closure in closures if closure.starts_at <= moment < closure.ends_at), None
        ),
    )
