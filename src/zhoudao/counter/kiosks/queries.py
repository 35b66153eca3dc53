"""How a district's kiosks are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, require
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.kiosks.models import Kiosk
from zhoudao.counter.kiosks.rules import LOOK_AFTER, REPORT, done_here
from zhoudao.counter.places.models import Point


@dataclass(frozen=True)
class Fleet:
    kiosks: list[Kiosk]
    points: list[Point]
    """Where one may stand."""


@dataclass(frozen=True)
class Counts:
    """For the signs of the house."""

    enrolled: int
    locked: int
    silent: int
    needing: int
    """That need something, silent ones too."""
    waiting: int
    """Applications they hold and couldn't hand in yet, as they said last."""


def fleet(actor: Actor) -> Fleet:
    """Those of the actor's districts, those that need something first. Two queries. Raises Forbidden."""
    require(actor, LOOK_AFTER, next(iter(sorted(actor.districts)), None))
    kiosks = Kiosk.objects.select_related("point")
    points = Point.objects.filter(kind="kiosk", withdrawn=False)
    if not actor.covers(None):
        kiosks = kiosks.filter(point__district__in=actor.districts)
        points = points.filter(district__in=actor.districts)
    return Fleet(sorted(kiosks, key=lambda each: (not each.needs, each.code)), list(points.order_by("code")))


@dataclass(frozen=True)
class Offer:
    """What people can ask for at a kiosk: definitions as the catalogue keeps them, with their versions."""

    tag: str
    """Changes when the offer does."""
    items: list[tuple[dict[str, Any], int]]


def offer(actor: Actor, kiosk: Kiosk, held: str) -> Offer | None:
    """None when ``held`` is the tag of what is offered now. One query, three where it isn't. Raises Forbidden."""
    require(actor, REPORT)
    services = sorted(kiosk.point.services)
    tag = sha256(f"{catalog.version(SYSTEM)} {services}".encode()).hexdigest()[:16]
    if tag == held:
        return None
    here = [
        (item.model_dump(mode="json"), version)
        for item, version in catalog.with_versions(SYSTEM)
        if done_here(item, services)
    ]
    return Offer(tag, here)


def counts(silent_after: timedelta) -> Counts:
    """One query."""
    enrolled = list(
        Kiosk.objects.exclude(public_key="").values_list("locked_at", "seen_at", "needs", "waiting")
    )
    late = clock.now() - silent_after
    in_service = [(seen, found) for locked, seen, found, _ in enrolled if locked is None]
    return Counts(
        len(enrolled),
        len(enrolled) - len(in_service),
        sum(seen is not None and seen < late for seen, _ in in_service),
        sum(bool(found) for _, found in in_service),
        sum(waiting for *_, waiting in enrolled),
    )
