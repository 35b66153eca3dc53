"""`zhoudao workdays seed|show|set|deadline`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, refuse
from zhoudao.core.workdays import actions, queries
from zhoudao.core.workdays.models import Version
from zhoudao.core.workdays.rules import DayKind
from zhoudao.core.workdays.table import BadTable, from_csv

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def workdays() -> None:
    """The working-day table: make-up Saturdays, holidays, deadlines."""


@workdays.command()
@AS_JSON
def seed(as_json: bool) -> None:
    """Publish what the chinesecalendar package knows, if the table lacks it."""
    version = actions.seed(SYSTEM)
    if version is None:
        emit({"published": None}, as_json, ["The table already reaches as far; nothing changed."])
    else:
        emit(
            described(version),
            as_json,
            [f"Version {version.number}: {version.first_day} to {version.last_day}"],
        )


@workdays.command()
@click.option("--year", type=click.IntRange(2000, 2100), help="Which year.  [default: this year]")
@AS_JSON
def show(year: int | None, as_json: bool) -> None:
    """List a year's holidays and make-up days."""
    year = year or clock.local(clock.now()).year
    table = queries.in_force(SYSTEM)
    days = [
        {
            "day": day.isoformat(),
            "kind": table.kind(day).value,
            "name_zh": named.name_zh,
            "name_en": named.name_en,
        }
        for day, named in sorted(table.exceptions.items())
        if day.year == year
    ]
    confirmed = table.kind(date(year, 12, 31)) is not DayKind.UNCONFIRMED
    emit(
        {"year": year, "confirmed": confirmed, "days": days},
        as_json,
        [f"{year}" + ("" if confirmed else ": unconfirmed, the table does not reach it")]
        + [f"{day['day']}  {day['kind']:8}  {day['name_zh']}  {day['name_en']}" for day in days],
    )


@workdays.command(name="set")
@click.option(
    "--file",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV with the columns day,is_workday,name_zh,name_en; it replaces the whole years it touches.",
)
@click.option("--reason", required=True, help="The notice's number, or why the table changes.")
@AS_JSON
def set_(path: Path, reason: str, as_json: bool) -> None:
    """Publish a new version from a CSV file."""
    try:
        version = actions.publish(SYSTEM, from_csv(path), reason)
    except BadTable as bad:
        refuse(bad.problems)
    except actions.BadChange as bad:
        refuse(f"{path.name}: {bad}")
    emit(
        described(version), as_json, [f"Version {version.number}: {version.first_day} to {version.last_day}"]
    )


@workdays.command()
@click.argument("received_at")
@click.argument("count", type=click.IntRange(0, 2000))
@AS_JSON
def deadline(received_at: str, count: int, as_json: bool) -> None:
    """When COUNT working days from RECEIVED_AT (2026-02-13T16:00+08:00) end."""
    try:
        moment = datetime.fromisoformat(received_at)
    except ValueError:
        moment = None
    if moment is None:
        refuse(f"RECEIVED_AT is {received_at!r}; expected a moment such as 2026-02-13T16:00+08:00")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.CITY_ZONE)
    due = queries.deadline(SYSTEM, moment, count)
    emit(
        {"at": due.at.isoformat(), "confirmed": due.confirmed},
        as_json,
        [f"{due.at:%Y-%m-%d %H:%M}" + ("" if due.confirmed else " (unconfirmed: beyond the table)")],
    )


def described(version: Version) -> dict[str, object]:
    return {
        "published": version.number,
        "first_day": version.first_day.isoformat(),
        "last_day": version.last_day.isoformat(),
        "reason": version.reason,
    }
