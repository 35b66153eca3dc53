"""What is kept in numbers: the pocket network, where and when every item is done, whom to call. The same in every
language; ``texts`` has the words, in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from zhoudao.core import city
from zhoudao.core.access import Actor, require
from zhoudao.core.clock import CITY_ZONE, local
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Channel, Item
from zhoudao.counter.places import hours, where
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.journeys.soonest import stay
from zhoudao.counter.places.models import Closure, Guide, PhoneEntry, Point
from zhoudao.counter.places.offline.rules import DAYS_AFTER, DAYS_KEPT, HOURS_AFTER
from zhoudao.counter.places.rules import READ_PLACES
from zhoudao.engines.wayfinding import Closure as Shut
from zhoudao.engines.wayfinding import Hours, HoursTable
from zhoudao.engines.wayfinding.pocket import pocket


@dataclass(frozen=True)
class Directory:
    """What the directory holds at one moment, read once for facts and texts."""

    moment: datetime
    items: Sequence[Item]
    points: Sequence[Point]
    guides: Sequence[Guide]
    phones: Sequence[PhoneEntry]
    closures: Sequence[Closure] = field(repr=False)


def read(actor: Actor, moment: datetime) -> Directory:
    """Raises Forbidden."""
    require(actor, READ_PLACES)
    since, until = _hours_kept(moment)
    return Directory(
        moment,
        catalog.items(actor),
        list(Point.objects.filter(withdrawn=False)),
        list(Guide.objects.filter(point__withdrawn=False).select_related("point")),
        list(PhoneEntry.objects.select_related("point").exclude(point__withdrawn=True)),
        list(Closure.objects.filter(ends_at__gt=since, starts_at__lt=until, point__withdrawn=False)),
    )


def facts(actor: Actor, held: Directory) -> dict[str, Any]:
    """Numbers of items and points are those of their lists; of hours, rows of the table ``hours``. Raises NoNetwork."""
    table = _Rows(held)
    points = {point.pk: number for number, point in enumerate(held.points)}
    items = {item.code: number for number, item in enumerate(held.items)}
    done: list[list[list[object]]] = [[] for _ in held.items]
    for guide in held.guides:
        if guide.item in items:
            row = table.row(guide.hours or guide.point.hours, guide.point_id)
            done[items[guide.item]].append([points[guide.point_id], row, guide.phone])
    today = local(held.moment).date()
    here = city.current()
    named = {place.code: (place.at[0], place.at[1]) for place in where.settlements(here.folder)}
    network = home.current()
    return {
        "made": local(held.moment).isoformat(),
        "until": _until(held.moment),
        "network": pocket(network, today - timedelta(days=1), 1 + DAYS_KEPT + DAYS_AFTER, named),
        "items": [
            {"code": item.code, "stay": stay(item), "online": Channel.ONLINE in item.channels}
            for item in held.items
        ],
        "done": done,
        "points": [
            {
                "code": point.code,
                "at": [point.longitude, point.latitude],
                "hours": table.row(point.hours, point.pk),
                "phone": point.phone,
                "step_free": point.step_free,
                "district": point.district,
            }
            for point in held.points
        ],
        "hours": table.compiled(actor, held.moment),
    }


def _until(moment: datetime) -> int:
    """Epoch second from which an answer from these data is refused."""
    return int(_midnight(moment, DAYS_KEPT).timestamp())


def _hours_kept(moment: datetime) -> tuple[datetime, datetime]:
    """From the day before: somebody may be served in hours that began yesterday evening."""
    return _midnight(moment, -1), _midnight(moment, DAYS_KEPT + HOURS_AFTER)


def _midnight(moment: datetime, ahead: int) -> datetime:
    return datetime.combine(local(moment).date() + timedelta(days=ahead), time(), CITY_ZONE)


class _Rows:
    """Different opening hours, each once: an expression, and the closures of the point where it has any."""

    def __init__(self, held: Directory) -> None:
        self._closures: dict[int, list[Closure]] = {}
        for closure in held.closures:
            self._closures.setdefault(closure.point_id, []).append(closure)
        self._rows: dict[tuple[str, int | None], int] = {}

    def row(self, expression: str, point: int) -> int:
        key = (expression, point if point in self._closures else None)
        return self._rows.setdefault(key, len(self._rows))

    def compiled(self, actor: Actor, moment: datetime) -> dict[str, Any]:
        """Spans as opens, closes, opens, closes... in epoch seconds."""
        since, until = _hours_kept(moment)
        table = HoursTable.compile(
            {
                str(row): Hours(expression, self._shut(point))
                for (expression, point), row in self._rows.items()
            },
            hours.working_days(workdays.in_force(actor)),
            CITY_ZONE,
            since.date(),
            (until - since).days,
        )
        ends = list(zip(table.opens.tolist(), table.closes.tolist(), strict=True))
        spans = [ends[first:last] for first, last in zip(table.offsets[:-1], table.offsets[1:], strict=True)]
        return {
            "spans": [[second for span in row for second in span] for row in spans],
            "always": table.always.tolist(),
            "known_until": table.known_until,
            "table_ends": table.table_ends,
        }

    def _shut(self, point: int | None) -> tuple[Shut, ...]:
        found = self._closures.get(point, []) if point is not None else []
        return tuple(Shut(each.starts_at, each.ends_at, str(each.pk)) for each in found)
