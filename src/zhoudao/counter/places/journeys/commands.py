"""`zhoudao map`: streets and timetables in, and what the map answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.utils import translation

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR
from zhoudao.core.commands import emit, progress, refuse
from zhoudao.core.look.translations import compile_stale
from zhoudao.counter.catalog.queries import UnknownItem
from zhoudao.counter.catalog.search import find, triage
from zhoudao.counter.places.commands import map_
from zhoudao.counter.places.coverage import queries as coverage
from zhoudao.counter.places.coverage.rules import MOST_KIOSKS, USUAL_KIOSKS, USUAL_MINUTES
from zhoudao.counter.places.journeys import actions, answers, export, words
from zhoudao.counter.places.journeys.actions import Built
from zhoudao.counter.places.journeys.network import NoNetwork
from zhoudao.counter.places.journeys.rules import LEAST_MINUTES, MODES, MOST_MINUTES, BadQuestion, Mode
from zhoudao.counter.places.journeys.soonest import said_of, soonest
from zhoudao.counter.places.rules import Position
from zhoudao.engines.wayfinding import BadInput, OutsideCalendar

__all__ = ["map_"]

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_source = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_minutes = click.option(
    "--minutes",
    type=click.IntRange(LEAST_MINUTES, MOST_MINUTES),
    default=USUAL_MINUTES,
    show_default=True,
    help="Within how many minutes.",
)
_mode = click.option(
    "--mode", type=click.Choice(list(MODES)), default="walk", show_default=True, help="On foot or by car."
)
LANGUAGES = {"zh": "zh-hans", "en": "en"}


# The network ----------------------------------------------------------------------------------------------------------


@map_.command("import-streets")
@_source
@_json
def import_streets(file: Path, as_json: bool) -> None:
    """Streets from an OpenStreetMap extract (.osm.pbf), built into the network with the timetable and the points.

    A file that can't be used exits with 2 and changes nothing: the network before it stays in use.
    """
    _install(lambda: actions.import_streets(SYSTEM, file, progress), as_json)


@map_.command("import-gtfs")
@_source
@_json
def import_gtfs(file: Path, as_json: bool) -> None:
    """The timetable from a GTFS feed (.zip), built into the network with the streets and the points.

    A feed that can't be used exits with 2, names every problem by file, row and field, and changes nothing.
    """
    _install(lambda: actions.import_feed(SYSTEM, file, progress), as_json)


@map_.command()
@_json
def build(as_json: bool) -> None:
    """Build the network again from the streets and the timetable there are and the points as they are now."""
    _install(lambda: actions.rebuild(SYSTEM, progress, even_if_same=True), as_json)


def _install(run: Callable[[], Built | None], as_json: bool) -> None:
    try:
        built = run()
    except BadInput as bad:
        refuse(
            [
                *(str(problem) for problem in bad.problems),
                "nothing was changed; the network before stays in use",
            ]
        )
    except OSError as error:
        progress(f"{error.filename or 'the network'}: {error.strerror}; the network before stays in use")
        sys.exit(1)
    if built is None:
        refuse("there are no streets and no timetable yet: zhoudao map import-streets, then import-gtfs")
    emit(asdict(built), as_json, _told(built))


def _told(built: Built) -> list[str]:
    if built.waiting_for:
        command = "import-streets" if built.waiting_for == "streets" else "import-gtfs"
        return [f"kept; there is no {built.waiting_for} yet: zhoudao map {command} FILE"]
    lines = [
        f"network {built.build}: {built.points} points, {built.stops} stops, {built.trips} trips from "
        f"{built.first_day} to {built.last_day}, in {built.seconds} s"
    ]
    if built.left_out:
        lines.append(f"far from every street, so left out: {', '.join(built.left_out)}")
    return [*lines, *(f"note: {warning}" for warning in built.warnings[:20])]


# What it answers ------------------------------------------------------------------------------------------------------


@map_.command("soonest")
@click.option("--words", "said", help="What you lost or need, in your own words.")
@click.option("--item", help="The code of an item, instead of words.")
@click.option("--at", "place", required=True, help="Where you are: longitude,latitude in WGS-84 degrees.")
@click.option(
    "--when", help="When you set out, ISO 8601, in the city's time unless it has an offset; now if left out."
)
@click.option(
    "--mode", type=click.Choice(list(MODES)), default="walk", show_default=True, help="On foot or by car."
)
@click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True, help="Of the texts."
)
@_json
def soonest_(
    said: str | None, item: str | None, place: str, when: str | None, mode: Mode, language: str, as_json: bool
) -> None:
    """Where you are served soonest: every place that does it, ranked by the moment your turn comes."""
    compile_stale()
    with translation.override(LANGUAGES[language]):
        try:
            answer = soonest(VISITOR, item or _item(said), _position(place), _moment(when), mode)
        except (BadQuestion, NoNetwork, UnknownItem) as error:
            refuse(f"{error}" if isinstance(error, BadQuestion) else f"{error}: {error.what}. {error.todo}")
        if answer.doubt is not None:
            progress(" ".join(said_of(answer.doubt)))
        if not answer.queue_known:
            progress("no queue is known: nobody is said to wait")
        emit(answers.as_data(answer), as_json, [words.headline(answer), *map(_line, answer.ways)])


def _line(way: answers.Way) -> str:
    at = words.when(words.in_full(way.served_at), way.answer.when) if way.served_at else "-"
    name = way.point.name_zh if way.point else words.online()
    return f"{at:>11}  {way.code:6} {name}  {words.reason(way)}"


def _item(said: str | None) -> str:
    """The item that words mean. Raises SystemExit (2) where they mean none."""
    if not said or not said.strip():
        refuse("neither --words nor --item; expected what someone lost or needs, such as --words 身份证丢了")
    found = find(said, limit=5, actor=VISITOR)
    if not found:
        refuse(
            f"--words {said!r} means no item we know; expected what someone lost or needs, such as 身份证丢了"
        )
    question = triage(found)
    if question is not None:
        choices = ", ".join(f"{choice.item} ({choice.title})" for choice in question.choices)
        progress(f"{said!r} may mean {choices}; the first is taken, --item takes another")
    return found[0].item


@map_.command("coverage")
@_minutes
@_mode
@click.option(
    "--when", help="Day and hour, ISO 8601, in the city's time unless it has an offset; now if left out."
)
@_json
def coverage_(minutes: int, mode: Mode, when: str | None, as_json: bool) -> None:
    """What share of residents reaches a 24-hour kiosk in time: the city first, then each district, by hour."""
    try:
        found = coverage.share(SYSTEM, minutes, mode, _moment(when))
    except (NoNetwork, coverage.NoHomes, OutsideCalendar) as error:
        refuse(str(error))
    data: dict[str, Any] = found.as_data()
    about = {name: data[name] for name in ("minutes", "mode", "moment")}
    rows = [(found.city.code, data["city"]), *((row["district"], row) for row in data["districts"])]
    emit(
        [{**row, "district": code, **about} for code, row in rows],
        as_json,
        [
            f"{row['share']:7.1%}  {row['within']:>9,} of {row['people']:>9,}  {code or 'the whole city'}"
            for code, row in rows
        ],
    )


@map_.command("site")
@click.option(
    "--kiosks",
    type=click.IntRange(1, MOST_KIOSKS),
    default=USUAL_KIOSKS,
    show_default=True,
    help="How many to place.",
)
@_minutes
@_mode
@_json
def site_(kiosks: int, minutes: int, mode: Mode, as_json: bool) -> None:
    """Where the next kiosks bring most residents within reach, the one that adds most first; with the proof, or how
    far the choice may be from the best."""
    progress("working out the sites; this may take a minute")
    try:
        found = coverage.sites(SYSTEM, kiosks, minutes, mode)
    except (NoNetwork, coverage.NoHomes) as error:
        refuse(str(error))
    data: dict[str, Any] = found.as_data()
    sites = data.pop("sites")
    proof = "proven best" if found.proven else f"at most {found.gap:.2%} from the best"
    emit(
        [{**site, **data} for site in sites],
        as_json,
        [
            f"{site['order']}  {site['longitude']:.6f},{site['latitude']:.6f}  +{site['added']:,}  {site['settlement']}"
            for site in sites
        ]
        + [
            f"within {minutes} minutes: {found.before:,}, then {found.after:,} of {found.people:,} residents; {proof}"
        ],
    )


@map_.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--when", help="The moment that queues are expected from, ISO 8601; now if left out.")
@_json
def export_(folder: Path, when: str | None, as_json: bool) -> None:
    """Write what answers rest on into FOLDER, as plain files for an outside check: streets, timetable, points,
    hours, queues."""
    try:
        counts = export.write(SYSTEM, folder, _moment(when))
    except NoNetwork as error:
        refuse(f"{error}: {error.what}")
    except OSError as error:
        progress(f"{folder}: can't be written ({error.strerror}); expected a folder with room in it")
        sys.exit(1)
    emit({"folder": str(folder), **counts}, as_json, [f"{name}: {count}" for name, count in counts.items()])


# What was typed -------------------------------------------------------------------------------------------------------


def _position(text: str) -> Position:
    """Raises SystemExit (2) with what was expected. Whether it is in the city is for the query to say."""
    longitude, _, latitude = text.partition(",")
    try:
        position = Position(float(longitude), float(latitude))
    except ValueError:
        position = None
    if position is None or not (abs(position.longitude) <= 180 and abs(position.latitude) <= 180):
        refuse(f"--at is {text!r}; expected longitude,latitude in degrees, such as 122.20,29.98")
    return position


def _moment(text: str | None) -> datetime | None:
    """Raises SystemExit (2) with what was expected."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"--when is {text!r}; expected ISO 8601, such as 2026-11-24T15:40 or 2026-11-24T15:40+08:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.CITY_ZONE)
