"""`zhoudao places` and `zhoudao map`: the directory in and out as files, and what it answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM, VISITOR
from zhoudao.core.commands import emit, progress, refuse
from zhoudao.counter.places import actions, checks, queries, where
from zhoudao.counter.places.coverage.commands import import_settlements
from zhoudao.counter.places.exchange.rows import Refused, Report
from zhoudao.counter.places.queries import Place
from zhoudao.counter.places.rules import Position
from zhoudao.engines.wayfinding.coords import TO_WGS84, Datum, doubt

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_keep_good = click.option("--keep-good", is_flag=True, help="Take the good rows and report the others.")
_complete = click.option(
    "--complete",
    is_flag=True,
    help="The file names all there is: withdraw points, and remove phones and guides, that it doesn't name.",
)


@click.group()
def places() -> None:
    """The directory of points, phones and guides: import, export, check."""


@places.command("import-points")
@click.argument("file", type=FILE)
@click.option(
    "--datum",
    type=click.Choice(list(TO_WGS84)),
    default="WGS-84",
    show_default=True,
    help="What the file's coordinates are in; they are kept in WGS-84.",
)
@_keep_good
@_complete
@_json
def import_points(file: Path, datum: Datum, keep_good: bool, complete: bool, as_json: bool) -> None:
    """Points from a CSV file. All or nothing, unless --keep-good."""
    _import(
        lambda: [actions.import_points(SYSTEM, file, keep_good=keep_good, complete=complete, datum=datum)],
        as_json,
    )


@places.command("import-phones")
@click.argument("file", type=FILE)
@_keep_good
@_complete
@_json
def import_phones(file: Path, keep_good: bool, complete: bool, as_json: bool) -> None:
    """Phone entries from a CSV file. All or nothing, unless --keep-good."""
    _import(lambda: [actions.import_phones(SYSTEM, file, keep_good=keep_good, complete=complete)], as_json)


@places.command("import-guides")
@click.argument("file", type=FILE)
@_keep_good
@_complete
@_json
def import_guides(file: Path, keep_good: bool, complete: bool, as_json: bool) -> None:
    """Guides from a CSV file. All or nothing, unless --keep-good."""
    _import(lambda: [actions.import_guides(SYSTEM, file, keep_good=keep_good, complete=complete)], as_json)


@places.command("import-hsds")
@click.argument("file", type=FILE)
@_keep_good
@_complete
@_json
def import_hsds(file: Path, keep_good: bool, complete: bool, as_json: bool) -> None:
    """Points, phones and guides from an Open Referral HSDS document in JSON."""
    _import(lambda: actions.import_hsds(SYSTEM, file, keep_good=keep_good, complete=complete), as_json)


def _import(run: Callable[[], list[Report]], as_json: bool) -> None:
    refused = None
    try:
        reports = run()
    except Refused as refusal:
        refused, reports = refusal, [refusal.report]
    for report in reports:
        for problem in report.problems:
            progress(str(problem))
    emit([report.as_data() for report in reports], as_json, [report.as_line() for report in reports])
    if refused is not None:
        sys.exit(2)


@places.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "hsds"]),
    default="csv",
    show_default=True,
    help="Three CSV tables, or one Open Referral HSDS document.",
)
@click.argument("folder", type=FOLDER)
@_json
def export(form: str, folder: Path, as_json: bool) -> None:
    """Write the directory into FOLDER: points.csv, phones.csv and guides.csv, or hsds.json."""
    try:
        write = actions.export_csv if form == "csv" else actions.export_hsds
        counts = write(SYSTEM, folder)
    except OSError as error:
        refuse(f"{folder}: can't be written ({error.strerror}); expected a folder with room in it")
    emit({"folder": str(folder), **counts}, as_json, [f"{name}: {count}" for name, count in counts.items()])


@places.command()
@_json
def check(as_json: bool) -> None:
    """Say what does not fit together in the directory. Exits with 1 if anything does."""
    found = checks.findings(SYSTEM)
    counts = queries.counts(SYSTEM)
    lines = [f"{each.subject}: {each.detail}" for each in found]
    lines.append(f"{', '.join(f'{count} {name}' for name, count in counts.items())}: {len(found)} findings")
    emit({"counts": counts, "findings": [asdict(each) for each in found]}, as_json, lines)
    if found:
        sys.exit(1)


@places.command()
@click.argument("code")
@click.option("--from", "starts_at", required=True, help="ISO 8601 with offset.")
@click.option("--until", "ends_at", required=True, help="ISO 8601 with offset.")
@click.option("--reason-zh", required=True, help="Why, in Chinese: people will read it.")
@click.option("--reason-en", required=True, help="Why, in English.")
def close(code: str, starts_at: str, ends_at: str, reason_zh: str, reason_en: str) -> None:
    """Shut the point CODE for a while, whatever its hours say."""
    try:
        closure = actions.close_point(
            SYSTEM, code, _moment(starts_at), _moment(ends_at), reason_zh, reason_en
        )
    except (actions.UnknownPoint, actions.BadClosure) as error:
        refuse(str(error))
    click.echo(f"{code} is shut from {clock.local(closure.starts_at)} until {clock.local(closure.ends_at)}")


@places.command()
@click.argument("code")
def reopen(code: str) -> None:
    """Drop every closure of the point CODE that has not ended."""
    try:
        dropped = actions.reopen_point(SYSTEM, code)
    except actions.UnknownPoint as error:
        refuse(str(error))
    click.echo(f"{code}: {dropped} closures dropped")


places.add_command(import_settlements)


@click.group("map")
def map_() -> None:
    """The service map: where something is done."""


@map_.command()
@click.option("--words", required=True, help="What you lost or need, in your own words.")
@click.option("--at", "place", required=True, help="Where you are: longitude,latitude in WGS-84 degrees.")
@click.option("--when", help="ISO 8601 with offset; now, by the city's clock, if left out.")
@click.option("--limit", type=click.IntRange(1, 1000), default=5, show_default=True, help="Places at most.")
@_json
def nearest(words: str, place: str, when: str | None, limit: int, as_json: bool) -> None:
    """The item meant, and the places that do it, nearest first in a straight line."""
    moment = _moment(when) if when else clock.now()
    answer = queries.answer(VISITOR, words, _position(place), moment=moment)
    found = [_as_data(each) for each in answer.places[:limit]]
    choices = [choice.code for choice in answer.choices]
    item = answer.item.code if answer.item else None
    heading = (
        answer.item.name.zh
        if answer.item
        else f"which one: {', '.join(choices)}"
        if choices
        else "nothing found"
    )
    lines = [f"{each['distance_m']:>7,} m  {each['point']}  {each['name']}" for each in found]
    emit({"words": words, "item": item, "choices": choices, "places": found}, as_json, [heading, *lines])


def _as_data(place: Place) -> dict[str, object]:
    changes_at = place.state.changes_at
    return {
        "point": place.point.code,
        "name": place.point.name_zh,
        "distance_m": round(place.distance_m or 0),
        "open": place.state.is_open,
        "changes_at": clock.local(changes_at).isoformat() if changes_at else None,
        "confirmed": place.state.confirmed,
        "phone": place.phone,
    }


def _position(text: str) -> Position:
    """Raises SystemExit (2) with what was expected."""
    longitude, _, latitude = text.partition(",")
    try:
        position = Position(float(longitude), float(latitude))
    except ValueError:
        refuse(f"--at is {text!r}; expected longitude,latitude in degrees, such as 122.20,29.98")
    wrong = doubt(position.longitude, position.latitude, where.bounds_of(city.current()))
    if wrong is not None:
        bounds = city.current().bounds
        expected = f"longitude {bounds.west} to {bounds.east}, latitude {bounds.south} to {bounds.north}"
        refuse(f"--at is {text!r}: {wrong}; expected {expected}, WGS-84")
    return position


def _moment(text: str) -> datetime:
    """Raises SystemExit (2) with what was expected."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        refuse(f"{text!r} is no moment; expected ISO 8601 with offset, such as 2026-11-24T15:40+08:00")
    return moment
