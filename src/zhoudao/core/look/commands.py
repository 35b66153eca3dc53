"""`zhoudao translations`: collect, compile and check the messages of every room."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from zhoudao.core.commands import emit, refuse
from zhoudao.core.look import translations as work


@click.group()
def translations() -> None:
    """The words of the pages in other languages: collect, compile, check."""


def _chosen(names: tuple[str, ...]) -> list[work.Room]:
    every = work.rooms()
    unknown = sorted(set(names) - {room.label for room in every})
    if unknown:
        known = ", ".join(sorted({room.label for room in every}))
        refuse(f"no room is called {', '.join(unknown)}; expected one of {known}")
    return [room for room in every if not names or room.label in names]


@translations.command()
@click.argument("rooms", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def collect(rooms: tuple[str, ...], as_json: bool) -> None:
    """Put new messages into each room's catalogue and take unused ones out; translations are kept."""
    try:
        reports = [work.collect(room) for room in _chosen(rooms)]
    except work.BadCatalogue as error:
        refuse(str(error))
    emit(
        [asdict(report) for report in reports],
        as_json,
        [
            f"{report.room}: {report.messages} messages,"
            f" {len(report.added)} new, {len(report.removed)} removed"
            for report in reports
            if report.messages or report.removed
        ],
    )


@translations.command("compile")
@click.argument("rooms", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compile_(rooms: tuple[str, ...], as_json: bool) -> None:
    """Compile the catalogues that changed since they were last compiled."""
    try:
        reports = [work.compile_room(room) for room in _chosen(rooms) if work.is_stale(room)]
    except work.BadCatalogue as error:
        refuse(str(error))
    emit(
        [asdict(report) for report in reports],
        as_json,
        [f"{report.room}: {report.messages} messages compiled" for report in reports]
        or ["nothing has changed"],
    )


@translations.command()
@click.argument("rooms", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(rooms: tuple[str, ...], as_json: bool) -> None:
    """Check that every message has its translation, with the same placeholders. Exits with 1 if one has
    not.
    """
    chosen = _chosen(rooms)
    reports = [work.check(room) for room in chosen]
    readable = [room for room, report in zip(chosen, reports, strict=True) if not report.unreadable]
    disagreements = work.disagreements(readable)
    problems = [problem for report in reports for problem in report.problems] + disagreements
    total = sum(report.messages for report in reports)
    data = {"rooms": [asdict(report) for report in reports], "disagreements": disagreements}
    emit(data, as_json, [*problems, f"{total} messages, {len(problems)} problems"])
    if problems:
        sys.exit(1)
