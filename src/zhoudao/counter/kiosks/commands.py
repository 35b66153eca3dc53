"""`zhoudao kiosks`: how the kiosks are, and enrolling one."""

from __future__ import annotations

from dataclasses import asdict

import click

from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, refuse
from zhoudao.counter.kiosks import actions, queries
from zhoudao.counter.kiosks.fleet.commands import simulate
from zhoudao.counter.kiosks.problems import NotFound
from zhoudao.counter.kiosks.rules import SILENT_AFTER

__all__ = ["kiosks"]

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def kiosks() -> None:
    """Self-service kiosks: how they are, and enrolling one."""


@kiosks.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """The kiosks: where each stands, when it was heard last, what it needs."""
    found = [
        {
            "code": each.code,
            "point": each.point.code,
            "enrolled": each.enrolled_at is not None,
            "locked": each.locked_at is not None,
            "version": each.version,
            "paper": each.paper,
            "needs": each.needs,
            "seen_at": each.seen_at.isoformat() if each.seen_at else None,
        }
        for each in queries.fleet(SYSTEM).kiosks
    ]
    lines = [
        f"{row['code']}  {row['point']}  {'locked' if row['locked'] else ', '.join(row['needs']) or 'well'}"
        for row in found
    ]
    emit({"kiosks": found, **asdict(queries.counts(SILENT_AFTER))}, as_json, lines or ["no kiosk yet"])


@kiosks.command()
@click.argument("point")
@click.argument("code")
@AS_JSON
def prepare(point: str, code: str, as_json: bool) -> None:
    """The code with which kiosk CODE of POINT enrols, good once within a day."""
    try:
        secret = actions.prepare(SYSTEM, point, code)
    except NotFound:
        refuse(f"there is no point {point!r}")
    emit({"kiosk": code, "code": secret}, as_json, [secret])


kiosks.add_command(simulate)
