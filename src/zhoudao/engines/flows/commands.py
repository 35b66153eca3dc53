"""`zhoudao flows`: follow the money in a ledger file."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.parquet as pq

from zhoudao.engines.detection import BadParams, Context, MissingTables, detectors, start
from zhoudao.engines.detection.running import RunRecord
from zhoudao.engines.flows.graph import build, currencies
from zhoudao.engines.flows.inputs import Known, described_in, read_rates
from zhoudao.engines.flows.output import FindingsFiles, sha256
from zhoudao.engines.flows.tracing import RULES, Start, StartNotFound, trace, traced_table
from zhoudao.engines.shapes import BadTable

_SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LEDGER = click.argument("ledger", type=click.Path(path_type=Path, dir_okay=False))
OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the Parquet files."
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
THREADS = click.option(
    "--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Threads to use."
)


def _said(command: Callable[..., None]) -> Callable[..., None]:
    """Input that can't be used ends with 2 and a sentence."""

    @wraps(command)
    def run(*args: Any, **given: Any) -> None:
        try:
            command(*args, **given)
        except (BadTable, BadParams, MissingTables, StartNotFound, ValueError) as problem:
            click.echo(str(problem), err=True)
            sys.exit(2)
        except OSError as problem:
            click.echo(f"{problem}", err=True)
            sys.exit(1)

    return run


class Span(click.ParamType):
    """30s, 15m, 6h, 1d: read as seconds."""

    name = "span"

    def convert(self, value: object, param: click.Parameter | None, context: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d+)([smhd]?)", str(value).strip())
        if not match:
            self.fail(f"{value!r}: expected a number with s, m, h or d, such as 6h or 1d", param, context)
        return int(match[1]) * _SPANS[match[2] or "s"]


@click.group()
def flows() -> None:
    """Follow the money: rings, traces, patterns."""


@flows.command()
@LEDGER
@click.option(
    "--window", type=Span(), default="1d", show_default=True, help="From first transfer to last: 30m, 6h, 1d."
)
@click.option("--max-length", type=int, default=6, show_default=True, help="Most transfers in a ring.")
@click.option(
    "--min-amount", type=int, default=0, show_default=True, help="Least amount of each transfer, in fen."
)
@click.option(
    "--kept-low", type=float, default=0.0, help="Least share of a transfer's amount that the next must have."
)
@click.option("--kept-high", type=float, default=0.0, help="Most share of it; 0: no limit.")
@click.option(
    "--conduit", multiple=True, help="An account no ring may pass: a clearing house. May be repeated."
)
@OUT
@THREADS
@AS_JSON
@_said
def rings(
    ledger: Path, window: int, max_length: int, min_amount: int, kept_low: float, kept_high: float,
    conduit: tuple[str, ...], out: Path | None, threads: int, as_json: bool,
) -> None:  # fmt: skip
    """Every ring: money that comes back to where it left, each transfer later than the one before."""
    params = {
        "window": window, "longest": max_length, "least_amount": min_amount,
        "kept_low": kept_low, "kept_high": kept_high, "conduits": " ".join(conduit),
    }  # fmt: skip
    known = {"flows.rings": Known(detectors()["flows.rings"])}
    record, counts = _run(known, ledger, {"flows.rings": params}, out, threads)
    _tell(record, counts, out, as_json)


@flows.command()
@LEDGER
@click.option("--set", "chosen", multiple=True, help="detector.parameter=value; may be repeated.")
@click.option("--only", multiple=True, help="A detector to run; all of flows otherwise. May be repeated.")
@click.option(
    "--pattern",
    "patterns",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A pattern of one's own (YAML or JSON), run as well. May be repeated.",
)
@click.option(
    "--rates",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Exchange rates for mirror legs: currency, date, rate (yuan a unit); CSV or Parquet.",
)
@OUT
@THREADS
@AS_JSON
@_said
def screen(
    ledger: Path,
    chosen: tuple[str, ...],
    only: tuple[str, ...],
    patterns: tuple[Path, ...],
    rates: Path | None,
    out: Path | None,
    threads: int,
    as_json: bool,
) -> None:
    """Every pattern of the trade, and any of one's own, with its reasons and rows."""
    known = {name: Known(each) for name, each in detectors().items() if name.startswith("flows.")}
    for path in patterns:
        described = described_in(path)
        name = described.detector.name
        if name in detectors() or name in known:
            raise ValueError(f"{path}: name: expected one that no other detector has, not {name}")
        known[name] = described
    unknown = [name for name in only if name not in known]
    if unknown:
        raise BadParams("only", unknown[0], f"one of {', '.join(known)}")
    running = {name: each for name, each in known.items() if not only or name in only}
    record, counts = _run(running, ledger, _settings(chosen, known), out, threads, rates)
    _tell(record, counts, out, as_json)


@flows.command(name="trace")
@LEDGER
@click.option(
    "--from", "origin", multiple=True, required=True, help="An account or a transfer id. May be repeated."
)
@click.option(
    "--rule",
    type=click.Choice(list(RULES)),
    default="fifo",
    show_default=True,
    help="Whose money leaves first.",
)
@click.option("--forward/--backward", default=True, help="Where it went, or where it came from.")
@click.option(
    "--window", type=Span(), default="30d", show_default=True, help="How long after (or before) the start."
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]),
    help="From an account: its transfers from this moment on.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]),
    help="From an account: its transfers until this moment.",
)
@click.option("--currency", help="Which currency, if the ledger has several.")
@click.option(
    "--most",
    type=click.IntRange(1),
    default=10_000_000,
    show_default=True,
    help="Transfers looked at before the trace is cut, and says so.",
)
@click.option("--conduit", multiple=True, help="An account the trace does not pass. May be repeated.")
@OUT
@AS_JSON
@_said
def trace_(
    ledger: Path, origin: tuple[str, ...], rule: str, forward: bool, window: int, since: datetime | None,
    until: datetime | None, currency: str | None, most: int, conduit: tuple[str, ...], out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Where the money of a transfer or an account went, or came from, under a stated rule."""
    graph = build(_read(ledger), currency=currency, conduits=conduit)
    found = trace(
        graph, [Start(each, since, until) for each in origin],
        rule=rule, forward=forward, window=timedelta(seconds=window), most=most,
    )  # fmt: skip
    table = traced_table(graph, found)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, out / "trace.parquet")
    about = RULES[rule]
    data = {
        "count": len(table),
        "rule": rule,
        "standing": about.standing,
        "source": about.source,
        "direction": "forward" if forward else "backward",
        "started": found.started,
        "kept": found.kept_total,
        "outside": found.outside,
        "cut": found.cut,
        "not_checked": found.not_checked,
        "trace": table.to_pylist(),
        "accounts": found.accounts_told(graph),
        "files": [str(out / "trace.parquet")] if out else [],
    }
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    click.echo(f"{len(table)} transfers, by {rule} ({about.standing}).")
    for row in data["trace"][:50]:
        click.echo(f"  {row['transfer_id']}  {row['traced'] / 100:,.2f}")
    for sentence in found.not_checked:
        click.echo(sentence, err=True)


def _run(
    running: Mapping[str, Known],
    path: Path,
    params: dict[str, dict[str, object]],
    out: Path | None,
    threads: int,
    rates: Path | None = None,
) -> tuple[list[RunRecord], dict[str, int]]:
    tables, hashes = {"ledger": _read(path)}, {"ledger": sha256(path)}
    if rates:
        tables["rates"], hashes["rates"] = read_rates(rates), sha256(rates)
    records, counts = [], {}
    with FindingsFiles(out) as files:
        for name, known in running.items():
            context = Context(threads=threads, progress=lambda share, what: click.echo(what, err=True))
            needed = {table: value for table, value in hashes.items() if table in known.detector.needs}
            try:
                begun = start(
                    known.detector, tables, params.get(name, {}), context,
                    input_hashes=needed, model_hash=known.sha256,
                )  # fmt: skip
            except MissingTables as problem:
                if len(running) == 1:
                    raise
                click.echo(f"not run: {problem}", err=True)
                version = known.detector.version
                records.append(RunRecord("", name, version, {}, needed, known.sha256, [str(problem)]))
                continue
            counts[name] = 0
            for batch in begun.batches:
                counts[name] += len(batch.findings)
                files.write(batch)
            records.append(begun.record)
    return records, counts


def _tell(records: list[RunRecord], counts: dict[str, int], out: Path | None, as_json: bool) -> None:
    files = [str(out / name) for name in ("findings.parquet", "finding_rows.parquet")] if out else []
    if as_json:
        data = {
            "count": sum(counts.values()),
            "counts": counts,
            "runs": [record.as_data() for record in records],
            "files": files,
        }
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    for name, count in counts.items():
        click.echo(f"{name}: {count}")
    for record in records:
        for sentence in record.not_checked:
            click.echo(f"{record.detector}: {sentence}", err=True)


def _read(path: Path) -> pa.Table:
    if not path.exists():
        raise ValueError(f"{path}: expected a Parquet file; there is none")
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as problem:
        raise ValueError(f"{path}: expected a Parquet file ({problem})") from None
    if len(table):
        currencies(table)
    return table


def _settings(chosen: tuple[str, ...], known: Mapping[str, Known]) -> dict[str, dict[str, object]]:
    """``detector.parameter=value``, where a detector's name may have dots of its own."""
    params: dict[str, dict[str, object]] = {}
    for each in chosen:
        key, equals, value = each.partition("=")
        name, _, parameter = key.rpartition(".")
        if not equals or name not in known:
            raise BadParams("set", each, "detector.parameter=value, such as flows.pass_through.minutes=60")
        params.setdefault(name, {})[parameter] = value
    return params
