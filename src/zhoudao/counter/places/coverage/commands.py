"""`zhoudao places import-settlements`: how many people live where."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, progress
from zhoudao.counter.places.coverage import actions
from zhoudao.counter.places.exchange.rows import Refused


@click.command("import-settlements")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def import_settlements(file: Path, as_json: bool) -> None:
    """Settlements and their head-counts from a CSV file that names them all. All or nothing."""
    try:
        report = actions.import_settlements(SYSTEM, file)
    except Refused as refused:
        for problem in refused.report.problems:
            progress(str(problem))
        emit(refused.report.as_data(), as_json, [refused.report.as_line()])
        sys.exit(2)
    emit(report.as_data(), as_json, [report.as_line()])
