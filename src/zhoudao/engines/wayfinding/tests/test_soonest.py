"""The ranking by service start: exact, and honest about what cannot be reached, is closed, or leaves no way
home."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.wayfinding import (
    Closure,
    Hours,
    HoursTable,
    Network,
    Online,
    OutsideCalendar,
    Queue,
    Served,
    WorkingDays,
    soonest,
)
from zhoudao.engines.wayfinding.journey import end_of_day
from zhoudao.engines.wayfinding.layer import Mode
from zhoudao.engines.wayfinding.tests.cities import (
    FIRST,
    LAST,
    network_of,
    random_city,
    random_moment,
    random_place,
)
from zhoudao.engines.wayfinding.tests.made import SHANGHAI, City, Feed, Streets, Trip, place

DAYS = WorkingDays(date(2026, 1, 1), date(2026, 12, 31))
TUESDAY = date(2026, 11, 24)
EXPRESSIONS = (
    "24/7",
    "Mo-Fr 08:30-12:00,14:00-17:30; PH off",
    "Mo-Su 09:00-11:00",
    "Sa-Su 10:00-16:00",
    "Tu 20:00-26:00",
)


def hours_of(city: City, rng: np.random.Generator) -> dict[str, Hours]:
    hours = {}
    for code in city.points:
        closures: tuple[Closure, ...] = ()
        if rng.random() < 0.3:
            start = random_moment(rng)
            closures = (Closure(start, start + timedelta(hours=int(rng.integers(1, 40)))),)
        hours[code] = Hours(str(rng.choice(EXPRESSIONS)), closures)
    return hours


def served_by_trying(table: HoursTable, at: int, queue: Queue, arrive: float, until: int) -> float:
    """The first moment one is served, trying every second one might join the queue in."""
    if arrive == np.inf:
        return np.inf
    moments = np.arange(int(arrive), until)
    slots = np.clip((moments - queue.begins) // queue.slot, 0, queue.seconds.shape[1] - 1)
    turns = moments + queue.seconds[at][slots]
    best = np.inf
    for opens, closes in table.spans(at):
        inside = (moments >= opens) & (moments < closes) & (turns < closes)
        if inside.any():
            best = min(best, float(turns[inside].min()))
            break
    return best


@given(st.integers(0, 2**32 - 1), st.sampled_from(["walk", "car"]))
@settings(max_examples=150, deadline=None)
def test_the_ranking_equals_trying_everything(seed: int, mode: Mode) -> None:
    city, rng = random_city(seed), np.random.default_rng(seed)
    network = network_of(city)
    start, when = random_place(city, rng), random_moment(rng)
    moment = int(when.timestamp())
    table = HoursTable.compile(hours_of(city, rng), DAYS, SHANGHAI, FIRST, 40)
    slots = rng.integers(0, 5400, (len(city.points), 96)).astype(np.int32)
    queue = Queue(network.timetable.midnight(when.date()), 1800, slots)
    ranking = soonest(network, place(*start), when, table, mode=mode, queue=queue, days=3)
    window = end_of_day(network, moment, 2)
    there = city.arrivals(start, moment, mode)
    expected = {}
    for at, code in enumerate(table.codes):
        by_window = there[code] < window
        expected[code] = (
            served_by_trying(table, at, queue, there[code], moment + 8 * 86400) if by_window else np.inf
        )
    for service in ranking:
        if service.arrive is not None and service.arrive.timestamp() >= window:
            continue  # set out within the days, there after them: the simple search does not tell those apart
        served = service.served_at.timestamp() if service.served_at else np.inf
        if min(served, expected[service.point]) < moment + 7 * 86400:
            assert served == expected[service.point], service
    times = [service.served_at for service in ranking]
    assert times == sorted(times, key=lambda moment: moment or datetime.max.replace(tzinfo=SHANGHAI))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_the_last_way_home_is_the_last(seed: int) -> None:
    """Setting out at the last moment one is home by the end of the day; a second later no vehicle brings
    one."""
    city, rng = random_city(seed), np.random.default_rng(seed)
    network = network_of(city)
    start, when = random_place(city, rng), random_moment(rng)
    table = HoursTable.compile({code: Hours("24/7") for code in city.points}, DAYS, SHANGHAI, FIRST, 40)
    for service in soonest(network, place(*start), when, table, service_takes=600):
        back = service.back
        if back is None:
            continue
        assert service.served_at is not None
        done = int(service.served_at.timestamp()) + 600
        end = end_of_day(network, done)

        def home(leave: int, at: tuple[int, int]) -> float:
            ride, _ = city.search(at, leave, "walk")
            piers = {s for t in city.feed.trips if t.line == "boat" for s, _, _ in t.calls}
            ways = [np.inf]
            for stop, time in ride.items():
                walk = city.streets.shortest(city.feed.stops[stop], "walk").get(start, np.inf)
                if walk <= city.walk_limit or stop in piers:
                    ways.append(time + walk)
            return min(ways)

        at = city.points[service.point]
        begins = end_of_day(network, done, -1)
        if back.last is None:
            assert home(begins, at) > end
        else:
            assert home(int(back.last.timestamp()), at) <= end
            assert home(int(back.last.timestamp()) + 1, at) > end
        on_foot = city.streets.shortest(at, "walk").get(start)
        assert back.on_foot == on_foot
        assert back.in_time == (on_foot is not None or home(done, at) <= end)


def two_islands() -> City:
    """Home, a counter and a kiosk on the west island; a counter on the east one, four boats there and back
    a day."""
    streets = Streets()
    streets.line((0, 0), (12, 0))
    streets.line((60, 0), (72, 0))
    feed = Feed(stops={"west": (2, 0), "east": (61, 0)}, lines={"boat": 4})
    feed.services = {"weekdays": (FIRST, LAST, "1111100")}
    for number, hour in enumerate((7, 9, 13, 16)):
        there, back = hour * 3600, hour * 3600 + 2700
        feed.trips += [
            Trip(
                f"out{number}",
                "boat",
                "weekdays",
                [("west", there, there), ("east", there + 1800, there + 1800)],
            ),
            Trip(
                f"in{number}", "boat", "weekdays", [("east", back, back), ("west", back + 1800, back + 1800)]
            ),
        ]
    return City(streets, feed, {"WEST": (12, 0), "EAST": (63, 0), "KIOSK": (6, 0)})


OFFICE = Hours("Mo-Fr 08:30-12:00,14:00-17:30; PH off")


@pytest.fixture(scope="module")
def islands() -> Network:
    return network_of(two_islands())


def table_of(closures: tuple[Closure, ...] = (), days: WorkingDays = DAYS, **hours: Hours) -> HoursTable:
    given = {"WEST": OFFICE, "EAST": Hours(OFFICE.expression, closures), **hours}
    return HoursTable.compile(given, days, SHANGHAI, date(2026, 11, 16), 30)


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


HOME = place(0, 0)


def reason(service: object, code: str) -> dict[str, object]:
    found = {reason.code: reason.values for reason in service.reasons}  # type: ignore[attr-defined]
    assert code in found, found
    return dict(found[code])


def test_the_nearest_is_first_while_it_is_open(islands: Network) -> None:
    first, second = soonest(islands, HOME, at(8, 40), table_of())
    assert (first.point, first.served_at) == ("WEST", at(8, 52))
    assert first.reasons == []
    assert (second.point, second.served_at) == ("EAST", at(9, 32))
    assert [leg.mode for leg in second.legs] == ["walk", "ferry", "walk"]
    assert reason(second, "waits_for_boat")["seconds"] == 18 * 60
    assert reason(second, "farther")["seconds"] == 40 * 60


def test_who_cannot_be_served_before_lunch_waits_for_the_afternoon(islands: Network) -> None:
    first, *_ = soonest(islands, HOME, at(11, 50), table_of())
    assert (first.point, first.arrive, first.served_at) == ("WEST", at(12, 2), at(14, 0))
    assert reason(first, "closed_at_midday")["opens"] == at(14, 0)
    assert first.leave_by == at(13, 48)


def test_a_turn_that_would_come_after_closing_comes_in_the_next_span(islands: Network) -> None:
    queue = Queue.constant([1800, 0])
    ranking = soonest(islands, HOME, at(11, 20), table_of(), queue=queue)
    west = next(service for service in ranking if service.point == "WEST")
    assert west.arrive == at(11, 32)
    assert (west.joined, west.served_at) == (at(14, 0), at(14, 30))
    assert reason(west, "queue")["seconds"] == 1800


def test_a_long_queue_sends_one_across_the_water(islands: Network) -> None:
    queue = Queue.constant([7200, 0])
    first, second = soonest(islands, HOME, at(8, 40), table_of(), queue=queue)
    assert (first.point, first.served_at) == ("EAST", at(9, 32))
    assert (second.point, second.served_at) == ("WEST", at(10, 52))


def test_an_island_with_no_boat_today_is_unreachable_today(islands: Network) -> None:
    saturday = date(2026, 11, 28)
    table = table_of(KIOSK=Hours("24/7"))
    kiosk, west, east = soonest(islands, HOME, at(10, day=saturday), table)
    assert (kiosk.point, kiosk.served_at) == ("KIOSK", at(10, 6, saturday))
    assert (west.point, west.served_at) == ("WEST", at(8, 30, date(2026, 11, 30)))
    assert (east.point, east.served_at, east.arrive) == ("EAST", None, None)
    assert east.outcome is Served.UNREACHABLE
    assert east.legs == ()
    assert east.back is None
    values = reason(east, "no_boat_today")
    assert values["next_depart"] == at(6, 58, date(2026, 11, 30))  # two minutes' walk to Monday's first boat


def test_after_the_last_boat_one_is_told_when_it_went(islands: Network) -> None:
    kiosk, *_, east = soonest(islands, HOME, at(16, 30), table_of(KIOSK=Hours("24/7")))
    assert kiosk.point == "KIOSK"
    assert (east.point, east.served_at) == ("EAST", None)
    values = reason(east, "last_boat_gone")
    assert values["last"] == at(15, 58)
    assert values["next_arrive"] == at(7, 32, date(2026, 11, 25))


def test_when_nobody_serves_today_the_next_day_is_searched(islands: Network) -> None:
    """At eight in the evening everything is for tomorrow: the island across the water too."""
    first, second = soonest(islands, HOME, at(20), table_of())
    tomorrow = date(2026, 11, 25)
    assert {first.point, second.point} == {"WEST", "EAST"}
    assert first.served_at == second.served_at == at(8, 30, tomorrow)
    east = first if first.point == "EAST" else second
    assert [leg.mode for leg in east.legs] == ["walk", "ferry", "walk"]
    assert reason(east, "closed_today" if east.arrive and east.arrive.date() == TUESDAY else "opens_later")


def test_one_day_only_when_asked_for_one_day(islands: Network) -> None:
    ranking = soonest(islands, HOME, at(20), table_of(), days=1)
    assert {service.point: service.served_at for service in ranking} == {
        "WEST": at(8, 30, date(2026, 11, 25)),
        "EAST": None,
    }


def test_the_last_boat_back_and_the_first_after_the_service(islands: Network) -> None:
    east = next(
        service for service in soonest(islands, HOME, at(8, 40), table_of()) if service.point == "EAST"
    )
    assert east.back is not None
    assert east.back.last == at(16, 43)  # two minutes to the 16:45 boat
    assert east.back.in_time
    assert east.back.on_foot is None
    home = east.way_back()
    assert home is not None
    assert home.legs[1].depart == at(9, 45) + timedelta(hours=4)  # done at 9:47: the 9:45 boat has gone


def test_being_served_too_late_for_the_last_boat_is_said(islands: Network) -> None:
    east = next(
        service for service in soonest(islands, HOME, at(15, 50), table_of()) if service.point == "EAST"
    )
    assert east.served_at == at(16, 32)
    assert reason(east, "no_way_back_today")["last"] == at(16, 43)


def test_a_closure_goes_before_the_hours(islands: Network) -> None:
    closed = Closure(at(0), at(23, 59), "typhoon")
    east = next(s for s in soonest(islands, HOME, at(8, 40), table_of((closed,))) if s.point == "EAST")
    assert east.served_at == at(8, 30, date(2026, 11, 25))
    assert reason(east, "closure") == {"reason": "typhoon", "opens": at(8, 30, date(2026, 11, 25))}


def test_days_past_the_working_day_table_are_unconfirmed(islands: Network) -> None:
    days = WorkingDays(date(2026, 1, 1), date(2026, 11, 27))
    saturday = date(2026, 11, 28)
    table = table_of(days=days, KIOSK=Hours("24/7"))
    ranking = {service.point: service for service in soonest(islands, HOME, at(9, day=saturday), table)}
    assert ranking["WEST"].outcome is Served.UNCONFIRMED
    assert ranking["WEST"].served_at is None
    assert reason(ranking["WEST"], "hours_unconfirmed")["from"] == at(0, day=saturday)
    assert ranking["KIOSK"].served_at == at(9, 6, saturday)


def test_online_is_ranked_among_the_places(islands: Network) -> None:
    ranking = soonest(islands, HOME, at(8, 40), table_of(), online=Online(seconds=300))
    assert [service.point for service in ranking] == ["online", "WEST", "EAST"]
    assert ranking[0].is_online
    assert (ranking[0].served_at, ranking[0].legs, ranking[0].back) == (at(8, 45), (), None)
    ranking = soonest(islands, HOME, at(8, 40), table_of(), online=Online(opens=at(9)))
    assert [service.point for service in ranking] == ["WEST", "online", "EAST"]


def test_candidates_narrow_the_choice(islands: Network) -> None:
    table = table_of(KIOSK=Hours("24/7"))
    assert [s.point for s in soonest(islands, HOME, at(9), table, candidates=["EAST"])] == ["EAST"]
    with pytest.raises(KeyError):
        soonest(islands, HOME, at(9), table, candidates=["NOWHERE"])


def test_a_car_boards_only_the_boats_that_take_cars() -> None:
    city = two_islands()
    assert [s.served_at for s in soonest(network_of(city), HOME, at(8, 40), table_of(), mode="car")][
        1
    ] is None
    city.feed.trips[4].cars = True  # the one o'clock boat
    east = soonest(network_of(city), HOME, at(8, 40), table_of(), mode="car")[1]
    assert [(leg.mode, leg.takes_car) for leg in east.legs] == [
        ("car", False),
        ("ferry", True),
        ("car", False),
    ]
    assert east.arrive == at(13, 30) + timedelta(seconds=40)


def test_a_time_outside_the_feed_says_the_feeds_days(islands: Network) -> None:
    with pytest.raises(OutsideCalendar, match="2026-11-16 to 2026-12-13"):
        soonest(islands, HOME, at(9, day=date(2027, 1, 5)), table_of())


def test_leaving_later_never_serves_sooner(islands: Network) -> None:
    table = table_of()
    best = [soonest(islands, HOME, at(6) + timedelta(minutes=7 * k), table)[0].served_at for k in range(80)]
    assert all(a is not None and b is not None and a <= b for a, b in itertools.pairwise(best))
