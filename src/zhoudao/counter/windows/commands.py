"""`zhoudao windows`: which windows there are, and how the queues stand. Nothing here tells who waits."""

from __future__ import annotations

from pathlib import Path

import click

from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, refuse
from zhoudao.counter.places.exchange.rows import Refused
from zhoudao.counter.windows import actions
from zhoudao.counter.windows.problems import NotFound
from zhoudao.counter.windows.queries import boards, errors, staffing
from zhoudao.counter.windows.whatif.commands import what_if

__all__ = ["windows"]

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def windows() -> None:
    """Windows of the points, and the queues before them."""


@windows.command("list")
@click.option("--point", default="", help="Code of a point; all when left out.")
@AS_JSON
def list_(point: str, as_json: bool) -> None:
    """The windows: point, number, kind, services, and whether somebody sits there."""
    rows = [
        {
            "point": each.window.point.code,
            "number": each.window.number,
            "kind": each.window.kind,
            "services": each.window.services,
            "hours": each.window.hours,
            "open": each.is_open,
        }
        for each in staffing.windows(SYSTEM, point)
    ]
    lines = [
        f"{row['point']}  {row['number']:>3}  {row['kind']:<10} {'open' if row['open'] else '-':<5}"
        f" {', '.join(row['services'])}"
        for row in rows
    ]
    emit({"windows": rows}, as_json, lines or ["no windows yet: zhoudao windows import FILE"])


@windows.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@AS_JSON
def import_(file: Path, as_json: bool) -> None:
    """Windows from a CSV file that names them all: point, number, kind, services (separated by |), hours."""
    try:
        report = actions.import_windows(SYSTEM, file)
    except Refused as refused:
        refuse([str(problem) for problem in refused.report.problems])
    emit(report.as_data(), as_json, [report.as_line()])


@windows.command()
@click.argument("point")
@AS_JSON
def board(point: str, as_json: bool) -> None:
    """What the display board of a point shows now."""
    try:
        found = boards.board(SYSTEM, point)
    except NotFound:
        refuse([f"there is no point {point!r}"])
    data = {
        "point": found.point.code,
        "windows": [
            {"number": each.number, "ticket": each.ticket, "state": each.state, "paused": each.paused}
            for each in found.windows
        ],
        "waiting": found.waiting,
        "missed": found.missed,
    }
    lines = [f"window {each.number:>2}: {each.ticket or '-'} {each.state}" for each in found.windows]
    lines += [f"{count} wait for {service}" for service, count in sorted(found.waiting.items())]
    emit(data, as_json, lines or ["no window is open, nobody waits"])


@windows.command()
@AS_JSON
def learn(as_json: bool) -> None:
    """Learn how long one waits at each point, from the last 60 days; nightly it happens by itself."""
    made = [
        {
            "point": each.point.code,
            "first_day": each.first_day.isoformat(),
            "last_day": each.last_day.isoformat(),
            "visits": each.profile["visits"],
            "services": {code: round(seconds / 60, 1) for code, seconds in each.profile["service"].items()},
        }
        for each in actions.learn(SYSTEM)
    ]
    lines = [
        f"{row['point']}: {row['visits']:,} visits from {row['first_day']} to {row['last_day']};"
        f" minutes at the window: {', '.join(f'{code} {mean}' for code, mean in row['services'].items())}"
        for row in made
    ]
    emit({"points": made}, as_json, lines or ["no point had a queue in the last 60 days"])


@windows.command()
@click.option(
    "--days", type=click.IntRange(1, 365), default=errors.HELD_OUT_DAYS, show_default=True,
    help="Last days of each point to hold out.",
)  # fmt: skip
@AS_JSON
def error(days: int, as_json: bool) -> None:
    """How far off the estimates are: learn from all but the last days, foretell those, beside two peers."""
    found = errors.held_out(SYSTEM, days)
    lines = []
    for each in found:
        lines.append(
            f"{each.point}: held out {each.held_out[0]} to {each.held_out[1]}, {each.tickets:,} tickets;"
            f" {each.in_range:.0%} waited within the range that was said"
        )
        lines += [
            f"  {name:<20} {one.count:>6,} median {one.median:>6.2f}  p90 {one.p90:>6.2f}  mean {one.mean:>6.2f}"
            f"  bias {one.bias:>+6.2f} min"
            for name, one in each.scores.items()
        ]
    emit(
        {"points": [each.as_data() for each in found]},
        as_json,
        lines or ["no point has a queue's history yet"],
    )


windows.add_command(what_if)
