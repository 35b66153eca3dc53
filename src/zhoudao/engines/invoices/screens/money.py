"""Money that comes back: payments followed from account to account until they are the payer's again.

A loop (资金回流) is a chain of transfers in order of time, each a little smaller than the one before, from a firm by at
least one other account to the firm itself or a private account of its head. Chains that split are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numba
import numpy as np
import pyarrow as pa

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

_START = "a starting point, to be calibrated on returned cases"
LONGEST = 9
"""Transfers in a loop at most."""


@dataclass(frozen=True)
class Ledger:
    """Transfers that succeeded, sorted by source account and time; accounts and holders are numbers.

    ``starts[a]:starts[a + 1]`` are the transfers out of account ``a``; ``rows`` are their places in the table.
    """

    accounts: np.ndarray
    holders: np.ndarray
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


def prepare(tables: Mapping[str, pa.Table]) -> Ledger:
    ledger, known = tables["ledger"], tables["accounts"]
    done = np.ones(len(ledger), dtype=bool)
    if "succeeded" in ledger.column_names:
        done = ledger["succeeded"].combine_chunks().fill_null(True).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(done)
    both = pa.chunked_array([
        *known["account"].chunks, *ledger["source_account"].chunks, *ledger["target_account"].chunks
    ]).combine_chunks().dictionary_encode()  # fmt: skip
    codes = both.indices.to_numpy()
    count = len(known)
    source = codes[count : count + len(ledger)][rows]
    target = codes[count + len(ledger) :][rows]
    size = len(both.dictionary)
    firms = tables["registrations"]
    named = pa.chunked_array([
        *known["holder_id"].chunks, *firms["firm_id"].chunks, *firms["legal_representative"].chunks
    ]).combine_chunks().dictionary_encode()  # fmt: skip
    people = named.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    owner = np.full(size, -1, dtype=np.int64)
    owner[codes[:count]] = people[:count]
    head = np.full(len(named.dictionary), -1, dtype=np.int64)
    is_firm = np.zeros(len(named.dictionary), dtype=bool)
    head[people[count : count + len(firms)]] = people[count + len(firms) :]
    is_firm[people[count : count + len(firms)]] = True
    is_bank = np.zeros(size, dtype=bool)
    kinds = np.array(known["holder_kind"].to_pylist(), dtype=object)
    is_bank[codes[:count][kinds == "bank"]] = True
    time = ledger["time"].combine_chunks().cast(pa.int64()).to_numpy()[rows] // 1_000_000
    order = np.lexsort((time, source))
    starts = np.searchsorted(source[order], np.arange(size + 1))
    return Ledger(
        np.array(both.dictionary.to_pylist(), dtype=object), np.array(named.dictionary.to_pylist(), dtype=object),
        owner, head, is_firm, is_bank, starts, source[order], target[order], time[order],
        ledger["amount"].combine_chunks().to_numpy()[rows][order], rows[order],
    )  # fmt: skip


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
    path = np.empty(LONGEST + 1, dtype=np.int64)
    found = []
    starts = np.flatnonzero(wanted)
    for number, first in enumerate(starts.tolist()):
        if number % 20_000 == 0:
            context.report(number / max(len(starts), 1), "following payments")
        who = int(payer[first])
        length = _back(
            first, ledger.starts, ledger.target, ledger.time, ledger.amount, owner, ledger.is_bank, who,
            int(ledger.head[who]), window, step, least, tolerance, path,
        )  # fmt: skip
        if length:
            found.append(Loop(tuple(path[:length].tolist())))
    return found


def _payment_returns(
    tables: Mapping[str, pa.Table], p: Mapping[str, Any], context: Context
) -> Iterator[Batch]:
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
    places = {name: tables["ledger"][name] for name in ("transfer_id", "source_file", "source_sheet", "source_row")
              if name in tables["ledger"].column_names}  # fmt: skip
    told = []
    for (payer, receiver), circles in sorted(pairs.items()):
        if len(circles) < p["times"]:
            continue
        told.append(_told(ledger, places, payer, receiver, circles))
    if told:
        yield batch_of(PAYMENT_RETURNS.name, PAYMENT_RETURNS.version, told)


def _told(
    ledger: Ledger, places: Mapping[str, pa.ChunkedArray], payer: int, receiver: int, circles: list[Loop]
) -> Found:
    edges = list(dict.fromkeys(edge for loop in circles for edge in loop.path))
    between = sorted({int(ledger.target[edge]) for loop in circles for edge in loop.path[:-1]} - {receiver})
    ends = sorted({int(ledger.target[loop.path[-1]]) for loop in circles})
    sent = sum(int(ledger.amount[loop.path[0]]) for loop in circles)
    back = sum(int(ledger.amount[loop.path[-1]]) for loop in circles)
    times = [int(ledger.time[edge]) for edge in edges]
    fastest = min(int(ledger.time[loop.path[-1]] - ledger.time[loop.path[0]]) for loop in circles)
    whose = int(ledger.owner[receiver])
    subjects = [Subject("firm", str(ledger.holders[payer]), "payer")]
    if whose >= 0 and ledger.is_firm[whose]:
        subjects.append(Subject("firm", str(ledger.holders[whose]), "issuer"))
    subjects.append(Subject("account", str(ledger.accounts[receiver]), "receiver"))
    subjects += [Subject("account", str(ledger.accounts[each]), "conduit") for each in between]
    subjects += [Subject("account", str(ledger.accounts[each]), "end") for each in ends]
    rows = []
    for edge in edges:
        row = int(ledger.rows[edge])
        rows.append(Row(*(places[name][row].as_py() if name in places else None
                          for name in ("transfer_id", "source_file", "source_sheet", "source_row"))))  # fmt: skip
    return Found(
        subjects, min(1.0, 0.4 + 0.15 * len(circles)),
        [Reason("payment_returns", {"times": len(circles), "sent": sent, "share": back / sent, "fastest": fastest})],
        rows, sent, "CNY", datetime.fromtimestamp(min(times), UTC), datetime.fromtimestamp(max(times), UTC),
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
