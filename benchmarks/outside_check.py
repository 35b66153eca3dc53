"""Where is one served soonest, worked out again from what `zhoudao map export` wrote, by other means.

    zhoudao map export DIR --when 2026-11-24T15:40
    zhoudao map soonest --item ITEM --at LON,LAT --when 2026-11-24T15:40 --json > answer.json
    python benchmarks/outside_check.py DIR --item ITEM --at LON,LAT --when 2026-11-24T15:40 --against answer.json

Nothing of Zhoudao is imported, and nothing but the standard library: plain Dijkstra over the exported streets, every
hop of the feed read again. Prints the moment of service by point, or every point where the answer differs (exit 1).
Slow (a second or more a question) on purpose: it is here to be read beside docs/wayfinding.md.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import io
import itertools
import json
import math
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

METRES_A_DEGREE = 6371008.8 * math.pi / 180
WALKING = 80 / 60
LIMIT = 1800
NEVER = math.inf
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Times = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--item", required=True)
    parser.add_argument("--at", required=True)
    parser.add_argument("--when", required=True)
    parser.add_argument("--mode", choices=("walk", "car"), default="walk")
    parser.add_argument("--against", type=Path, help="what `zhoudao map soonest --json` printed")
    given = parser.parse_args()
    longitude, _, latitude = given.at.partition(",")
    city = Exported(given.folder, given.mode)
    when = datetime.fromisoformat(given.when)
    when = when if when.tzinfo else when.replace(tzinfo=city.zone)
    served = city.served(given.item, (float(longitude), float(latitude)), math.ceil(when.timestamp()))
    if given.against is None:
        print(json.dumps({code: told(at, city.zone) for code, at in sorted(served.items())}, indent=1))
        return
    answer = {way["point"]: way["served_at"] for way in json.loads(given.against.read_text(encoding="utf-8"))}
    answer.pop("online", None)
    wrong = [code for code, at in answer.items() if told(served.get(code, NEVER), city.zone) != at]
    for code in wrong:
        print(f"{code}: answered {answer[code]}, worked out {told(served.get(code, NEVER), city.zone)}")
    print(f"{len(answer) - len(wrong)} of {len(answer)} points agree to the second")
    sys.exit(bool(wrong))


def told(moment: float, zone: ZoneInfo) -> str | None:
    return None if moment == NEVER else datetime.fromtimestamp(moment, zone).isoformat()


class Exported:
    """The files of one export, read for one mode."""

    def __init__(self, folder: Path, mode: str) -> None:
        self.folder, self.mode = folder, mode
        self.streets = list(self.rows(f"{mode}-streets.csv"))
        self.out, self.into = defaultdict(list), defaultdict(list)
        for street in self.streets:
            start, end = street["start"], street["end"]
            for a, b, tenths in ((start, end, street["forward_tenths"]), (end, start, street["back_tenths"])):
                if int(tenths):
                    self.out[a].append((b, int(tenths)))
                    self.into[b].append((a, int(tenths)))
        self.at: dict[tuple[str, str], tuple[str, int]] = {
            (row["kind"], row["code"]): (row["node"], int(row["seconds"]))
            for row in self.rows(f"{mode}-places.csv")
        }
        self.feed = Feed(folder / "gtfs.zip", mode == "car")
        self.zone = self.feed.zone
        self.stops = [code for kind, code in self.at if kind == "stop"]
        self.points = [code for kind, code in self.at if kind == "point"]

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    def served(self, item: str, place: tuple[float, float], when: int) -> Times:
        """Epoch second of service by point; NEVER where one is not served."""
        points = [row["point"] for row in self.rows("guides.csv") if row["item"] == item]
        known = [code for code in points if ("point", code) in self.at]
        starts = self.join(place)
        hours, queues = self.hours(item), self.queues(item)
        served: Times = {}
        for ahead in range(7):
            until = self.feed.end_of_day(when, ahead)
            arrive = self.arrivals(starts, when, until)
            served = {code: turn(arrive[code], hours.get(code, []), queues.get(code, [])) for code in known}
            if min(served.values(), default=NEVER) < until:
                break
        return {code: served.get(code, NEVER) for code in points}

    # Streets

    def join(self, place: tuple[float, float]) -> list[tuple[str, int]]:
        """The ends of the nearest street, and the seconds to each."""
        lon, lat = place
        squeeze = math.cos(math.radians(lat))
        best = (NEVER, None, 0.0)
        for street in self.streets:
            if street["ferry"] == "yes":
                continue
            corners = [tuple(map(float, corner.split())) for corner in street["line"].split(";")]
            lengths = [
                math.hypot((b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2)), b[1] - a[1])
                for a, b in itertools.pairwise(corners)
            ]
            before = 0.0
            for (a, b), length in zip(itertools.pairwise(corners), lengths, strict=True):
                ax, ay = (a[0] - lon) * squeeze, a[1] - lat
                dx, dy = (b[0] - a[0]) * squeeze, b[1] - a[1]
                square = dx * dx + dy * dy
                share = min(1.0, max(0.0, -(ax * dx + ay * dy) / square)) if square else 0.0
                metres = math.hypot(ax + share * dx, ay + share * dy) * METRES_A_DEGREE
                if metres < best[0]:
                    best = (metres, street, (before + share * length) / sum(lengths))
                before += length
        metres, street, along = best
        assert street is not None, "no street"
        off = round(metres / WALKING * 10)
        ways = (
            (street["start"], int(street["back_tenths"]), along),
            (street["end"], int(street["forward_tenths"]), 1 - along),
        )
        return [(node, -(-(round(share * tenths) + off) // 10)) for node, tenths, share in ways if tenths]

    def spread(self, node: str, edges: dict[str, list[tuple[str, int]]]) -> dict[str, int]:
        """Whole seconds from a junction to every other (or to it, by the edges that lead in)."""
        best, queue, done = {node: 0}, [(0, node)], {}
        while queue:
            tenths, here = heapq.heappop(queue)
            if here in done:
                continue
            done[here] = -(-tenths // 10)
            for other, more in edges[here]:
                if tenths + more < best.get(other, NEVER):
                    best[other] = tenths + more
                    heapq.heappush(queue, (tenths + more, other))
        return done

    # Journeys

    def arrivals(self, starts: list[tuple[str, int]], when: int, until: int) -> Times:
        """Epoch second of arrival at every point by a journey whose last vehicle leaves before ``until``."""
        first = self.scan(starts, when, until)
        latest = max((at for at in first.values() if at < NEVER), default=0)
        if latest <= until:
            return first
        again = self.scan(starts, when, int(latest))
        return {code: again[code] if first[code] < NEVER else NEVER for code in first}

    def scan(self, starts: list[tuple[str, int]], when: int, until: int) -> Times:
        here, to_point = defaultdict(lambda: NEVER), defaultdict(lambda: NEVER)
        for node, begins in starts:
            seconds = self.spread(node, self.out)
            for (kind, code), (end, off) in self.at.items():
                if end not in seconds:
                    continue
                total = begins + seconds[end] + off
                if kind == "point":
                    to_point[code] = min(to_point[code], when + total)
                elif code in self.feed.piers or total <= LIMIT:
                    here[code] = min(here[code], when + total)
        ride: Times = defaultdict(lambda: NEVER)
        aboard: set[tuple[date, str]] = set()
        for leaves, arrives, stop, end, run, may_board, may_alight in self.feed.hops(when, until):
            if run not in aboard:
                if not may_board or here[stop] > leaves:
                    continue
                aboard.add(run)
            if not may_alight or arrives >= ride[end]:
                continue
            ride[end] = arrives
            here[end] = min(here[end], arrives + self.feed.change.get(end, 0))
            for other, seconds in self.walks(end).items():
                here[other] = min(here[other], arrives + seconds)
            for code, seconds in self.egress(end).items():
                to_point[code] = min(to_point[code], arrives + seconds)
        return {code: to_point[code] for code in self.points}

    def walks(self, stop: str) -> dict[str, int]:
        """Seconds to every other stop that one may change to."""
        cached = self.__dict__.setdefault("_walks", {})
        if stop not in cached:
            found = self.between(stop, "stop", self.stops)
            found = {
                end: seconds
                for end, seconds in found.items()
                if seconds <= LIMIT or end in self.feed.piers or stop in self.feed.piers
            }
            for (a, b), least in self.feed.transfers.items():
                if a == stop and a != b:
                    if least is None:
                        found.pop(b, None)
                    elif ("stop", a) in self.at and ("stop", b) in self.at:
                        found[b] = max(found.get(b, 0), least)
            found.pop(stop, None)
            cached[stop] = found
        return cached[stop]

    def egress(self, stop: str) -> dict[str, int]:
        cached = self.__dict__.setdefault("_egress", {})
        if stop not in cached:
            found = self.between(stop, "point", self.points)
            near = stop in self.feed.piers
            cached[stop] = {end: seconds for end, seconds in found.items() if near or seconds <= LIMIT}
        return cached[stop]

    def between(self, stop: str, kind: str, codes: list[str]) -> dict[str, int]:
        if ("stop", stop) not in self.at:
            return {}
        node, off = self.at["stop", stop]
        seconds = self.spread(node, self.out)
        ends = {code: self.at[kind, code] for code in codes}
        return {code: off + seconds[end] + more for code, (end, more) in ends.items() if end in seconds}

    # Being served

    def hours(self, item: str) -> dict[str, list[tuple[int, int]]]:
        own, usual = defaultdict(list), defaultdict(list)
        for row in self.rows("hours.csv"):
            span = tuple(int(datetime.fromisoformat(row[name]).timestamp()) for name in ("opens", "closes"))
            if row["item"] == item:
                own[row["point"]].append(span)
            elif not row["item"]:
                usual[row["point"]].append(span)
        return usual | own

    def queues(self, item: str) -> dict[str, list[tuple[int, int]]]:
        """Where each slot begins, and the wait in it, by point."""
        found = defaultdict(list)
        for row in self.rows("queues.csv"):
            if row["item"] == item:
                begins = int(datetime.fromisoformat(row["from"]).timestamp())
                found[row["point"]].append((begins, int(row["seconds"])))
        return found


def turn(arrive: float, spans: list[tuple[int, int]], slots: list[tuple[int, int]]) -> float:
    """When one is served who arrives then."""
    if arrive == NEVER:
        return NEVER
    for opens, closes in spans:
        if closes <= arrive:
            continue
        ready = max(arrive, opens)
        current = max((slot for slot in slots if slot[0] <= ready), default=slots[0] if slots else (0, 0))
        best = ready + current[1]
        for begins, wait in slots:
            if ready < begins < min(best, closes):
                best = min(best, begins + wait)
        if best < closes:
            return best
    return NEVER


class Feed:
    """The timetable, read again."""

    def __init__(self, path: Path, with_car: bool) -> None:
        self.zip = zipfile.ZipFile(path)
        self.zone = ZoneInfo(next(self.table("agency.txt"))["agency_timezone"])
        kind = {row["route_id"]: int(row["route_type"]) for row in self.table("routes.txt")}
        trips = {row["trip_id"]: row for row in self.table("trips.txt")}
        calls = defaultdict(list)
        for row in self.table("stop_times.txt"):
            calls[row["trip_id"]].append(row)
        headways = defaultdict(list)
        for row in self.table("frequencies.txt"):
            headways[row["trip_id"]].append(row)
        self.piers: set[str] = set()
        self.service: dict[str, list] = defaultdict(list)
        for trip, rows in calls.items():
            rows.sort(key=lambda row: int(row["stop_sequence"]))
            ferry = kind[trips[trip]["route_id"]] in (4, *range(1000, 1100), *range(1200, 1300))
            if ferry:
                self.piers |= {row["stop_id"] for row in rows}
            if with_car and trips[trip].get("cars_allowed") != "1":
                continue
            hops = [
                (
                    clock(a["departure_time"]), max(clock(b["arrival_time"]), clock(a["departure_time"]) + 1),
                    a["stop_id"], b["stop_id"], a.get("pickup_type") != "1", b.get("drop_off_type") != "1",
                )
                for a, b in itertools.pairwise(rows)
            ]  # fmt: skip
            shifts = [0]
            if trip in headways:
                shifts = [
                    begins - hops[0][0]
                    for row in headways[trip]
                    for begins in range(
                        clock(row["start_time"]), clock(row["end_time"]), int(row["headway_secs"])
                    )
                ]
            for number, shift in enumerate(shifts):
                self.service[trips[trip]["service_id"]] += [
                    (dep + shift, arr + shift, stop, end, f"{trip}/{number}", board, alight)
                    for dep, arr, stop, end, board, alight in hops
                ]
        self.calendar = {row["service_id"]: row for row in self.table("calendar.txt")}
        self.exceptions = {
            (row["service_id"], row["date"]): row["exception_type"] == "1"
            for row in self.table("calendar_dates.txt")
        }
        self.change: dict[str, float] = {}
        self.transfers: dict[tuple[str, str], int | None] = {}
        for row in self.table("transfers.txt"):
            a, b, least = row["from_stop_id"], row["to_stop_id"], row.get("min_transfer_time")
            if row["transfer_type"] in ("2", "3"):
                value = int(least) if row["transfer_type"] == "2" else None
                self.transfers[a, b] = value
                if a == b:
                    self.change[a] = NEVER if value is None else value

    def table(self, name: str) -> Iterator[dict[str, str]]:
        if name in self.zip.namelist():
            with self.zip.open(name) as file:
                yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))

    def runs(self, service: str, day: date) -> bool:
        said = self.exceptions.get((service, f"{day:%Y%m%d}"))
        if said is not None:
            return said
        row = self.calendar.get(service)
        within = row is not None and row["start_date"] <= f"{day:%Y%m%d}" <= row["end_date"]
        return bool(within and row and row[WEEKDAYS[day.weekday()]] == "1")

    def zero(self, day: date) -> int:
        return int(datetime.combine(day, time(12), self.zone).timestamp()) - 43200

    def end_of_day(self, moment: int, ahead: int) -> int:
        """Four in the morning after the day of travel of a moment, or ``ahead`` days later."""
        day = datetime.fromtimestamp(moment - 4 * 3600, self.zone).date() + timedelta(days=1 + ahead)
        return int(datetime.combine(day, time(), self.zone).timestamp()) + 4 * 3600

    def hops(self, since: int, until: int) -> list[tuple]:
        found = []
        first = datetime.fromtimestamp(since, self.zone).date() - timedelta(days=2)
        for number in range((until - since) // 86400 + 5):
            day = first + timedelta(days=number)
            for service, hops in self.service.items():
                if self.runs(service, day):
                    zero = self.zero(day)
                    found += [
                        (zero + dep, zero + arr, stop, end, (day, run), board, alight)
                        for dep, arr, stop, end, run, board, alight in hops
                        if since <= zero + dep < until
                    ]
        return sorted(found, key=lambda hop: hop[0])


def clock(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


if __name__ == "__main__":
    main()
