"""How a pack's files fit together: references that lead somewhere, codes given once, counts that agree."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from zhoudao.core.city.shapes import Pack
from zhoudao.core.city.yaml_lines import LineOf, Problem, field_name


class Misfits:
    """Collects what does not fit together, with the line of each value."""

    def __init__(self, folder: Path, lines: dict[str, LineOf]) -> None:
        self.folder, self.lines = folder, lines
        self.problems: list[Problem] = []

    def add(self, file: str, place: list[str | int], problem: str, expected: str) -> None:
        line = self.lines[file](place)
        self.problems.append(Problem(self.folder / file, line, field_name(place), problem, expected))

    def each_once(self, file: str, key: str, codes: list[str]) -> None:
        for number, code in enumerate(codes):
            if code in codes[:number]:
                self.add(file, [key, number, "code"], f"{code} is given twice", "each code once")

    def known(
        self, file: str, place: list[str | int], code: str | None, codes: Collection[str], of: str
    ) -> None:
        if code is not None and code not in codes:
            self.add(file, place, f"{code} is not known", f"a code of {of}")


def misfits(pack: Pack, folder: Path, lines: dict[str, LineOf]) -> list[Problem]:
    """Every problem between the files of ``pack``; ``lines`` is by file name."""
    found = Misfits(folder, lines)
    _places(pack, found)
    _lines(pack, found)
    _services(pack, found)
    _counts(pack, found)
    return found.problems


def _places(pack: Pack, found: Misfits) -> None:
    islands = {island.code for island in pack.islands}
    districts = {district.code for district in pack.city.districts}
    found.each_once("islands.yaml", "islands", [island.code for island in pack.islands])
    found.each_once("settlements.yaml", "settlements", [place.code for place in pack.settlements])
    for number, bridge in enumerate(pack.bridges):
        for end, code in enumerate(bridge.islands):
            found.known("islands.yaml", ["bridges", number, "islands", end], code, islands, "islands.yaml")
    for number, place in enumerate(pack.settlements):
        where: list[str | int] = ["settlements", number]
        found.known(
            "settlements.yaml", [*where, "district"], place.district, districts, "city.yaml's districts"
        )
        found.known("settlements.yaml", [*where, "island"], place.island, islands, "islands.yaml")
    found.each_once("piers.yaml", "piers", [pier.code for pier in pack.piers])
    settlements = {settlement.code for settlement in pack.settlements}
    for number, pier in enumerate(pack.piers):
        found.known("piers.yaml", ["piers", number, "island"], pier.island, islands, "islands.yaml")
        if pier.code in settlements:  # a bus names its stops by code alone
            found.add("piers.yaml", ["piers", number, "code"], f"{pier.code} is a settlement", "another code")


def _lines(pack: Pack, found: Misfits) -> None:
    file = "lines.yaml"
    piers = {pier.code: pier for pier in pack.piers}
    stops = set(piers) | {settlement.code for settlement in pack.settlements}
    seasons = {season.code for season in pack.lines.seasons}
    found.each_once(file, "ferries", [ferry.code for ferry in pack.lines.ferries])
    found.each_once(file, "buses", [bus.code for bus in pack.lines.buses])
    for number, ferry in enumerate(pack.lines.ferries):
        for stop, code in enumerate(ferry.piers):
            where: list[str | int] = ["ferries", number, "piers", stop]
            found.known(file, where, code, piers, "piers.yaml")
            if ferry.cars and code in piers and not piers[code].cars:
                found.add(file, where, f"cars can't board at {code}", "a pier with cars: true")
        for plan, sailings in enumerate(ferry.sailings):
            where = ["ferries", number, "sailings", plan, "season"]
            found.known(file, where, sailings.season, seasons, "seasons")
    for number, boat in enumerate(pack.lines.untimed_ferries):
        for end, code in enumerate(boat.piers):
            found.known(file, ["untimed_ferries", number, "piers", end], code, piers, "piers.yaml")
    for number, bus in enumerate(pack.lines.buses):
        for stop, code in enumerate(bus.through):
            where = ["buses", number, "through", stop]
            found.known(file, where, code, stops, "settlements.yaml or piers.yaml")


def _services(pack: Pack, found: Misfits) -> None:
    settlements = {settlement.code for settlement in pack.settlements}
    districts = {district.code for district in pack.city.districts}
    piers = {pier.code for pier in pack.piers}
    points = range(1, len(pack.points) + 1)
    for number, point in enumerate(pack.points):
        where: list[str | int] = ["points", number]
        found.known("points.yaml", [*where, "settlement"], point.settlement, settlements, "settlements.yaml")
        found.known("points.yaml", [*where, "hours"], point.hours, pack.hours, "hours.yaml")
        found.known("points.yaml", [*where, "near"], point.near, piers, "piers.yaml")
        if point.beside is not None and point.beside > number:
            found.add(
                "points.yaml", [*where, "beside"], f"point {point.beside} is not before it", "an earlier one"
            )
    for number, phone in enumerate(pack.phones):
        where = ["phones", number]
        found.known("phones.yaml", [*where, "district"], phone.district, districts, "city.yaml's districts")
        found.known("phones.yaml", [*where, "hours"], phone.hours, pack.hours, "hours.yaml")
        if phone.point is not None and phone.point not in points:
            found.add("phones.yaml", [*where, "point"], f"no point {phone.point}", f"1 to {len(points)}")
    for service, pattern in pack.guides.own_hours.items():
        found.known("guides.yaml", ["own_hours", service], pattern, pack.hours, "hours.yaml")


def _counts(pack: Pack, found: Misfits) -> None:
    counts = pack.city.sample_counts
    kinds = [point.kind for point in pack.points]
    promised = {
        "points": (counts.points, len(kinds)),
        "kiosks": (counts.kiosks, kinds.count("kiosk")),
        "enterprise windows": (counts.enterprise_windows, kinds.count("enterprise_window")),
    }
    for what, (count, listed) in promised.items():
        if listed != count:
            found.add("points.yaml", ["points"], f"lists {listed} {what}", f"{count}, as city.yaml counts")
    # Each point brings one number of its own.
    left = counts.phones - len(kinds)
    if len(pack.phones) != left:
        expected = f"{left}: city.yaml's {counts.phones} less one a point"
        found.add("phones.yaml", ["phones"], f"lists {len(pack.phones)} numbers", expected)
