"""`zhoudao catalog`: items (事项) as files, and in the catalogue."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click
from django.conf import settings

from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, refuse
from zhoudao.counter.catalog import actions, files, queries
from zhoudao.counter.catalog.schema import Category
from zhoudao.counter.catalog.search.command import search

__all__ = ["catalog", "search"]


@click.group()
def catalog() -> None:
    """What the police do for people, one YAML file an item: check, load, list."""


def _folder(folder: Path | None) -> Path:
    return folder or settings.CITY_PACK / "items"


FOLDER = click.argument("folder", required=False, type=click.Path(path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@catalog.command()
@FOLDER
@AS_JSON
def check(folder: Path | None, as_json: bool) -> None:
    """Read a FOLDER of items (the city pack's when left out); name every problem by file, line and field.

    Exits with 2 if there is one. Changes nothing.
    """
    read = _folder(folder)
    problems: list[files.Problem] = []
    count = 0
    try:
        count = len(files.read_folder(read))
    except files.BadItems as bad:
        problems = bad.problems
    said = [{**asdict(problem), "path": str(problem.path)} for problem in problems]
    data = {"folder": str(read), "items": count, "problems": said}
    emit(data, as_json, [f"{count} items in {read}: no problem"] if not problems else [])
    if problems:
        if not as_json:
            refuse([str(problem) for problem in problems])
        sys.exit(2)


@catalog.command()
@FOLDER
@AS_JSON
def load(folder: Path | None, as_json: bool) -> None:
    """Make the catalogue say what a FOLDER of items says (the city pack's when left out).

    All of it or nothing: exits with 2, and changes nothing, when a file has a problem. Items the folder no
    longer has are withdrawn.
    """
    try:
        loaded = actions.load_items(SYSTEM, _folder(folder))
    except files.BadItems as bad:
        refuse([*map(str, bad.problems), "nothing was loaded"])
    changes = loaded.changes
    emit(
        asdict(loaded),
        as_json,
        [
            f"catalogue {loaded.number}: {len(changes.added)} added, {len(changes.changed)} changed, "
            f"{len(changes.withdrawn)} withdrawn, {len(changes.unchanged)} unchanged"
        ],
    )


@catalog.command()
@FOLDER
@AS_JSON
def citations(folder: Path | None, as_json: bool) -> None:
    """The citations of law that nobody has checked against the text, of a FOLDER of items (the city pack's when left
    out), each with what is still to be checked."""
    try:
        read = files.read_folder(_folder(folder))
    except files.BadItems as bad:
        refuse([str(problem) for problem in bad.problems])
        sys.exit(2)
    open_, total = [], 0
    for item in read:
        for law in [*item.law, *(item.program.basis if item.program else [])]:
            total += 1
            if not law.checked:
                note = law.note.zh if law.note else ""
                open_.append(
                    {"item": item.code, "title": law.title.zh, "article": law.article.zh, "note": note}
                )
    lines = [f"{len(open_)} of {total} citations aren't checked"]
    lines += [f"{row['item']}: {row['title']} {row['article']}: {row['note']}" for row in open_]
    emit({"citations": total, "unchecked": open_}, as_json, lines)


@catalog.command("list")
@click.option("--category", type=click.Choice([each.value for each in Category]), help="Only this category.")
@AS_JSON
def list_(category: str | None, as_json: bool) -> None:
    """List the items of the catalogue as it is now."""
    items = queries.items(SYSTEM, Category(category) if category else None)
    emit(
        [item.model_dump(mode="json", exclude_none=True) for item in items],
        as_json,
        [f"{item.code:34} {item.category:16} {item.name.zh}  {item.name.en}" for item in items]
        or ["the catalogue is empty: load it with `zhoudao catalog load`"],
    )
