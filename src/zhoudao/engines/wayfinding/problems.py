"""What is wrong with an input, said so that someone can mend it: file, row, field, and what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place of a file."""

    file: str
    row: int | None
    """Physical line, the first being 1; None when the problem is the whole file's."""
    field: str
    problem: str
    expected: str = ""

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}:{self.row}"
        field = f" {self.field}" if self.field else ""
        expected = f"; expected {self.expected}" if self.expected else ""
        return f"{where}{field}: {self.problem}{expected}"


class BadInput(ValueError):
    """An input that cannot be used. Carries every problem found, not only the first."""

    SHOWN = 20

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems[: self.SHOWN]]
        if len(self.problems) > self.SHOWN:
            lines.append(f"and {len(self.problems) - self.SHOWN} more")
        super().__init__("\n".join(lines))


class BadExtract(BadInput):
    """An OpenStreetMap extract that cannot be read."""


class BadFeed(BadInput):
    """A GTFS feed that cannot be used."""


class BadNetwork(BadInput):
    """A saved network that is missing, torn or of another format."""


class NotOnTheMap(ValueError):
    """A place too far from any street to start from or go to."""

    def __init__(self, lon: float, lat: float, limit: float) -> None:
        self.place = (lon, lat)
        super().__init__(f"{lon:.6f},{lat:.6f} is more than {limit:.0f} m from any street one can use")


class OutsideCalendar(ValueError):
    """A time for which the timetable says nothing."""
