"""`zhoudao invoices`: the files of a case to its firms, money and people."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import click

from zhoudao.engines.detection import Context
from zhoudao.engines.flows.output import FindingsFiles
from zhoudao.engines.invoices import cases
from zhoudao.engines.invoices.reading import NothingToRead, read_folder


@click.group()
def invoices() -> None:
    """False invoices and export refunds: screens, cases, widening."""


@invoices.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the Parquet files.")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Threads to use.")
@click.option(
    "--memory", type=click.IntRange(256), default=2048, show_default=True, help="MiB to use at most."
)
@click.option(
    "--temp",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder for the tables while they are screened (about as large as the files; TMPDIR if not given).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def screen(
    folder: Path, out: Path | None, threads: int, memory: int, temp: Path | None, as_json: bool
) -> None:
    """The cases in FOLDER, strongest first: who issued, who was refunded, by whose accounts the money came back."""
    if not folder.is_dir():
        _refuse(f"{folder}: expected a folder with the files of a case; there is none")
    with TemporaryDirectory(prefix="zhoudao-", dir=temp) as place:
        data = _screened(folder, Path(place), out, threads, memory)
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    _say(data)


def _screened(folder: Path, place: Path, out: Path | None, threads: int, memory: int) -> dict:
    """Read into Parquet files in ``place``, and screened from there."""
    try:
        read = read_folder(folder, place, lambda name: click.echo(f"reading {name}", err=True))
    except NothingToRead as problem:
        _refuse(str(problem))
    if not len(read.tables["invoices"]) or not len(read.tables["registrations"]):
        lacking = "invoices" if not len(read.tables["invoices"]) else "registrations"
        _refuse(f"{folder}: no rows of {lacking}; cases need invoices and registrations")
    context = Context(
        progress=lambda share, what: click.echo(f"{share:4.0%} {what}", err=True),
        threads=threads,
        memory_mib=memory,
    )
    hashes = {report.file: report.sha256 for report in read.files}
    try:
        with FindingsFiles(out) as files:
            done = cases.screen(read.tables, context, hashes=hashes, told=files.write)
            for case in done.cases:
                files.write(cases.findings_of(case))
    except OSError as problem:
        raise click.ClickException(f"{problem.filename or out}: {problem.strerror or problem}") from problem
    return {
        "cases": [cases.case_as_data(done, case) for case in done.cases],
        "leads": [cases.lead_as_data(done, lead) for lead in done.leads],
        "read": read.report(),
        "runs": [record.as_data() for record in done.evidence.records],
        "not_checked": done.evidence.not_checked,
        "files": [str(out / name) for name in ("findings.parquet", "finding_rows.parquet")] if out else [],
    }


def _say(data: dict) -> None:
    for number, case in enumerate(data["cases"], 1):
        click.echo(
            f"{number}. {', '.join(case['exporters']) or case['start']}: {len(case['upstream_firms'])} upstream firms,"
            f" {len(case['underground_banks'])} underground banks, {len(case['suspects'])} suspects,"
            f" {case['false_invoices_fen'] / 100:,.2f} yuan of false invoices,"
            f" {case['refunds_fen'] / 100:,.2f} refunded"
        )
        for step in case["steps"]:
            told = "; ".join(sign["en"] for sign in step["signs"][:3])
            click.echo(
                f"   {step['number']:>3} {step['firm']} {step['role']:8} {step['log_odds']:+6.1f}  {told}"
            )
    click.echo(f"{len(data['cases'])} cases, {len(data['leads'])} leads")
    for sentence in data["not_checked"]:
        click.echo(sentence, err=True)


def _refuse(problem: str) -> NoReturn:
    click.echo(problem, err=True)
    sys.exit(2)
