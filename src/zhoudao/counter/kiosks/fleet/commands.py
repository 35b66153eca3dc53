"""`zhoudao kiosks simulate`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from zhoudao.core.commands import emit, progress, refuse
from zhoudao.counter.kiosks.fleet.kiosk import Plan
from zhoudao.counter.kiosks.fleet.report import as_lines
from zhoudao.counter.kiosks.fleet.simulation import NotMade, Setting, run


@click.command()
@click.option("--count", type=click.IntRange(1, 5000), default=500, show_default=True, help="Kiosks.")
@click.option(
    "--minutes", type=click.FloatRange(0.05, 600), default=10, show_default=True, help="How long people come."
)
@click.option(
    "--loss",
    type=click.FloatRange(0, 0.9),
    default=0.05,
    show_default=True,
    help="Share of messages lost, each way.",
)
@click.option("--seed", default=7, show_default=True, help="Of all that is left to chance.")
@click.option(
    "--people",
    type=click.FloatRange(1),
    default=120,
    show_default=True,
    help="Seconds between two people at a kiosk, in the mean.",
)
@click.option(
    "--cuts",
    type=click.FloatRange(1),
    default=240,
    show_default=True,
    help="Seconds between two power cuts of a kiosk, in the mean.",
)
@click.option(
    "--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Threads that drive the kiosks."
)
@click.option(
    "--processes", type=click.IntRange(1, 16), default=2, show_default=True, help="Web processes of the platform."
)
@click.option("--database", default="", help="DATABASE_URL of an empty database; SQLite when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def simulate(
    count: int,
    minutes: float,
    loss: float,
    seed: int,
    people: float,
    cuts: float,
    threads: int,
    processes: int,
    database: str,
    as_json: bool,
) -> None:
    """Many kiosks with faults, before a platform that is made for them: is anything lost or doubled?

    The platform has a database, keys and a clock of its own, and is taken away afterwards; only a PostgreSQL database
    that was named stays. Exit 1 when what people were promised and what the platform has disagree.
    """
    setting = Setting(count, minutes, seed, Plan(loss, people, cuts), threads, processes, database)
    with tempfile.TemporaryDirectory(prefix="zhoudao-kiosks-") as folder:
        try:
            seen = run(setting, Path(folder), progress)
        except NotMade as problem:
            refuse(str(problem))
    emit(seen, as_json, as_lines(seen))
    sys.exit(0 if seen["ok"] else 1)
