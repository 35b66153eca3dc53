"""What each bank's books say: one record for the payer's account, one for the receiver's, each with its balance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhoudao.sample.banks.holders import Holders
from zhoudao.sample.banks.transfers import Transfers
from zhoudao.sample.seeds import generator

RUINED_SHARE = 0.002
SKEW = 4
"""Seconds by which the receiver's bank may be later."""


@dataclass(frozen=True)
class Books:
    """Records by account and time. ``transfer``: which; ``incoming``; ``balance``: after it, in fen; ``ruined``: its
    counterparty's number was spoilt by a spreadsheet."""

    transfer: NDArray[np.int64]
    account: NDArray[np.int32]
    other: NDArray[np.int32]
    incoming: NDArray[np.bool_]
    second: NDArray[np.int64]
    balance: NDArray[np.int64]
    ruined: NDArray[np.bool_]

    def of_bank(self, known: Holders, bank: int) -> NDArray[np.int64]:
        return np.flatnonzero(known.bank[self.account] == bank)


def books(seed: int, known: Holders, made: Transfers) -> Books:
    chance = generator(seed, "banks/books")
    count = len(made)
    transfer = np.concatenate([np.arange(count), np.arange(count)])
    incoming = np.repeat([False, True], count)
    account = np.concatenate([made.source, made.target])
    other = np.concatenate([made.target, made.source])
    second = np.concatenate([made.second, made.second + chance.integers(0, SKEW, count)])
    kept = ~(
        incoming & np.concatenate([made.failed, made.failed])
    )  # what failed never reached the other bank
    transfer, incoming, account, other, second = (
        column[kept] for column in (transfer, incoming, account, other, second)
    )
    order = np.lexsort((transfer, second, account))
    transfer, incoming, account, other, second = (
        column[order] for column in (transfer, incoming, account, other, second)
    )
    moved = np.where(made.failed[transfer], 0, made.amount[transfer]) * np.where(incoming, 1, -1)
    running = np.cumsum(moved)
    starts = np.flatnonzero(np.r_[True, account[1:] != account[:-1]])
    before = np.repeat(np.r_[0, running[starts[1:] - 1]], np.diff(np.r_[starts, len(account)]))
    balance = running - before
    lowest = np.repeat(np.minimum.reduceat(balance, starts), np.diff(np.r_[starts, len(account)]))
    balance = balance - np.minimum(lowest, 0) + 100_00
    return Books(
        transfer, account, other, incoming, second, balance, chance.random(len(account)) < RUINED_SHARE
    )
