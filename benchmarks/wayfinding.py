"""Where can I be served soonest: how fast, how large, and beside whom.

    python benchmarks/wayfinding.py [--quick] [--extract FILE.osm.pbf] [--valhalla PYTHON] [--json FILE]

The sample city is made in a temporary folder. A real extract (by --extract, or streets/malta.osm.pbf under
the folder that ZHOUDAO_DATA names) gets a seeded timetable over its own stops and ferry ways. Every answer
of a peer is compared with ours; a table is printed only of runs that agreed. Times are wall-clock
milliseconds in this process, medians and 95th percentiles over seeded queries (processor time beside them is what
stays where other work shares the machine); memory is the peak of a fresh process that does nothing else.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np
import shapely
from wayfinding_cities import made_streets, made_timetable, points_on, timetable_for
from wayfinding_peers import NetworkxPeer, SciPyPeer
from wayfinding_valhalla import compared

from zhoudao.engines.wayfinding import Hours, HoursTable, Network, Point, Queue, Service, WorkingDays, soonest
from zhoudao.engines.wayfinding.coverage import Homes, isochrone, residents_within
from zhoudao.engines.wayfinding.journey import end_of_day
from zhoudao.engines.wayfinding.siting import place_kiosks
from zhoudao.engines.wayfinding.streets import read_extract

SEED = 20261124
TUESDAY = date(2026, 11, 24)
DAYS = WorkingDays(date(2026, 1, 1), date(2026, 12, 31))
OFFICE, ALWAYS = "Mo-Fr 08:30-12:00,14:00-17:30; PH off", "24/7"
POINTS = 65
CITY_PACK = Path(__file__).resolve().parent.parent / "cities" / "zhoushan"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer queries, growth to 10^5 nodes: about a minute"
    )
    parser.add_argument("--extract", type=Path, help="a real .osm.pbf")
    parser.add_argument("--valhalla", type=Path, help="a Python in which pyvalhalla is installed")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--prepare", nargs=2, metavar=("CITY", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--grow", nargs=2, metavar=("NODES", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.prepare:
        print(json.dumps(prepare(given.prepare[0], Path(given.prepare[1]))))
    elif given.grow:
        print(json.dumps(grow(int(given.grow[0]), Path(given.grow[1]))))
    else:
        measure(given)


def measure(given: argparse.Namespace) -> None:
    figures: dict[str, object] = {"machine": machine()}
    print(f"{figures['machine']}\n")
    with tempfile.TemporaryDirectory(prefix="zhoudao-wayfinding-") as folder:
        cities = {"sample city": sample_city(Path(folder) / "sample")}
        if extract := real_extract(given.extract):
            cities[extract.name] = real_city(extract, Path(folder) / "real")
        figures["preparation"] = preparation(cities)
        figures["soonest"] = [answered(name, city, given.quick) for name, city in cities.items()]
        show(
            "Where one is served soonest, of 65 points, on foot and by the whole timetable",
            figures["soonest"],
        )
        figures["more"] = [more(name, city) for name, city in cities.items()]
        show("What else is asked", figures["more"])
        figures["growth"] = growth(Path(folder), (10**4, 10**5) if given.quick else (10**4, 10**5, 10**6))
        figures["valhalla"] = valhalla(given.valhalla, cities, 50 if given.quick else 200)
    print(f"\nload average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1, default=str), encoding="utf-8")


def machine() -> str:
    model = platform.processor() or platform.machine()
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in cpu.read_text().splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    return (
        f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


# Cities


def sample_city(folder: Path) -> Path:
    """Generate the sample city's streets, feed and points."""
    os.environ.setdefault("ZHOUDAO_VAR", str(folder.parent / "var"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
    from zhoudao.core.city import load
    from zhoudao.sample import geography

    geography.build(load(CITY_PACK), SEED, "city", folder, lambda said: None)
    return folder


def real_extract(given: Path | None) -> Path | None:
    if given is None and os.environ.get("ZHOUDAO_DATA"):
        given = Path(os.environ["ZHOUDAO_DATA"]) / "streets" / "malta.osm.pbf"
    if given is None or not given.exists():
        print("No real extract: give --extract FILE.osm.pbf or set ZHOUDAO_DATA.\n")
        return None
    return given


def real_city(extract: Path, folder: Path) -> Path:
    """Seeded points, and a seeded timetable over the extract's own stops and ferry ways."""
    folder.mkdir(parents=True)
    (folder / "streets.osm.pbf").symlink_to(extract.resolve())
    graph, _ = read_extract(extract)
    timetable_for(extract, graph, folder / "gtfs.zip", SEED, lines=60, timezone="Europe/Malta")
    with (folder / "points.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["code", "longitude", "latitude", "hours"])
        for number, point in enumerate(points_on(graph, POINTS, SEED)):
            rows.writerow([point.code, point.lon, point.lat, OFFICE if number % 6 else ALWAYS])
    return folder


def inputs_of(city: Path) -> tuple[list[Point], dict[str, Hours], list[shapely.Geometry]]:
    with (city / "points.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    points = [Point(row["code"], float(row["longitude"]), float(row["latitude"])) for row in rows]
    hours = {row["code"]: Hours(row["hours"]) for row in rows}
    land: list[shapely.Geometry] = []
    if city.name == "sample":
        outline = json.loads((CITY_PACK / "land.geojson").read_text(encoding="utf-8"))
        for feature in outline["features"]:
            shape = shapely.geometry.shape(feature["geometry"])
            land += getattr(shape, "geoms", [shape])
    return points, hours, land


# Preparation


def prepare(city: str, folder: Path) -> dict[str, object]:
    """Build a network, in a process of its own."""
    points, _, land = inputs_of(Path(city))
    bare = peak()
    begun = time.perf_counter()
    Network.build(Path(city) / "streets.osm.pbf", Path(city) / "gtfs.zip", points, folder, land)
    took = time.perf_counter() - begun
    return {"took_s": took, "bare_mib": bare, "peak_mib": peak(), "disk_mib": size_of(folder)}


def preparation(cities: dict[str, Path]) -> list[dict[str, object]]:
    rows = []
    for name, city in cities.items():
        in_child("--prepare", str(city), str(city / "network"))  # compiles the kernels, if nothing has yet
        done = in_child("--prepare", str(city), str(city / "network"))
        network = Network.open(city / "network")
        layer, timetable = network.walk.layer, network.timetable
        rows.append(
            {
                "network": name,
                "junctions on foot / by car": f"{layer.size:,} / {network.car.layer.size:,}",
                "stops (piers)": f"{timetable.stops:,} ({int(timetable.pier.sum())})",
                "departures on the day": f"{len(timetable.hops_of(TUESDAY).departure):,}",
                "prepared, s": f"{done['took_s']:.1f}",
                "peak memory, MiB": f"{done['peak_mib']:.0f}",
                "of which Python and libraries": f"{done['bare_mib']:.0f}",
                "on disk, MiB": f"{done['disk_mib']:.0f}",
            }
        )
    show("Preparation: an extract, a feed and 65 points into a mapped network", rows)
    return rows


# Soonest


class Asker:
    """Seeded questions to one network: origins near junctions, any minute from five to ten in the evening."""

    def __init__(self, network: Network, hours: dict[str, Hours], seed: int) -> None:
        self.network, self.random = network, np.random.default_rng(seed)
        self.table = HoursTable.compile(hours, DAYS, network.zone, TUESDAY - timedelta(days=1), 20)
        self.queue = Queue.constant(self.random.integers(0, 1800, len(hours)))

    def question(self) -> tuple[tuple[float, float], datetime]:
        layer = self.network.walk.layer
        node = int(self.random.integers(layer.size))
        at = float(layer.lon[node]) + 1e-4, float(layer.lat[node]) + 1e-4
        hour, minute = divmod(int(self.random.integers(5 * 60, 22 * 60)), 60)
        return at, datetime(TUESDAY.year, TUESDAY.month, TUESDAY.day, hour, minute, tzinfo=self.network.zone)

    def ask(self, question: tuple[tuple[float, float], datetime], mode: str = "walk") -> list[Service]:
        return soonest(self.network, *question, self.table, mode=mode, queue=self.queue)  # type: ignore[arg-type]


def answered(name: str, city: Path, quick: bool) -> dict[str, object]:
    network = Network.open(city / "network")
    asker = Asker(network, inputs_of(city)[1], SEED)
    count = 500 if quick else 2000
    ours = timed(asker.ask, asker.question, count)
    alone = timed(asker.ask, asker.question, count, time.thread_time)
    by_car = timed(lambda question: asker.ask(question, "car"), asker.question, count)
    told = timed(lambda question: tell_all(asker.ask(question)), asker.question, count // 10)
    peers = {}
    for label, peer, tries in (
        ("SciPy", SciPyPeer(network, TUESDAY), 5 if quick else 20),
        ("networkx", NetworkxPeer(network, TUESDAY), 5 if quick else 10),
    ):
        compare(network, asker, peer, tries, label)

        def ask(
            question: tuple[tuple[float, float], datetime], peer: SciPyPeer | NetworkxPeer = peer
        ) -> object:
            return peer.arrivals(question[0], second_of_day(network, question[1]))

        peers[label] = timed(ask, asker.question, tries)
    return {
        "network": name,
        "ours: the ranking": milliseconds(ours),
        "ours: in processor time": milliseconds(alone),
        "ours: by car": milliseconds(by_car),
        "ours: all 65 told": milliseconds(told),
        **{f"{label}: arrivals only": milliseconds(times) for label, times in peers.items()},
        "SciPy / ours": f"{np.median(peers['SciPy']) / np.median(ours):,.0f} times",
        "networkx / ours": f"{np.median(peers['networkx']) / np.median(ours):,.0f} times",
    }


def second_of_day(network: Network, when: datetime) -> int:
    return int(when.timestamp()) - network.timetable.midnight(TUESDAY)


def tell_all(ranking: list[Service]) -> None:
    """What a page shows: every time and reason, the way home of all, and the legs of the first three."""
    for service in ranking:
        _ = service.arrive, service.served_at, service.back
    for service in ranking[:3]:
        _ = service.legs, service.reasons


def compare(network: Network, asker: Asker, peer: SciPyPeer | NetworkxPeer, tries: int, label: str) -> None:
    """A peer must find the arrivals we find, to the second."""
    for _ in range(tries):
        origin, when = asker.question()
        services = soonest(network, origin, when, asker.table, days=1)
        end = end_of_day(network, int(when.timestamp()))
        midnight = network.timetable.midnight(TUESDAY)
        found = peer.arrivals(origin, second_of_day(network, when)) + midnight
        for service in services:
            ours = service.arrive.timestamp() if service.arrive else np.inf
            theirs = found[int(network.numbers_of([service.point])[0])]
            assert ours == theirs or min(ours, theirs) > end, (
                label,
                origin,
                when,
                service.point,
                ours,
                theirs,
            )


# What else


def more(name: str, city: Path) -> dict[str, object]:
    network = Network.open(city / "network")
    asker = Asker(network, inputs_of(city)[1], SEED)
    layer, random = network.walk.layer, np.random.default_rng(SEED)
    nodes = random.integers(layer.size, size=5000)
    homes = Homes(layer.lon[nodes] + 1e-4, layer.lat[nodes], np.full(5000, 3.0), np.full(5000, "all"))
    kiosks = list(network.point_codes[:12])
    day = [datetime(2026, 11, 24, hour, tzinfo=network.zone) for hour in range(24)]
    areas = timed(lambda q: isochrone(network, *q, 10).area, asker.question, 20)
    wide = timed(lambda q: isochrone(network, *q, 60).area, asker.question, 5)
    shares = timed(lambda _: residents_within(network, homes, kiosks, 10, day), lambda: None, 2)
    begun = time.perf_counter()
    siting = place_kiosks(network, homes, 3, 10, kiosks)
    sited = time.perf_counter() - begun
    return {
        "network": name,
        "10-minute area": milliseconds(areas),
        "60-minute area": milliseconds(wide),
        "share of 5,000 homes within 10 minutes, 24 hours": milliseconds(shares),
        "3 more kiosks": f"{sited:.1f} s, gap {siting.gap:.2%}",
    }


# Growth


def grow(nodes: int, folder: Path) -> dict[str, object]:
    """A made city of so many nodes and a tenth as many departures a day, built and asked in a process of
    its own."""
    graph = made_streets(nodes, SEED)
    made_timetable(graph, nodes // 10, folder / "gtfs.zip", SEED)
    points = points_on(graph, POINTS, SEED)
    begun = time.perf_counter()
    Network.build(graph, folder / "gtfs.zip", points, folder / "network")
    built, peak_build = time.perf_counter() - begun, peak()
    network = Network.open(folder / "network")
    hours = {point.code: Hours(OFFICE if number % 6 else ALWAYS) for number, point in enumerate(points)}
    asker = Asker(network, hours, SEED)
    times = timed(asker.ask, asker.question, 300)
    alone = timed(asker.ask, asker.question, 300, time.thread_time)
    hops = len(network.timetable.hops_of(TUESDAY).departure)
    return {
        "nodes": nodes, "stops": network.timetable.stops, "hops": hops, "built_s": built, "peak_mib": peak_build,
        "disk_mib": size_of(folder / "network"), "median_ms": float(np.median(times) * 1e3),
        "p95_ms": float(np.percentile(times, 95) * 1e3), "processor": milliseconds(alone),
    }  # fmt: skip


def growth(folder: Path, sizes: tuple[int, ...]) -> list[dict[str, object]]:
    rows = []
    for nodes in sizes:
        place = folder / f"made-{nodes}"
        place.mkdir()
        done = in_child("--grow", str(nodes), str(place))
        rows.append(
            {
                "street nodes": f"{nodes:,}",
                "stops": f"{done['stops']:,}",
                "departures on the day": f"{done['hops']:,}",
                "prepared, s": f"{done['built_s']:.1f}",
                "peak memory, MiB": f"{done['peak_mib']:.0f}",
                "on disk, MiB": f"{done['disk_mib']:.0f}",
                "soonest, in processor time": done["processor"],
                "soonest": f"{done['median_ms']:.2f} / {done['p95_ms']:.2f}",
            }
        )
    show("Growth: a made city, on foot and by bus", rows)
    return rows


def valhalla(python: Path | None, cities: dict[str, Path], count: int) -> list[dict[str, object]]:
    if python is None:
        print("Valhalla was not asked: --valhalla names a Python that has it.")
        return []
    rows = []
    for name, city in cities.items():
        network = Network.open(city / "network")
        points, hours, _ = inputs_of(city)
        asker = Asker(network, hours, SEED)
        origins = [asker.question()[0] for _ in range(count)]
        goals = {point.code: (point.lon, point.lat) for point in points}
        streets = (city / "streets.osm.pbf").resolve()
        row = compared(python, network, streets, origins, [goals[code] for code in network.point_codes])
        rows.append({"network": name, **row})
    show("The street part alone: on foot from a place to each of 65 points", rows)
    return rows


# Measuring


def timed(
    call: Callable, question: Callable, count: int, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Seconds of each of ``count`` calls, after one tenth as many that are not counted."""
    times = []
    for number in range(count + max(2, count // 10)):
        asked = question()
        begun = clock()
        call(asked)
        if number >= max(2, count // 10):
            times.append(clock() - begun)
    return times


def milliseconds(times: list[float]) -> str:
    return f"{np.median(times) * 1e3:.2f} / {np.percentile(times, 95) * 1e3:.2f}"


def peak() -> float:
    """Peak memory of this process, MiB. (What getrusage tells is inherited from the process that started
    this one.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return getrusage(RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def size_of(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


def in_child(*arguments: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def show(title: str, rows: object) -> None:
    """A table in Markdown. Two numbers with a stroke are median / 95th percentile in milliseconds."""
    assert isinstance(rows, list)
    print(f"### {title}\n")
    if not rows:
        return
    names = list(rows[0])
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for row in rows:
        print("| " + " | ".join(str(row[name]) for name in names) + " |")
    print()


if __name__ == "__main__":
    main()
