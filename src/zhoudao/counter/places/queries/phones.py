"""The look-up list of phones, and whom to call about an item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places import changes, hours
from zhoudao.counter.places.models import Guide, PhoneEntry
from zhoudao.counter.places.queries.opening import state_of
from zhoudao.counter.places.rules import READ_PLACES, OpenState, PhoneKind, speaks_of

ASKED = [PhoneKind.APPOINTMENT.value, PhoneKind.ENQUIRY.value, PhoneKind.DUTY.value]
"""Who answers how something is done, in the order to call them."""
MOST_WORDS = 8
"""Words of a look-up of phones that are read."""


@dataclass(frozen=True)
class PhoneLine:
    """A look-up entry, and whether someone answers it now (None: nobody says when)."""

    entry: PhoneEntry
    state: OpenState | None


def phones(
    actor: Actor,
    kind: PhoneKind | None = None,
    district: str | None = None,
    words: str = "",
    moment: datetime | None = None,
) -> list[PhoneLine]:
    """Look-up entries by code; ``district`` keeps the city's own, ``words`` must all stand in name,
    number or point."""
    require(actor, READ_PLACES)
    found = entries()
    if kind:
        found = found.filter(kind=kind)
    if district:
        found = found.filter(district__in=[district, ""])
    for word in words.split()[:MOST_WORDS]:
        found = found.filter(
            Q(name_zh__icontains=word)
            | Q(name_en__icontains=word)
            | Q(phone__contains=word)
            | Q(point__name_zh__icontains=word)
            | Q(point__name_en__icontains=word)
        )
    return lines_of(actor, found, moment or clock.now())


def phones_for(
    actor: Actor, item_code: str, district: str | None = None, moment: datetime | None = None
) -> list[PhoneLine]:
    """Whom to call about an item: entries of the points that do it, then those of district and city whose name
    speaks of it. Emergency and complaint numbers are not for asking how something is done."""
    require(actor, READ_PLACES)
    item = next((item for item in catalog.definitions(actor) if item.code == item_code), None)
    phrases = (item.name.zh, *item.words.zh) if item else ()
    version = changes.version()
    read = _about if version else _about.__wrapped__  # what never had a version may change without one
    return lines_of(actor, read(version, item_code, district, phrases), moment or clock.now())


@lru_cache(maxsize=512)
def _about(
    version: int, item_code: str, district: str | None, phrases: tuple[str, ...]
) -> tuple[PhoneEntry, ...]:
    doing_it = Guide.objects.filter(item=item_code, point__withdrawn=False).values("point")
    found = entries().filter(Q(point__in=doing_it) | Q(point__isnull=True), kind__in=ASKED)
    if district:
        found = found.filter(district__in=[district, ""])
    fitting = [entry for entry in found if entry.point_id or speaks_of(entry.name_zh, phrases)]
    return tuple(
        sorted(fitting, key=lambda entry: (entry.point_id is None, ASKED.index(entry.kind), entry.code))
    )


def lines_of(actor: Actor, entries: Iterable[PhoneEntry], moment: datetime) -> list[PhoneLine]:
    days = hours.working_days(workdays.in_force(actor))
    lines = []
    for entry in entries:
        expression = entry.hours or (entry.point.hours if entry.point else "")
        lines.append(PhoneLine(entry, state_of(expression, [], moment, days) if expression else None))
    return lines


def entries() -> QuerySet[PhoneEntry]:
    return PhoneEntry.objects.select_related("point").filter(
        Q(point__isnull=True) | Q(point__withdrawn=False)
    )
