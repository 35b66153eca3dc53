"""How the platform stands, for the operator's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from zhoudao.core.access import Actor, require
from zhoudao.core.signs import Level
from zhoudao.operations import review
from zhoudao.operations.models import Alarm
from zhoudao.operations.review import Finding
from zhoudao.operations.rules import SEE_SETTINGS, SEE_STATE
from zhoudao.operations.watch import reading
from zhoudao.operations.watch.reading import Read


@dataclass(frozen=True)
class Settings:
    sample: bool
    findings: list[Finding]
    values: list[tuple[str, str]]
    """Every setting that was given, secrets masked, by name."""


def settings_in_use(actor: Actor) -> Settings:
    """What the settings are, and what isn't fit for a real city. One query."""
    require(actor, SEE_SETTINGS)
    return Settings(settings.SAMPLE_CITY, review.review(review.facts()), review.given())


@dataclass(frozen=True)
class Line:
    read: Read
    since: datetime | None
    """When it took its level, as far as the worker has seen."""


@dataclass(frozen=True)
class State:
    level: Level
    """The worst of all."""
    lines: list[Line]
    """Worst first."""


def state(actor: Actor) -> State:
    """Every vital sign now; a query or two a sign."""
    require(actor, SEE_STATE)
    seen = {alarm.sign: alarm for alarm in Alarm.objects.all()}
    order = [Level.BAD, Level.WATCH, Level.WELL]
    read = sorted(reading.read_all(), key=lambda each: order.index(each.reading.level))
    lines = [Line(each, _since(each, seen.get(each.sign.name))) for each in read]
    return State(read[0].reading.level if read else Level.WELL, lines)


def _since(each: Read, alarm: Alarm | None) -> datetime | None:
    return alarm.since if alarm and alarm.level == each.reading.level.value else None
