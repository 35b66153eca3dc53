"""Reading a table of exceptional days: from the chinesecalendar package, or from a CSV file. Pure but for
the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chinese_calendar import constants

from zhoudao.core.workdays.rules import Named

COLUMNS = ["day", "is_workday", "name_zh", "name_en"]
PACKAGE = "chinesecalendar"


@dataclass(frozen=True)
class Table:
    first: date
    last: date
    days: Mapping[date, Named]
    source: str


class BadTable(ValueError):
    """A file of days that can't be used. ``problems``: one sentence each, with file, row and field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def from_package() -> Table:
    """The State Council's yearly notices as the chinesecalendar package has them, whole years."""
    chinese = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    days = {day: Named(False, chinese[name], name) for day, name in constants.holidays.items()}
    days |= {
        day: Named(True, f"{chinese[name]}调休", f"Make-up day for {name}")
        for day, name in constants.workdays.items()
    }
    return Table(date(min(days).year, 1, 1), date(max(days).year, 12, 31), days, PACKAGE)


def from_csv(path: Path) -> Table:
    """A UTF-8 CSV file with the columns ``day, is_workday, name_zh, name_en``; it speaks for the whole
    years it touches.

    Raises BadTable naming every row that can't be used.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable([f"{path.name}: can't be read as UTF-8 text: {error}"]) from None
    reader = csv.DictReader(io.StringIO(text))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
    if missing:
        raise BadTable([f"{path.name}:1 columns: {', '.join(missing)} missing; expected {','.join(COLUMNS)}"])
    days: dict[date, Named] = {}
    problems: list[str] = []
    for row in reader:
        _read_row(row, f"{path.name}:{reader.line_num}", days, problems)
    if not days and not problems:
        problems.append(f"{path.name}: has no rows; expected at least one holiday")
    if problems:
        raise BadTable(problems)
    return Table(date(min(days).year, 1, 1), date(max(days).year, 12, 31), days, path.name)


def _read_row(row: dict[str, str], where: str, days: dict[date, Named], problems: list[str]) -> None:
    try:
        day = date.fromisoformat((row["day"] or "").strip())
    except ValueError:
        problems.append(f"{where} day: {row['day']!r}; expected a date such as 2027-02-06")
        return
    worked = {"yes": True, "no": False}.get((row["is_workday"] or "").strip().lower())
    if worked is None:
        problems.append(f"{where} is_workday: {row['is_workday']!r}; expected yes or no")
    elif day in days:
        problems.append(f"{where} day: {day} stands twice; expected each day once")
    else:
        days[day] = Named(worked, (row["name_zh"] or "").strip()[:60], (row["name_en"] or "").strip()[:60])
