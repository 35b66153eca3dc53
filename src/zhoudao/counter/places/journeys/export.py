"""What answers rest on, as plain files: for anyone who wants to work them out in another way.

docs/wayfinding.md says what each file holds, and the rules of walking, boarding and being served.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

from django.db.models import Q

from zhoudao.core import city, clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Channel
from zhoudao.counter.places import hours, ports
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.journeys.soonest import stay
from zhoudao.counter.places.models import Closure, Guide, Point
from zhoudao.counter.places.rules import EXPORT_PLACES
from zhoudao.engines.wayfinding import Closure as Shut
from zhoudao.engines.wayfinding import Hours, HoursTable, Network
from zhoudao.engines.wayfinding.layer import MODES, Mode
from zhoudao.engines.wayfinding.streets import NO_FERRY
from zhoudao.engines.wayfinding.timetable import Timetable

DAYS_AFTER = 8
"""Days that hours are written out for after the timetable's last: a search looks a week ahead."""
LAND = "land.geojson"


def write(actor: Actor, folder: Path, when: datetime | None = None) -> dict[str, int]:
    """Write the files; returns how many rows (for the others: bytes) each has. Queues are those expected from ``when``
    (now) on. Raises NoNetwork, OSError, Forbidden."""
    with act(actor, EXPORT_PLACES, subject="directory:map") as entry:
        network, build = home.current(), home.build_in_use()
        assert build is not None
        folder.mkdir(parents=True, exist_ok=True)
        counts: dict[str, int] = {}
        for name, source in (
            (home.STREETS, build / home.STREETS),
            (home.FEED, build / home.FEED),
            (LAND, city.current().folder / LAND),
        ):
            shutil.copyfile(source, folder / name)
            counts[name] = (folder / name).stat().st_size
        on_map = set(network.point_codes)
        points = list(Point.objects.filter(withdrawn=False))
        guides = list(Guide.objects.filter(point__withdrawn=False).select_related("point"))
        counts["points.csv"] = _rows(
            folder / "points.csv",
            ("code", "longitude", "latitude", "on_network"),
            ((p.code, f"{p.longitude:.6f}", f"{p.latitude:.6f}", _yes(p.code in on_map)) for p in points),
        )
        counts["guides.csv"] = _rows(
            folder / "guides.csv", ("point", "item"), ((guide.point.code, guide.item) for guide in guides)
        )
        counts["items.csv"] = _rows(
            folder / "items.csv",
            ("item", "online", "stay_seconds"),
            (
                (item.code, _yes(Channel.ONLINE in item.channels), stay(item))
                for item in catalog.definitions(actor)
            ),
        )
        counts["hours.csv"] = _rows(
            folder / "hours.csv",
            ("point", "item", "opens", "closes"),
            _hours(actor, network.timetable, points, guides),
        )
        counts["queues.csv"] = _rows(
            folder / "queues.csv",
            ("point", "item", "from", "until", "seconds"),
            _queues(actor, guides, when or clock.now()),
        )
        for mode in MODES:
            counts |= _graph(network, mode, folder)
        entry.note(**counts)
    return counts


def _graph(network: Network, mode: Mode, folder: Path) -> dict[str, int]:
    """The streets of one mode as they are searched: junctions, the streets between them, and where points and stops
    join them."""
    moving = network.moving(mode)
    layer, timetable = moving.layer, network.timetable
    streets = (
        (
            street,
            layer.start[street],
            layer.end[street],
            layer.forward[street],
            layer.back[street],
            _yes(layer.ferry[street] != NO_FERRY),
            ";".join(f"{lon!r} {lat!r}" for lon, lat in layer.shape(street)),
        )
        for street in range(len(layer.start))
    )
    places = (
        (kind, code, node, seconds)
        for kind, codes, sites in (
            ("point", network.point_codes, moving.points),
            ("stop", timetable.stop_codes, moving.stops),
        )
        for code, node, seconds in zip(codes, sites.node.tolist(), sites.off_street.tolist(), strict=True)
        if node >= 0
    )
    return {
        f"{mode}-streets.csv": _rows(
            folder / f"{mode}-streets.csv",
            ("street", "start", "end", "forward_tenths", "back_tenths", "ferry", "line"),
            streets,
        ),
        f"{mode}-places.csv": _rows(
            folder / f"{mode}-places.csv", ("kind", "code", "node", "seconds"), places
        ),
    }


def _hours(
    actor: Actor, timetable: Timetable, points: Sequence[Point], guides: Sequence[Guide]
) -> Iterable[Sequence[str]]:
    """Open spans of every point (no item), and of each item that has its own there, on all days of the timetable and a
    few more; closures are cut out."""
    since = timetable.first_day
    days = (timetable.last_day - since).days + 1 + DAYS_AFTER
    starts = datetime.combine(since, time(), clock.CITY_ZONE)
    closures: dict[int, list[Shut]] = {}
    ends = starts + timedelta(days=days)
    for closure in Closure.objects.filter(Q(ends_at__gt=starts) & Q(starts_at__lt=ends)):
        closures.setdefault(closure.point_id, []).append(Shut(closure.starts_at, closure.ends_at))
    shut = {pk: tuple(each) for pk, each in closures.items()}
    own = {(p.code, ""): Hours(p.hours, shut.get(p.pk, ())) for p in points}
    own |= {
        (guide.point.code, guide.item): Hours(guide.hours, shut.get(guide.point_id, ()))
        for guide in guides
        if guide.hours
    }
    names = list(own)
    table = HoursTable.compile(
        {str(number): own[name] for number, name in enumerate(names)},
        hours.working_days(workdays.in_force(actor)),
        clock.CITY_ZONE,
        since,
        days,
    )
    for number, (point, item) in enumerate(names):
        for opens, closes in table.spans(number):
            yield point, item, _iso(opens), _iso(closes)


def _queues(actor: Actor, guides: Sequence[Guide], when: datetime) -> Iterable[Sequence[str | int]]:
    """The expected waits from ``when`` on, slot by slot; no row where no queue is known."""
    by_item: dict[str, list[str]] = {}
    for guide in guides:
        by_item.setdefault(guide.item, []).append(guide.point.code)
    for item, codes in by_item.items():
        waits = ports.waits(actor, item, codes, when)
        for point, seconds in (waits.seconds if waits else {}).items():
            assert waits is not None
            for slot, wait in enumerate(seconds):
                begins = clock.local(waits.begins + slot * waits.slot)
                last = slot == len(seconds) - 1
                yield point, item, begins.isoformat(), "" if last else (begins + waits.slot).isoformat(), wait


def _rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, clock.CITY_ZONE).isoformat()


def _yes(value: bool) -> str:
    return "yes" if value else "no"
