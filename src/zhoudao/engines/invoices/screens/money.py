"""Money that comes back: payments followed from account to account until they are the payer's again.

A loop (资金回流) is a chain of transfers in order of time, each a little smaller than the one before, from a firm by at
least one other account to the firm itself or a private account of its head. Chains that split are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numba
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from zhoudao.engines.detection import (
    Batch,
    Context,
    Detector,
    Found,
    Param,
    Reason,
    Row,
    Subject,
    Text,
    batch_of,
)
from zhoudao.engines.stored import Table, arrow, batches, gathered, lazy, numbered, taken

_START = "a starting point, to be calibrated on returned cases"
LONGEST = 9
"""Transfers in a loop at most."""
STARTS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Ledger:
    """Transfers that succeeded, sorted by source account and time; accounts and holders are numbers.

    ``starts[a]:starts[a + 1]`` are the transfers out of account ``a``; ``rows`` are their places in the table.
    """

    accounts: pa.Array
    holders: pa.Array
    owner: np.ndarray
    """Holder of each account."""
    head: np.ndarray
    """For each holder that is a firm, its head as a holder; -1 where there is none or it is unknown."""
    is_firm: np.ndarray
    is_bank: np.ndarray
    starts: np.ndarray
    source: np.ndarray
    target: np.ndarray
    time: np.ndarray
    amount: np.ndarray
    rows: np.ndarray


def prepare(tables: Mapping[str, Table]) -> Ledger:
    known = arrow(tables["accounts"], ["account", "holder_id", "holder_kind"])
    firms = arrow(tables["registrations"], ["firm_id", "legal_representative"])
    accounts = _distinct(known["account"], *_ends(tables["ledger"]))
    holders = _distinct(known["holder_id"], firms["firm_id"], firms["legal_representative"])
    place, people = numbered(known["account"], accounts), numbered(known["holder_id"], holders)
    owner = np.full(len(accounts), -1, dtype=np.int32)
    owner[place] = people
    firm = numbered(firms["firm_id"], holders)
    head = np.full(len(holders), -1, dtype=np.int32)
    head[firm] = numbered(firms["legal_representative"], holders)
    is_firm = np.zeros(len(holders), dtype=bool)
    is_firm[firm] = True
    is_bank = np.zeros(len(accounts), dtype=bool)
    is_bank[place[pc.fill_null(pc.equal(known["holder_kind"], "bank"), False).to_numpy()]] = True
    source, target, time, amount, rows = _moved(tables["ledger"], accounts)
    order = np.lexsort((time, source))
    source = source[order]
    return Ledger(
        accounts, holders, owner, head, is_firm, is_bank, np.searchsorted(source, np.arange(len(accounts) + 1)),
        source, target[order], time[order], amount[order], rows[order],
    )  # fmt: skip


def _ends(ledger: Table) -> list[pa.Array]:
    sides = ("source_account", "target_account")
    return [
        lazy(ledger).select(pl.col(side).unique()).collect(engine="streaming")[side].to_arrow()
        for side in sides
    ]


def _distinct(*values: pa.Array | pa.ChunkedArray) -> pa.Array:
    chunks = [
        chunk.cast(pa.string())
        for each in values
        for chunk in (each.chunks if isinstance(each, pa.ChunkedArray) else [each])
    ]
    return pc.unique(pa.chunked_array(chunks, pa.string()).drop_null())


def _moved(ledger: Table, accounts: pa.Array) -> list[np.ndarray]:
    """Source, target, second, amount and row of the transfers that succeeded and whose ends are known."""
    columns = ["source_account", "target_account", "time", "amount"]
    columns += ["succeeded"] if "succeeded" in ledger.column_names else []

    def parts() -> Iterator[tuple[np.ndarray, ...]]:
        first = 0
        for batch in batches(ledger, columns):
            source = numbered(batch["source_account"], accounts)
            target = numbered(batch["target_account"], accounts)
            kept = (source >= 0) & (target >= 0)
            if "succeeded" in columns:
                kept &= batch["succeeded"].fill_null(True).to_numpy(zero_copy_only=False)
            at = np.flatnonzero(kept)
            seconds = batch["time"].cast(pa.int64()).to_numpy()[at] // 1_000_000
            yield source[at], target[at], seconds, batch["amount"].to_numpy()[at], at + first
            first += len(batch)

    return gathered(parts(), (np.int32, np.int32, np.int64, np.int64, np.int32), len(ledger))


@numba.njit(cache=True, nogil=True)
def _back(
    first: int, starts: np.ndarray, target: np.ndarray, time: np.ndarray, amount: np.ndarray, owner: np.ndarray,
    is_bank: np.ndarray, payer: int, head: int, window: int, step: int, least: float, tolerance: float,
    path: np.ndarray,
) -> int:  # fmt: skip
    """How many transfers lead from ``first`` back to the payer or its head; they stand in ``path``. 0: none do.

    Depth first, the earliest next transfer first.
    """
    depth = 1
    path[0] = first
    cursor = np.empty(LONGEST, dtype=np.int64)
    cursor[1] = starts[target[first]]
    begun, paid = time[first], amount[first]
    while depth > 0:
        at = path[depth - 1]
        account = target[at]
        found = -1
        place = cursor[depth]
        end = starts[account + 1]
        # Skip to the first transfer after this one arrived.
        if place < end and time[place] < time[at]:
            place += np.searchsorted(time[place:end], time[at])
        while place < end and time[place] <= time[at] + step and time[place] <= begun + window:
            if (
                place != at
                and amount[place] <= amount[at]
                and amount[place] >= amount[at] * (1.0 - tolerance)
                and amount[place] >= paid * least
                and not is_bank[target[place]]
            ):
                found = place
                break
            place += 1
        if found < 0:
            depth -= 1
            continue
        cursor[depth] = found + 1
        again = False
        for earlier in range(depth):
            if target[path[earlier]] == target[found]:
                again = True
        if again:
            continue
        path[depth] = found
        whose = owner[target[found]]
        if whose == payer or (head >= 0 and whose == head):
            return depth + 1
        if depth + 1 < LONGEST:
            cursor[depth + 1] = starts[target[found]]
            depth += 1
    return 0


@numba.njit(cache=True, nogil=True)
def _all_back(
    firsts: np.ndarray, starts: np.ndarray, target: np.ndarray, time: np.ndarray, amount: np.ndarray,
    owner: np.ndarray, is_bank: np.ndarray, payer: np.ndarray, head: np.ndarray, window: int, step: int,
    least: float, tolerance: float, paths: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """``_back`` of each of ``firsts``: lengths, and in ``paths`` the transfers."""
    lengths = np.zeros(firsts.size, dtype=np.int64)
    for number in range(firsts.size):
        lengths[number] = _back(
            firsts[number], starts, target, time, amount, owner, is_bank, payer[number], head[number], window, step,
            least, tolerance, paths[number],
        )  # fmt: skip
    return lengths


@dataclass(frozen=True)
class Loop:
    """One payment that came back: places in the prepared ledger, from the payment to the last transfer."""

    path: tuple[int, ...]


def loops(
    ledger: Ledger, context: Context, *, window: int, step: int, least: float, tolerance: float, smallest: int
) -> list[Loop]:  # fmt: skip
    """Every payment of a firm to somebody else's account that is back within ``window`` seconds."""
    owner = ledger.owner
    payer = owner[ledger.source]
    other = owner[ledger.target]
    wanted = (
        (payer >= 0) & ledger.is_firm[np.maximum(payer, 0)] & (payer != other) & (ledger.amount >= smallest)
        & ~ledger.is_bank[ledger.target] & (other != ledger.head[np.maximum(payer, 0)])
    )  # fmt: skip
    starts = np.flatnonzero(wanted)
    found = []
    for number in range(0, len(starts), STARTS_AT_ONCE):
        context.report(number / max(len(starts), 1), "following payments")
        firsts = starts[number : number + STARTS_AT_ONCE]
        paths = np.empty((len(firsts), LONGEST + 1), dtype=np.int64)
        lengths = _all_back(
            firsts, ledger.starts, ledger.target, ledger.time, ledger.amount, owner, ledger.is_bank, payer[firsts],
            ledger.head[payer[firsts]], window, step, least, tolerance, paths,
        )  # fmt: skip
        found += [Loop(tuple(paths[at, : lengths[at]].tolist())) for at in np.flatnonzero(lengths).tolist()]
    return found


def _payment_returns(tables: Mapping[str, Table], p: Mapping[str, Any], context: Context) -> Iterator[Batch]:
    ledger = prepare(tables)
    found = loops(
        ledger, context, window=p["days"] * 86_400, step=p["step_hours"] * 3600, least=p["least"],
        tolerance=p["kept"], smallest=p["fen"],
    )  # fmt: skip
    pairs: dict[tuple[int, int], list[Loop]] = {}
    for loop in found:
        first = loop.path[0]
        pairs.setdefault((int(ledger.owner[ledger.source[first]]), int(ledger.target[first])), []).append(
            loop
        )
    often = {pair: circles for pair, circles in sorted(pairs.items()) if len(circles) >= p["times"]}
    if not often:
        return
    places = _places(
        tables["ledger"],
        ledger,
        {edge for circles in often.values() for loop in circles for edge in loop.path},
    )
    yield batch_of(PAYMENT_RETURNS.name, PAYMENT_RETURNS.version, [
        _told(ledger, places, payer, receiver, circles) for (payer, receiver), circles in often.items()
    ])  # fmt: skip


def _places(table: Table, ledger: Ledger, edges: Set[int]) -> dict[int, Row]:
    """Of each edge its transfer and where it stands in the files."""
    at = sorted(edges, key=lambda edge: int(ledger.rows[edge]))
    names = [
        name
        for name in ("transfer_id", "source_file", "source_sheet", "source_row")
        if name in table.column_names
    ]
    there = taken(table, ledger.rows[at].astype(np.int64), names)
    return {edge: Row(**row) for edge, row in zip(at, there.to_dicts(), strict=True)}


def _told(ledger: Ledger, places: Mapping[int, Row], payer: int, receiver: int, circles: list[Loop]) -> Found:
    edges = list(dict.fromkeys(edge for loop in circles for edge in loop.path))
    between = sorted({int(ledger.target[edge]) for loop in circles for edge in loop.path[:-1]} - {receiver})
    ends = sorted({int(ledger.target[loop.path[-1]]) for loop in circles})
    sent = sum(int(ledger.amount[loop.path[0]]) for loop in circles)
    back = sum(int(ledger.amount[loop.path[-1]]) for loop in circles)
    times = [int(ledger.time[edge]) for edge in edges]
    fastest = min(int(ledger.time[loop.path[-1]] - ledger.time[loop.path[0]]) for loop in circles)
    whose = int(ledger.owner[receiver])
    subjects = [Subject("firm", ledger.holders[payer].as_py(), "payer")]
    if whose >= 0 and ledger.is_firm[whose]:
        subjects.append(Subject("firm", ledger.holders[whose].as_py(), "issuer"))
    subjects.append(Subject("account", ledger.accounts[receiver].as_py(), "receiver"))
    subjects += [Subject("account", ledger.accounts[each].as_py(), "conduit") for each in between]
    subjects += [Subject("account", ledger.accounts[each].as_py(), "end") for each in ends]
    return Found(
        subjects, min(1.0, 0.4 + 0.15 * len(circles)),
        [Reason("payment_returns", {"times": len(circles), "sent": sent, "share": back / sent, "fastest": fastest})],
        [places[edge] for edge in edges], sent, "CNY",
        datetime.fromtimestamp(min(times), UTC), datetime.fromtimestamp(max(times), UTC),
    )  # fmt: skip


PAYMENT_RETURNS = Detector(
    name="invoices.payment_returns",
    version="1",
    title=Text("货款回流", "Payments that come back"),
    meaning=Text(
        "付给供货方的款项经他人账户在几天内回到付款方或其法定代表人。关联企业之间短借短还也会如此。",
        "What is paid to a supplier is back with the payer or its head in days, by others' accounts. Related firms that"
        " lend to each other look so too.",
    ),
    needs={
        "ledger": ("source_account", "target_account", "amount", "time"),
        "accounts": ("account", "holder_id", "holder_kind"),
        "registrations": ("firm_id", "legal_representative"),
    },
    run=_payment_returns,
    params=(
        Param("days", 5, "days", Text("期限", "Back within"), 1, 60, source=_START),
        Param("step_hours", 36, "hours", Text("每步", "Each step within"), 1, 720, source=_START),
        Param("least", 0.75, "share", Text("回流比例", "Share that is back"), 0.1, 1, source=_START),
        Param("kept", 0.08, "share", Text("每步留存", "Kept at each step at most"), 0, 0.9, source=_START),
        Param("fen", 1_000_000, "fen", Text("金额", "Amount at least"), 1, source=_START),
        Param("times", 2, "times", Text("次数", "Times at least"), 1, 1000, source=_START),
    ),
    reasons={
        "payment_returns": Text(
            "{times} 次付出共 {sent:money}，最快 {fastest:span}内回流，共回流 {share:percent}",
            "{sent:money} paid in {times} payments came back, {share:percent} of it, the fastest within {fastest:span}",
        )
    },
)

DETECTORS = (PAYMENT_RETURNS,)
