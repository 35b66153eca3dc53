"""What share of residents is near a round-the-clock kiosk, from where one gets there in time, and where the next
kiosks add most.

Worked out once for the network, the head-counts, the kiosks and the question, and kept on disk (``kept``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from zhoudao.core import city, clock
from zhoudao.core.access import Actor, require
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.outbox.rules import State
from zhoudao.counter.places import hours
from zhoudao.counter.places.coverage import areas, kept
from zhoudao.counter.places.coverage.homes import Lived, spread
from zhoudao.counter.places.coverage.models import Settlement
from zhoudao.counter.places.coverage.rules import (
    HOURS,
    PLAN_KIOSKS,
    SITE_KIOSKS,
    SOON,
    USUAL_KIOSKS,
    USUAL_MINUTES,
    SitesState,
    check,
    check_count,
)
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.journeys.rules import SEE_COVERAGE, Mode
from zhoudao.counter.places.models import Closure, Point
from zhoudao.counter.places.rules import PointKind, Position, distance_m
from zhoudao.engines.wayfinding import Network
from zhoudao.engines.wayfinding.coverage import Homes, residents_within
from zhoudao.engines.wayfinding.siting import Siting, candidate_sites, place_kiosks

AREA_DECIMALS = 5
"""Of a degree, about a metre: the lattice is fifty times coarser."""


class NoHomes(LookupError):
    """Nobody has said yet how many people live where."""

    http_status = 503

    def __init__(self) -> None:
        super().__init__("no settlements; import settlements.csv")
        self.what = _("It isn't known yet how many people live where")
        self.todo = _("Import the settlements and their head-counts first.")


@dataclass(frozen=True)
class DistrictShare:
    """How many of a district's residents reach a kiosk in time. Code "" is the whole city."""

    code: str
    people: int
    within: tuple[int, ...]
    """By hour of the day, 0 to 23: leaving when it strikes."""

    def share(self, hour: int) -> float:
        return self.within[hour] / self.people if self.people else 0.0

    @property
    def shares(self) -> list[float]:
        return [self.share(hour) for hour in HOURS]


@dataclass(frozen=True)
class Shares:
    """Who reaches a round-the-clock kiosk within ``minutes`` on the day of ``moment``."""

    minutes: int
    mode: Mode
    moment: datetime
    """In the city's time; its hour is the one meant."""
    kiosks: tuple[str, ...]
    """Codes of the kiosks open at that hour."""
    city: DistrictShare
    districts: tuple[DistrictShare, ...]
    """In the order of the city's districts."""

    @property
    def hour(self) -> int:
        return self.moment.hour

    def as_data(self) -> dict[str, object]:
        """For ``--json`` and the interface: shares are 0 to 1."""

        def told(row: DistrictShare) -> dict[str, object]:
            return {
                "people": row.people,
                "within": row.within[self.hour],
                "share": round(row.share(self.hour), 4),
                "by_hour": [round(share, 4) for share in row.shares],
            }

        return {
            "minutes": self.minutes,
            "mode": self.mode,
            "moment": self.moment.isoformat(),
            "kiosks": list(self.kiosks),
            "city": told(self.city),
            "districts": [{"district": row.code, **told(row)} for row in self.districts],
        }


@dataclass(frozen=True)
class Site:
    """A place for a kiosk. ``added``: residents it brings within reach, beyond those before it."""

    longitude: float
    latitude: float
    added: int
    district: str
    settlement: str
    """Code of the settlement whose middle is nearest."""

    @property
    def position(self) -> Position:
        return Position(self.longitude, self.latitude)


@dataclass(frozen=True)
class Sites:
    """Where the next kiosks add most, the one that adds most first."""

    minutes: int
    mode: Mode
    count: int
    """How many were asked for; there may be fewer sites where more would add nobody."""
    sites: tuple[Site, ...]
    people: int
    before: int
    """Residents within reach of a kiosk there is."""
    after: int
    bound: float
    """No choice brings more within reach."""
    proven: bool
    gap: float
    """How far the choice may be from the best, as a share of ``bound``; 0 when proven best."""

    def as_data(self) -> dict[str, object]:
        """For ``--json`` and the interface."""
        data = asdict(self)
        data["sites"] = [{"order": order, **asdict(site)} for order, site in enumerate(self.sites, 1)]
        data["share_before"] = round(self.before / self.people, 4) if self.people else 0.0
        data["share_after"] = round(self.after / self.people, 4) if self.people else 0.0
        return data


def share(
    actor: Actor, minutes: int = USUAL_MINUTES, mode: str = "walk", moment: datetime | None = None
) -> Shares:
    """Who is within ``minutes`` of a kiosk that is open round the clock, by district and hour of the day.

    By streets and timetable; a kiosk counts at an hour unless it is shut just then. Raises Forbidden, BadPlan,
    NoNetwork, NoHomes, OutsideCalendar.
    """
    require(actor, SEE_COVERAGE)
    way, moment = check(minutes, mode), clock.local(moment or clock.now())
    network, lived = home.current(), _lived()
    moments = _hours_of(moment)
    opened = open_kiosks(network, moments)
    name = kept.name_of(
        "shares",
        {
            "network": _version(network),
            "homes": lived.fingerprint,
            "kiosks": opened,
            "minutes": minutes,
            "mode": way,
            "day": moment.date().isoformat(),
        },
    )
    answer = kept.find(network, name)
    if answer is None:
        answer = {"districts": _by_district(network, lived, opened, minutes, way, moments)}
        kept.keep(network, name, answer)
    found = {code: DistrictShare(code, people, tuple(within)) for code, people, within in answer["districts"]}
    order = [district.code for district in city.current().districts]
    return Shares(
        minutes,
        way,
        moment,
        tuple(opened[moment.hour]),
        found[""],
        tuple(found[code] for code in order if code in found),
    )


def area(actor: Actor, minutes: int, mode: str, moment: datetime) -> BaseGeometry:
    """From where one is within ``minutes`` of an open round-the-clock kiosk at that hour: degrees, on land.

    Raises as ``share``.
    """
    require(actor, SEE_COVERAGE)
    way, moment = check(minutes, mode), clock.local(moment)
    network = home.current()
    begins = moment.replace(minute=0, second=0, microsecond=0)
    (opened,) = open_kiosks(network, [begins])
    name = kept.name_of(
        "area",
        {
            "network": _version(network),
            "kiosks": opened,
            "minutes": minutes,
            "mode": way,
            "at": begins.isoformat(),
        },
    )
    answer = kept.find(network, name)
    if answer is None:
        drawn = areas.area(network, opened, minutes, way, begins)
        # Rounded and cleaned of what rounding crossed; read back as it is kept, so that both times are alike.
        whole = shapely.make_valid(shapely.set_precision(drawn, 10**-AREA_DECIMALS, mode="pointwise"))
        answer = {"area": shapely.to_wkt(whole, rounding_precision=AREA_DECIMALS)}
        kept.keep(network, name, answer)
    return shapely.from_wkt(answer["area"])


def sites(actor: Actor, count: int = USUAL_KIOSKS, minutes: int = USUAL_MINUTES, mode: str = "walk") -> Sites:
    """Where the next ``count`` kiosks bring most residents within ``minutes`` by streets; up to a minute's work.

    Raises Forbidden, BadPlan, NoNetwork, NoHomes.
    """
    require(actor, PLAN_KIOSKS)
    check_count(count)
    plan = _plan(check(minutes, mode), count, minutes)
    answer = kept.find(plan.network, plan.name)
    if answer is None:
        found = place_kiosks(
            plan.network, _homes(plan.network, plan.lived), count, minutes, plan.existing, mode=plan.mode
        )
        answer = _as_answer(found, plan)
        kept.keep(plan.network, plan.name, answer)
    return _as_sites(answer)


def sites_known(
    actor: Actor, count: int = USUAL_KIOSKS, minutes: int = USUAL_MINUTES, mode: str = "walk"
) -> Sites | None:
    """The same when it has been worked out already, else None. Raises as ``sites``."""
    require(actor, PLAN_KIOSKS)
    check_count(count)
    plan = _plan(check(minutes, mode), count, minutes)
    answer = kept.find(plan.network, plan.name)
    return None if answer is None else _as_sites(answer)


def sites_state(actor: Actor, count: int, minutes: int, mode: str) -> SitesState:
    """Whether the sites are known, being worked out, or were given up. Raises as ``sites``."""
    if sites_known(actor, count, minutes, mode) is not None:
        return SitesState.READY
    name = sites_name(actor, count, minutes, mode)
    last = OutboxMessage.objects.filter(key=job_key(name, tries(name))).first()
    if last is None or last.state == State.DELIVERED:  # delivered and gone: no longer kept, so ask again
        return SitesState.NOT_ASKED
    return SitesState.WORKING if last.state in (State.WAITING, State.CLAIMED) else SitesState.FAILED


def tries(name: str) -> int:
    """How many jobs have been asked to work out what is kept as ``name``."""
    return OutboxMessage.objects.filter(name=SITE_KIOSKS, key__startswith=job_key(name)).count()


def job_key(name: str, number: int | None = None) -> str:
    """The key of the ``number``-th job that works out what is kept as ``name``."""
    return f"{SITE_KIOSKS}:{name}:{'' if number is None else number}"


def sites_name(actor: Actor, count: int, minutes: int, mode: str) -> str:
    """What the answer is kept as, and so the key of the job that works it out. Raises as ``sites``."""
    require(actor, PLAN_KIOSKS)
    check_count(count)
    return _plan(check(minutes, mode), count, minutes).name


def is_soon(actor: Actor) -> bool:
    """Whether sites are worked out while one waits, in a second or two. Raises as ``sites``."""
    require(actor, PLAN_KIOSKS)
    network = home.current()
    homes = _homes(network, _lived())
    return len(candidate_sites(network, homes)) * len(homes) <= SOON


def settlements(actor: Actor) -> tuple[Settlement, ...]:
    """Every settlement by code."""
    require(actor, SEE_COVERAGE)
    return tuple(Settlement.objects.all())


def kiosk_points(actor: Actor) -> list[Point]:
    """Kiosks of the directory that are open round the clock, by code."""
    require(actor, SEE_COVERAGE)
    return _round_the_clock()


# Inside -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """A question about sites, with all it depends on."""

    network: Network
    lived: Lived
    existing: list[str]
    count: int
    minutes: int
    mode: Mode

    @property
    def name(self) -> str:
        inputs = {
            "network": _version(self.network),
            "homes": self.lived.fingerprint,
            "kiosks": self.existing,
            "count": self.count,
            "minutes": self.minutes,
            "mode": self.mode,
        }
        return kept.name_of("sites", inputs)


def _plan(mode: Mode, count: int, minutes: int) -> _Plan:
    """A kiosk that is shut for a while is there all the same: nobody builds another one beside it."""
    network = home.current()
    known = set(network.point_codes)
    existing = [point.code for point in _round_the_clock() if point.code in known]
    return _Plan(network, _lived(), existing, count, minutes, mode)


def _as_answer(found: Siting, plan: _Plan) -> kept.Answer:
    return {
        "minutes": plan.minutes,
        "mode": plan.mode,
        "count": plan.count,
        "sites": [
            _site(place, added, plan.lived.settlements)
            for place, added in zip(found.sites, found.added, strict=True)
            if added > 0
        ],
        "people": round(found.people),
        "before": round(found.before),
        "after": round(found.after),
        "bound": round(found.bound, 1),
        "proven": found.proven,
        "gap": 0.0 if found.proven else round(found.gap, 6),
    }


def _site(place: tuple[float, float], added: float, settlements: Sequence[Settlement]) -> dict[str, object]:
    here = Position(round(place[0], 6), round(place[1], 6))
    nearest = min(settlements, key=lambda each: distance_m(here, Position(each.longitude, each.latitude)))
    return {
        "longitude": here.longitude,
        "latitude": here.latitude,
        "added": round(added),
        "district": nearest.district,
        "settlement": nearest.code,
    }


def _as_sites(answer: kept.Answer) -> Sites:
    return Sites(**{**answer, "sites": tuple(Site(**site) for site in answer["sites"])})


def _by_district(
    network: Network,
    lived: Lived,
    opened: Sequence[Sequence[str]],
    minutes: int,
    mode: Mode,
    moments: Sequence[datetime],
) -> list[tuple[str, int, list[int]]]:
    """District, people, people within reach at each moment; the engine is asked once for each set of kiosks."""
    homes = _homes(network, lived)
    within: dict[str, list[int]] = {}
    people: dict[str, int] = {}
    for codes in {tuple(each) for each in opened}:
        at = [hour for hour, each in enumerate(opened) if tuple(each) == codes]
        found = residents_within(network, homes, codes, minutes, [moments[hour] for hour in at], None, mode)
        numbers = {moments[hour]: hour for hour in at}
        for one in found:
            people[one.district] = round(one.people)
            within.setdefault(one.district, [0] * len(moments))[numbers[one.moment]] = round(one.within)
    return [(code, people[code], within[code]) for code in people]


def _lived() -> Lived:
    found = tuple(Settlement.objects.all())
    if not found:
        raise NoHomes
    return Lived(found)


def _homes(network: Network, lived: Lived) -> Homes:
    return spread(network, lived.settlements)


def _round_the_clock() -> list[Point]:
    found = Point.objects.filter(kind=PointKind.KIOSK.value, withdrawn=False).order_by("code")
    return [point for point in found if hours.always_open(point.hours)]


def open_kiosks(network: Network, moments: Sequence[datetime]) -> list[list[str]]:
    """At each moment the codes of round-the-clock kiosks on the network that are not shut just then."""
    known = set(network.point_codes)
    kiosks = [point for point in _round_the_clock() if point.code in known]
    closures = list(
        Closure.objects.filter(
            point__in=kiosks, starts_at__lte=moments[-1], ends_at__gt=moments[0]
        ).select_related("point")
    )
    shut = [
        {each.point.code for each in closures if each.starts_at <= moment < each.ends_at}
        for moment in moments
    ]
    return [[point.code for point in kiosks if point.code not in closed] for closed in shut]


def _hours_of(moment: datetime) -> list[datetime]:
    midnight = datetime.combine(moment.date(), time(), clock.CITY_ZONE)
    return [midnight + timedelta(hours=hour) for hour in HOURS]


def _version(network: Network) -> str:
    return network.build_path.name if network.build_path else ""
