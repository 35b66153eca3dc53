"""Messy files in, one ledger out, every row accounted for."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain as chained
from pathlib import Path

from zhoudao.engines.detection import Cancelled
from zhoudao.engines.statements.finishing import finish
from zhoudao.engines.statements.gathering import Run
from zhoudao.engines.statements.layouts.model import Layout
from zhoudao.engines.statements.layouts.plan import (
    ACCOUNTS,
    NAMED,
    TRANSACTIONS,
    Plan,
)
from zhoudao.engines.statements.reading.cells import Cells
from zhoudao.engines.statements.reading.delimited import RecordTooLong
from zhoudao.engines.statements.reading.files import RawFile, files_under
from zhoudao.engines.statements.reading.opening import BadFile, sheets_of
from zhoudao.engines.statements.recognising import plan_from
from zhoudao.engines.statements.report import Report, Sheet, refused_file
from zhoudao.engines.statements.rows.reader import SheetReader

THREADS = 2
AHEAD = 6
"""Blocks read ahead of the one being taken in: what memory is bounded by."""
MOST_OTHER = 1_000_000
"""Rows of an account sheet that are read."""


def clean(
    paths: Sequence[Path],
    out: Path,
    layouts: Sequence[Layout] = (),
    progress: Callable[[str, int], None] = lambda file, rows: None,
    cancel: Callable[[], bool] = lambda: False,
    *,
    accept_guesses: bool = False,
    names: Mapping[Path, str] | None = None,
) -> Report:
    """Clean every statement under ``paths`` into ``out``: ``ledger``, ``transfer_sources``, ``refused``, ``breaks`` and
    ``accounts`` (``.parquet``) and ``report.json``.

    ``layouts``: confirmed ones, which go before those shipped. ``progress`` is told each file and the rows read so far.
    A sheet whose time, amount or account column could only be guessed is refused row by row
    (``layout_unknown``), unless
    ``accept_guesses``. ``names``: what a file was called, where its path doesn't say; an account may stand there.
    Raises Cancelled, FileNotFoundError. All or nothing: ``out`` is filled only at the end.
    """
    for path in paths:
        if not Path(path).exists():
            raise FileNotFoundError(2, "expected a statement file or a folder of them", str(path))
    out.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".cleaning-", dir=out))
    try:
        with Run(scratch) as run, ThreadPoolExecutor(THREADS) as pool:
            for raw in files_under([Path(path) for path in paths], scratch, names or {}):
                _file(run, raw, layouts, accept_guesses, progress, cancel, pool)
            run.end_reading()
            report = finish(run, scratch)
        (scratch / "report.json").write_text(
            json.dumps(report.as_data(), ensure_ascii=False, indent=1), encoding="utf-8"
        )
        for name in ("ledger", "transfer_sources", "refused", "breaks", "accounts"):
            (scratch / f"{name}.parquet").replace(out / f"{name}.parquet")
        (scratch / "report.json").replace(out / "report.json")
        return report
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _file(
    run: Run,
    raw: RawFile,
    layouts: Sequence[Layout],
    accept_guesses: bool,
    progress: Callable[[str, int], None],
    cancel: Callable[[], bool],
    pool: ThreadPoolExecutor,
) -> None:
    progress(raw.name, run.rows)
    if raw.refused:
        run.report.files_refused.append(refused_file(raw.name, raw.refused))
        return
    try:
        hashing = pool.submit(raw.sha256)
        before = len(run.report.sheets)
        with raw.open() as file:
            for place, (name, blocks) in enumerate(sheets_of(file, raw.size)):
                _sheet(run, raw, hashing, place, name, blocks, layouts, accept_guesses, progress, cancel, pool)
        fresh = run.report.sheets[before:]
        if not any(sheet.kind in (TRANSACTIONS, ACCOUNTS) or sheet.rows_in for sheet in fresh):
            run.report.files_refused.append(refused_file(raw.name, "not_a_statement" if fresh else "no_rows"))
        elif not any(sheet.rows_in or sheet.kind == ACCOUNTS for sheet in fresh):
            run.report.files_refused.append(refused_file(raw.name, "no_rows"))
    except (BadFile, OSError) as problem:
        reason = problem.reason if isinstance(problem, BadFile) else "unreadable"
        run.report.files_refused.append(refused_file(raw.name, reason))


def _sheet(
    run: Run,
    raw: RawFile,
    hashing: Future[str],
    place: int,
    name: str,
    blocks: Iterator[Cells],
    layouts: Sequence[Layout],
    accept_guesses: bool,
    progress: Callable[[str, int], None],
    cancel: Callable[[], bool],
    pool: ThreadPoolExecutor,
) -> None:
    too_long: list[int] = []
    safe = _until_too_long(iter(blocks), too_long)
    first = next(safe, None)
    if first is None:
        if too_long:
            raise BadFile("line_too_long")
        return
    plan = plan_from(first, layouts, (name, raw.called or raw.name))
    sheet = Sheet(
        raw.name, hashing, name, plan.kind, plan.layout, plan.fingerprint, _roles(plan), plan.account
    )
    run.report.sheets.append(sheet)
    every = chained([first], safe)
    if plan.kind == TRANSACTIONS and (accept_guesses or _sure(plan)):
        run.start_sheet(sheet, plan, place)
        _read(run, SheetReader(plan), every, raw.name, progress, cancel, pool)
        run.end_sheet()
    elif plan.kind == TRANSACTIONS:
        for cells in every:
            run.refuse_unknown(sheet, plan, cells)
    elif plan.kind == ACCOUNTS:
        run.learn(sheet, plan, [row for cells in every for row in cells.rows()][:MOST_OTHER])
    else:
        sheet.lines_skipped["other_sheet"] += sum(len(cells) for cells in every)
    if too_long:
        run.refuse(sheet, too_long[0], "", "line_too_long", "")
        sheet.rows_in += 1


def _sure(plan: Plan) -> bool:
    essential = ("time", "amount", "debit", "credit", "account", "card", "payer_account")
    return all(plan.confidence[role] >= NAMED for role in essential if role in plan.columns)


def _until_too_long(blocks: Iterator[Cells], found: list[int]) -> Iterator[Cells]:
    try:
        yield from blocks
    except RecordTooLong as problem:
        found.append(problem.line)


def _roles(plan: Plan) -> dict[str, dict[str, object]]:
    return {
        role: {
            "column": column + 1,
            "header": plan.headers[column] if column < len(plan.headers) else "",
            "confidence": plan.confidence.get(role, NAMED),
        }
        for role, column in plan.columns.items()
    }


def _read(
    run: Run,
    reader: SheetReader,
    blocks: Iterator[Cells],
    name: str,
    progress: Callable[[str, int], None],
    cancel: Callable[[], bool],
    pool: ThreadPoolExecutor,
) -> None:
    """Blocks are parsed on the pool's threads and taken in here, in their order."""
    waiting: deque[Future] = deque()
    for cells in blocks:
        waiting.append(pool.submit(reader.parse, cells))
        if len(waiting) >= AHEAD:
            run.take(reader, waiting.popleft().result(), pool)
            progress(name, run.rows)
            if cancel():
                raise Cancelled
    while waiting:
        run.take(reader, waiting.popleft().result(), pool)
