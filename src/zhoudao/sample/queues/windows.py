"""windows.csv: the windows of each point that has people behind them. Nothing in it is left to chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhoudao.counter.catalog.schema import KIOSK_SERVICES, Service
from zhoudao.sample import tables
from zhoudao.sample.parts import Making, Part

FILE = "windows.csv"

DESKS: tuple[tuple[tuple[Service, ...], int], ...] = (
    ((Service.HOUSEHOLD, Service.ID_CARD, Service.RESIDENCE), 3),
    ((Service.VEHICLE, Service.DRIVER), 2),
    ((Service.EXIT_ENTRY,), 2),
    ((Service.PUBLIC_SECURITY, Service.ANTI_FRAUD), 1),
)
"""How a hall divides its services, and how many windows each part has."""
STATION_WINDOWS = 2
ENTERPRISE_WINDOWS = 2


@dataclass(frozen=True)
class Window:
    """A row of windows.csv. ``services`` are separated by "|"; empty ``hours``: those of the point."""

    point: str
    number: int
    kind: str
    services: str
    hours: str


def read(making: Making) -> list[Window]:
    return tables.read_as(Window, making.folder / FILE)


def make(making: Making) -> None:
    points = tables.read(making.folder / "points.csv")
    rows = [
        window
        for point in points
        for window in windows_of(point["code"], point["kind"], point["services"].split("|"))
    ]
    tables.write_all(making.folder / FILE, Window, rows)


PART = Part("windows", writes=(FILE,), make=make, needs=("geography",))


def windows_of(point: str, kind: str, services: Sequence[str]) -> list[Window]:
    """A point's windows, numbered from 1; a kiosk has none."""
    desks = [code for code in services if code not in {str(each) for each in KIOSK_SERVICES}]
    if not desks:
        return []
    return [
        Window(point, number, window_kind, "|".join(sorted(codes)), "")
        for number, (window_kind, codes) in enumerate(_desks(kind, desks), 1)
    ]


def _desks(kind: str, services: list[str]) -> Iterator[tuple[str, list[str]]]:
    if kind == "enterprise_window":
        yield from [("enterprise", services)] * ENTERPRISE_WINDOWS
        return
    if kind == "station":
        yield from [("general", services)] * STATION_WINDOWS
        return
    for part, count in DESKS:
        here = [code for code in services if code in part]
        if here:
            yield from [("general", here)] * count
    if Service.ENTERPRISE in services:
        yield "enterprise", services
