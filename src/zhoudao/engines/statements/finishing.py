"""The end of a run: records become transfers, and everything is written and counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from zhoudao.engines.shapes import TIME
from zhoudao.engines.statements.gathering import Run
from zhoudao.engines.statements.report import Report
from zhoudao.engines.statements.resolving.chains import FAILED, REVERSED, Chains, chain
from zhoudao.engines.statements.resolving.directory import Directory
from zhoudao.engines.statements.resolving.duplicates import NONE, merge_duplicates
from zhoudao.engines.statements.resolving.pairs import pair_two_sides
from zhoudao.engines.statements.resolving.records import Records
from zhoudao.engines.statements.rows.reader import NO_BALANCE, OWN
from zhoudao.engines.statements.values.words import CURRENCIES, NEUTRAL
from zhoudao.engines.statements.writing import ACCOUNTS, BREAKS, Ledger, write_ledger

SHOWN_BREAKS = 100


def finish(run: Run, out: Path) -> Report:
    others = run.gathered.other_balances
    records = run.gathered.records()
    canonical = run.directory.canonical()
    if len(records):
        records.own = canonical[records.own]
        records.other = np.where(records.other >= 0, canonical[records.other], NONE).astype(np.int32)
    same = merge_duplicates(records)
    with ThreadPoolExecutor(1) as beside:  # neither writes what the other reads
        chaining = beside.submit(chain, records, same)
        partner = pair_two_sides(records, same)
        chains = chaining.result()
    root = _roots(same, partner)
    _finest_times(records, root)
    _share_flags(records, root, run.directory)
    accounts = run.accounts.column()
    names, identities = _holders(run.directory, len(accounts))
    ledger = Ledger(
        records, root, _partner_balances(records, partner), _other_balances(others, len(records)), chains.sequence,
        run.sheets, accounts, names, identities,
    )  # fmt: skip
    write_ledger(ledger, run.staging.batches(), out)
    _write_breaks(ledger, chains, accounts, out)
    _write_accounts(run.directory, accounts, out)
    return _counted(run.report, records, same, partner, root, chains, accounts)


def _roots(same: NDArray[np.int32], partner: NDArray[np.int32]) -> NDArray[np.int64]:
    """Each record's transfer: itself, the one it repeats, or the payer's record of it."""
    own = np.arange(len(same), dtype=np.int64)
    first = np.where(same >= 0, same, own)
    mate = partner[first]
    return np.where(mate >= 0, mate, first)


def _finest_times(records: Records, root: NDArray[np.int64]) -> None:
    """A transfer has the time of that record of it that says it most finely."""
    finer = np.flatnonzero(records.precision < records.precision[root])
    records.time[root[finer]] = records.time[finer]
    records.precision[root[finer]] = records.precision[finer]


def _share_flags(records: Records, root: NDArray[np.int64], directory: Directory) -> None:
    """A mark on one record of a transfer holds for the transfer; so does one holder on both sides."""
    if not len(records):
        return
    marked = np.flatnonzero(
        (root != np.arange(len(root))) & ((records.flags & (REVERSED | OWN | FAILED)) != 0)
    )
    np.bitwise_or.at(records.flags, root[marked], records.flags[marked] & (REVERSED | OWN))
    holders = directory.holder_codes()
    if (holders >= 0).any():
        one = holders[records.own]
        two = np.where(records.other >= 0, holders[records.other], -1)
        records.flags[(one >= 0) & (one == two) & (records.own != records.other)] |= OWN


def _partner_balances(records: Records, partner: NDArray[np.int32]) -> NDArray[np.int64] | None:
    received = np.flatnonzero(partner >= 0)
    if not len(received):
        return None
    found = np.full(len(records), NO_BALANCE, np.int64)
    found[partner[received]] = records.balance[received]
    return found


def _other_balances(parts: list[tuple[int, NDArray]], count: int) -> NDArray[np.int64] | None:
    if not parts:
        return None
    found = np.full(count, NO_BALANCE, np.int64)
    for start, values in parts:
        found[start : start + len(values)] = values
    return found


def _holders(directory: Directory, count: int) -> tuple[pa.Array | None, pa.Array | None]:
    if not directory.holders:
        return None, None
    names: list[str | None] = [None] * count
    identities: list[str | None] = [None] * count
    for code, (name, identity) in directory.holders.items():
        names[code], identities[code] = name or None, identity or None
    return pa.array(names, pa.string()), pa.array(identities, pa.string())


def _write_breaks(ledger: Ledger, chains: Chains, accounts: pa.Array, out: Path) -> None:
    rows, records = chains.breaks, ledger.records
    stated = records.balance[rows]
    table = pa.table(
        [
            accounts.take(pa.array(records.own[rows])),
            pa.array([CURRENCIES[code] for code in records.currency[rows].tolist()], pa.string()),
            pa.array(records.time[rows]).cast(TIME),
            ledger.ids(ledger.root[rows]),
            pa.array(chains.expected),
            pa.array(stated),
            pa.array(stated - chains.expected),
        ],
        schema=BREAKS,
    )
    pq.write_table(table, out / "breaks.parquet")


def _write_accounts(directory: Directory, accounts: pa.Array, out: Path) -> None:
    """Every account of which more is known than its number."""

    def text(code: int) -> str:
        return accounts[code].as_py()

    known = sorted({*directory.holders, *directory.cards, *directory.parents})
    rows = []
    for code in known:
        name, identity = directory.holders.get(code, ("", ""))
        cards: list[str | None] = [*sorted(text(card) for card in directory.cards.get(code, ()))] or [None]
        parent = directory.parents.get(code)
        for card in cards:
            rows.append(
                (
                    text(code),
                    card,
                    text(parent) if parent is not None else None,
                    name or None,
                    identity or None,
                )
            )
    columns = list(zip(*rows, strict=True)) or [()] * len(ACCOUNTS)
    arrays = [pa.array(column, pa.string()) for column in columns]
    pq.write_table(pa.table(arrays, schema=ACCOUNTS), out / "accounts.parquet")


def _counted(
    report: Report,
    records: Records,
    same: NDArray[np.int32],
    partner: NDArray[np.int32],
    root: NDArray[np.int64],
    chains: Chains,
    accounts: pa.Array,
) -> Report:
    kept = root == np.arange(len(root))
    for sheet in report.sheets:
        report.lines_skipped.update(sheet.lines_skipped)
        report.repairs.update(sheet.repairs)
    report.rows_kept = int(kept.sum())
    report.rows_merged = len(records) - report.rows_kept
    report.rows_refused = sum(sheet.rows_refused for sheet in report.sheets)
    report.rows_in = sum(sheet.rows_in for sheet in report.sheets)
    report.merged_duplicates = int((same != NONE).sum())
    report.merged_two_sides = int((partner != NONE).sum())
    flags = records.flags[kept]
    report.failed = int(((flags & FAILED) != 0).sum())
    report.own_account = int((((flags & OWN) != 0) | (records.way[kept] == NEUTRAL)).sum())
    report.reversed_pairs, report.unmatched_reversals = chains.reversals, chains.unmatched_reversals
    report.repairs["newest_first_turned_round"] += chains.turned_sheets
    report.repairs["reordered_by_balance"] += chains.reordered
    stated = records.balance[chains.breaks]
    missing = stated - chains.expected
    shown = [
        {"account": accounts[own].as_py(), "expected": expected, "stated": balance, "missing": lacking}
        for own, expected, balance, lacking in zip(
            records.own[chains.breaks[:SHOWN_BREAKS]].tolist(), chains.expected[:SHOWN_BREAKS].tolist(),
            stated[:SHOWN_BREAKS].tolist(), missing[:SHOWN_BREAKS].tolist(), strict=True,
        )
    ]  # fmt: skip
    report.balance = {
        "links_checked": chains.checked,
        "breaks": len(chains.breaks),
        "missing": int(np.abs(missing).sum()),
        "first_breaks": shown,
    }
    assert report.rows_in == report.rows_kept + report.rows_merged + report.rows_refused
    return report
