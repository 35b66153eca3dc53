"""`zhoudao applications`: what runs, and what will be late. Nothing here tells who asked for what."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import click

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, refuse
from zhoudao.counter.applications.actions import erasing
from zhoudao.counter.applications.queries import retention, running
from zhoudao.counter.applications.rules import Status

__all__ = ["applications"]

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def applications() -> None:
    """What people have asked for: what runs, and until when."""


@applications.command("list")
@click.option("--district", default="", help="Code of a district; all when left out.")
@click.option("--status", default="", help=f"One of {', '.join(Status)}; all that run when left out.")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="At most so many."
)
@AS_JSON
def list_(district: str, status: str, limit: int, as_json: bool) -> None:
    """Applications that run, the one due first at the top: number, item, state, deadline."""
    _check("--district", district, [each.code for each in city.current().districts])
    _check("--status", status, list(Status))
    rows = running.listed(SYSTEM, district, Status(status) if status else None, limit)
    data = [
        {
            "number": row.number,
            "item": row.item,
            "district": row.district,
            "status": row.status,
            "due_at": _iso(row.due_at),
        }
        for row in rows
    ]
    lines = [
        f"{row['number']}  {row['status']:<14} {row['due_at'] or '-':<26} {row['district']:<12} {row['item']}"
        for row in data
    ]
    emit({"applications": data}, as_json, lines or ["nothing runs"])


@applications.command()
@click.option("--by", default="", help="A day, as 2026-11-25; tomorrow when left out.")
@AS_JSON
def deadlines(by: str, as_json: bool) -> None:
    """What is late, what will be late by a day, and papers that should have followed. Exits with 1 when any is late."""
    try:
        day = date.fromisoformat(by) if by else clock.local(clock.now()).date() + timedelta(days=1)
    except ValueError:
        refuse([f"--by is {by!r}; expected a day, as 2026-11-25"])
        sys.exit(2)
    found = running.deadlines(SYSTEM, day)
    data = {
        "by": day.isoformat(),
        "late": [_row(each.number, each.item, each.due_at) for each in found.late],
        "soon": [_row(each.number, each.item, each.due_at) for each in found.soon],
        "papers": [
            {"number": number, "material": material, "until": _iso(until)}
            for number, material, until in found.papers
        ],
    }
    lines = [
        f"late {len(found.late)}, due by {day} {len(found.soon)}, papers that should have come {len(found.papers)}"
    ]
    lines += [f"late  {each.number}  {_iso(each.due_at)}  {each.item}" for each in found.late]
    lines += [f"soon  {each.number}  {_iso(each.due_at)}  {each.item}" for each in found.soon]
    emit(data, as_json, lines)
    if found.late:
        sys.exit(1)


@applications.command()
@click.option("--dry-run", is_flag=True, help="Say what is past its term and erase nothing.")
@AS_JSON
def erase(dry_run: bool, as_json: bool) -> None:
    """Erase drafts and applications that are past their term; the worker does it every day. Keeps a report."""
    if dry_run:
        found = retention.retention(SYSTEM)
        terms = [
            {"item": term.item, "version": term.version, "years": term.years, "applications": term.due}
            for term in found.terms
        ]
        data: dict[str, object] = {"drafts": found.drafts, "applications": found.applications, "terms": terms}
        lines = [
            f"past their term: {found.applications} applications, {found.drafts} drafts; nothing was erased"
        ]
        lines += [
            f"{term.due:>8}  {term.item} (version {term.version}, {term.years} years)" for term in found.terms
        ]
    else:
        run = erasing.erase(SYSTEM)
        data = erasing.report_as_data(run)
        lines = [
            f"erased: {run.applications} applications with {run.papers} materials, {run.drafts} drafts; "
            f"{run.contents} files off the disk, {run.persons} people off the trail"
        ]
    emit(data, as_json, lines)


def _check(option: str, value: str, known: Sequence[str]) -> None:
    if value and value not in known:
        refuse([f"{option} is {value!r}; expected one of {', '.join(known)}"])
        sys.exit(2)


def _row(number: str, item: str, due_at: datetime | None) -> dict[str, str]:
    return {"number": number, "item": item, "due_at": _iso(due_at)}


def _iso(moment: datetime | None) -> str:
    return clock.local(moment).isoformat() if moment else ""
