"""Building the network: a new extract, a new feed, or the same with the points as they are now.

The old network stays in use until the new one is whole; a source that can't be used changes nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from zhoudao.core import city
from zhoudao.core.access import SYSTEM, Actor, require
from zhoudao.core.audit.actions import act
from zhoudao.core.city import land
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.journeys.rules import BUILD_NETWORK
from zhoudao.counter.places.layers import actions as layers
from zhoudao.counter.places.models import Point
from zhoudao.engines import wayfinding as way
from zhoudao.engines.wayfinding.feed import read_feed
from zhoudao.engines.wayfinding.streets import read_extract

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Built:
    """What an import or a rebuild came to."""

    build: str
    """Name of the build in use; empty while a source waits for the other one."""
    changed: bool
    """Whether it is another one than before."""
    waiting_for: str = ""
    """streets or timetable: what is still missing before there can be a network."""
    points: int = 0
    left_out: list[str] = field(default_factory=list)
    """Points far from every street: nobody can be led to them."""
    stops: int = 0
    trips: int = 0
    first_day: str = ""
    last_day: str = ""
    warnings: list[str] = field(default_factory=list)
    """What was odd in the sources, and how it was read."""
    seconds: float = 0.0


def import_streets(actor: Actor, file: Path, progress: Progress = lambda _: None) -> Built:
    """Streets from an OpenStreetMap extract, with the timetable and the points there are.

    Raises Forbidden, BadExtract, BadFeed or BadInput, OSError; the network in use is then as it was.
    """
    return install(actor, streets=file, progress=progress)


def import_feed(actor: Actor, file: Path, progress: Progress = lambda _: None) -> Built:
    """The timetable from a GTFS feed, with the streets and the points there are. Raises as ``import_streets``."""
    return install(actor, feed=file, progress=progress)


def install(
    actor: Actor,
    streets: Path | None = None,
    feed: Path | None = None,
    progress: Progress = lambda _: None,
) -> Built:
    """Build the network from what is given, and from what is in use for what is not. Raises as ``import_streets``."""
    require(actor, BUILD_NETWORK)
    began = time.perf_counter()
    with _alone():
        sources = {home.STREETS: streets or _kept(home.STREETS), home.FEED: feed or _kept(home.FEED)}
        missing = [name for name, source in sources.items() if source is None]
        if missing:
            return _wait(actor, streets, feed, missing)
        built = _build(actor, sources, progress)  # type: ignore[arg-type]  # none is None here
        progress("drawing the map")
        layers.draw(SYSTEM, *(_kept(name) for name in (home.STREETS, home.FEED)))  # type: ignore[arg-type]
    return Built(**{**vars(built), "seconds": round(time.perf_counter() - began, 2)})


def rebuild(actor: Actor, progress: Progress = lambda _: None, *, even_if_same: bool = False) -> Built | None:
    """The same streets and timetable with the points as they are now.

    None when there is nothing to do: no sources yet, or (unless ``even_if_same``) the same points.
    """
    require(actor, BUILD_NETWORK)
    build = home.build_in_use()
    if build is None and not all(_kept(name) for name in (home.STREETS, home.FEED)):
        return None
    if build is not None and not even_if_same and _points_of(build) == _points():
        return None
    return install(actor, progress=progress)


def _kept(name: str) -> Path | None:
    """A source kept from earlier: the one in use, else one that waits."""
    build = home.build_in_use()
    for place in ([build] if build else []) + [home.folder() / home.WAITING]:
        if (place / name).is_file():
            return place / name
    return None


def _points() -> list[list[object]]:
    """Code, longitude and latitude of every point of the directory, by code."""
    return [
        list(row)
        for row in Point.objects.filter(withdrawn=False).values_list("code", "longitude", "latitude")
    ]


def _points_of(build: Path) -> list[list[object]]:
    try:
        return json.loads((build / home.POINTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []


def _wait(actor: Actor, streets: Path | None, feed: Path | None, missing: list[str]) -> Built:
    """Keep the one source there is, once it is known to be good, until the other one comes."""
    warnings: list[str] = []
    if streets:
        warnings = [str(problem) for problem in read_extract(streets)[1].warnings]
    if feed:
        warnings = [str(problem) for problem in read_feed(feed)[1].warnings]
    for name, source in ((home.STREETS, streets), (home.FEED, feed)):
        if source:
            with act(actor, BUILD_NETWORK, subject=f"file:{source.name}") as entry:
                entry.note(waits=True)
                waiting = home.folder() / home.WAITING
                waiting.mkdir(parents=True, exist_ok=True)
                coming = waiting / f".{name}"
                shutil.copyfile(source, coming)
                os.replace(coming, waiting / name)
    return Built("", False, "streets" if home.STREETS in missing else "timetable", warnings=warnings)


def _build(actor: Actor, sources: dict[str, Path], progress: Progress) -> Built:
    points = _points()
    before = home.build_in_use()
    with _draft() as draft:
        for name, source in sources.items():
            shutil.copyfile(source, draft / name)
        (draft / home.POINTS).write_text(json.dumps(points, ensure_ascii=False), encoding="utf-8")
        network, left_out = _network(sources, points, draft / home.ENGINE, progress)
        assert network.build_path is not None
        build = home.folder() / network.build_path.name
        with act(actor, BUILD_NETWORK, subject=f"network:{build.name}") as entry:
            entry.note(points=len(network.point_codes), left_out=len(left_out), **_hashes(network))
            _put_in_use(draft, build)
    _tidy(build)
    timetable, report = network.timetable, network.report
    warnings: list[str] = []
    if report and report.streets and report.feed:
        warnings = [str(problem) for problem in (*report.streets.warnings, *report.feed.warnings)]
    return Built(
        build.name,
        before != build,
        points=len(network.point_codes),
        left_out=left_out,
        stops=timetable.stops,
        trips=timetable.trips,
        first_day=timetable.first_day.isoformat(),
        last_day=timetable.last_day.isoformat(),
        warnings=warnings,
    )


def _network(
    sources: dict[str, Path], rows: list[list[object]], out: Path, progress: Progress
) -> tuple[way.Network, list[str]]:
    """The network, and the points it can't reach: one point off every street must not take the map from everyone."""
    points = [way.Point(*row) for row in rows]  # type: ignore[arg-type]
    pieces = land.outlines(city.current().folder)
    left_out: list[str] = []
    while True:
        progress(f"network: {sources[home.STREETS].name}, {sources[home.FEED].name}, {len(points)} points")
        try:
            return (
                way.Network.build(sources[home.STREETS], sources[home.FEED], points, out=out, land=pieces),
                left_out,
            )
        except (way.BadExtract, way.BadFeed):
            raise
        except way.BadInput as bad:
            lost = {points[problem.row - 1].code for problem in bad.problems if problem.row}
            if not lost:
                raise
            for problem in bad.problems:
                progress(f"left out: {problem}")
            left_out += sorted(lost)
            points = [point for point in points if point.code not in lost]


def _hashes(network: way.Network) -> dict[str, str]:
    return {f"{name}_sha256": network.about[name].get("sha256", "") for name in ("streets", "feed")}


# On the disk ----------------------------------------------------------------------------------------------------------


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time; another process waits."""
    home.folder().mkdir(parents=True, exist_ok=True)
    with (home.folder() / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _draft() -> Iterator[Path]:
    """A folder beside the builds; what is not put in use is thrown away."""
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home.folder()))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put_in_use(draft: Path, build: Path) -> None:
    if not build.exists():
        draft.chmod(0o755)  # mkdtemp made it private; web processes may run under another name
        os.replace(draft, build)
    pointer = home.folder() / f".{home.CURRENT}-{os.getpid()}"
    pointer.write_text(build.name, encoding="utf-8")
    os.replace(pointer, home.folder() / home.CURRENT)


def _tidy(build: Path) -> None:
    """Builds no longer in use, and sources that waited for this one. Processes that have an old build open keep what
    they mapped."""
    for other in home.folder().iterdir():
        if other.is_dir() and other != build and not other.name.startswith("."):
            shutil.rmtree(other, ignore_errors=True)
