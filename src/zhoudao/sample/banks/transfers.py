"""A year of transfers: salaries, rent, shops, tax, and what people send each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from zhoudao.sample.banks.holders import Holders
from zhoudao.sample.seeds import generator

MEMOS = ("工资", "房租", "消费", "缴税", "转账", "货款", "冲正", "手续费")
SALARY, RENT, SHOP, TAX, SENT, GOODS, REVERSAL, FEE = range(len(MEMOS))
FIRST_DAY = datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=8))).astimezone(UTC)
DAYS = 365
FAILED_SHARE, REVERSED_SHARE = 0.001, 0.0005


@dataclass(frozen=True)
class Transfers:
    """In the order of time. ``second``: of the year. ``amount``: fen. ``reverses``: the transfer it takes
    back, or -1."""

    second: NDArray[np.int64]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    amount: NDArray[np.int64]
    memo: NDArray[np.int8]
    failed: NDArray[np.bool_]
    reverses: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.second)


def transfers(seed: int, known: Holders, count: int) -> Transfers:
    chance = generator(seed, "banks/transfers")
    people = np.flatnonzero(~known.firm)
    firms = np.flatnonzero(known.firm)
    parts = [
        _salaries(chance, people, firms, count // 5),
        _rents(chance, people, count // 20),
        _taxes(chance, firms, len(known) - 1),
    ]
    rest = count - sum(len(part[0]) for part in parts)
    parts.append(_shopping(chance, people, firms, rest * 6 // 10))
    parts.append(_sent(chance, people, firms, rest - rest * 6 // 10))
    second, source, target, amount, memo = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    different = source != target
    order = np.argsort(second[different], kind="stable")
    second, source, target, amount, memo = (
        column[different][order] for column in (second, source, target, amount, memo)
    )
    failed = chance.random(len(second)) < FAILED_SHARE
    taken = np.flatnonzero((chance.random(len(second)) < REVERSED_SHARE) & ~failed)
    reverses = np.full(len(second) + len(taken), -1, np.int64)
    second = np.concatenate([second, second[taken] + chance.integers(60, 3600, len(taken))])
    order = np.argsort(second, kind="stable")
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    reverses[len(failed) :] = back[taken]
    return Transfers(
        second[order],
        np.concatenate([source, target[taken]])[order].astype(np.int32),
        np.concatenate([target, source[taken]])[order].astype(np.int32),
        np.concatenate([amount, amount[taken]])[order],
        np.concatenate([memo, np.full(len(taken), REVERSAL)])[order].astype(np.int8),
        np.concatenate([failed, np.zeros(len(taken), np.bool_)])[order],
        reverses[order],
    )


Part = tuple[NDArray, NDArray, NDArray, NDArray, NDArray]


def _moment(chance: np.random.Generator, day: NDArray, early: float = 8, late: float = 22) -> NDArray:
    return day.astype(np.int64) * 86_400 + (chance.uniform(early, late, len(day)) * 3600).astype(np.int64)


def _salaries(chance: np.random.Generator, people: NDArray, firms: NDArray, count: int) -> Part:
    months = 12
    paid = chance.choice(people, max(count // months, 1))
    employer = chance.choice(firms, len(paid))
    wage = chance.integers(3_500_00, 18_000_00, len(paid)) // 100 * 100
    day = np.add.outer(np.arange(months) * 30 + 9, np.zeros(len(paid), np.int64)).ravel()
    return (
        _moment(chance, day, 9, 17), np.tile(employer, months), np.tile(paid, months), np.tile(wage, months),
        np.full(len(day), SALARY),
    )  # fmt: skip


def _rents(chance: np.random.Generator, people: NDArray, count: int) -> Part:
    tenants = chance.choice(people, max(count // 12, 1))
    owners = chance.choice(people, len(tenants))
    rent = chance.integers(8, 40, len(tenants)) * 100_00
    day = np.add.outer(np.arange(12) * 30 + 4, chance.integers(0, 5, len(tenants))).ravel()
    return (
        _moment(chance, day), np.tile(tenants, 12), np.tile(owners, 12), np.tile(rent, 12), np.full(len(day), RENT),
    )  # fmt: skip


def _taxes(chance: np.random.Generator, firms: NDArray, office: int) -> Part:
    payers = np.repeat(firms[firms != office], 4)
    day = np.tile(np.array([14, 104, 195, 287]), len(payers) // 4)
    amount = chance.integers(500_00, 60_000_00, len(payers))
    return (
        _moment(chance, day, 9, 17),
        payers,
        np.full(len(payers), office),
        amount,
        np.full(len(payers), TAX),
    )


def _shopping(chance: np.random.Generator, people: NDArray, firms: NDArray, count: int) -> Part:
    amount = np.exp(chance.normal(8.2, 1.1, count)).astype(np.int64) + 1
    day = chance.integers(0, DAYS, count)
    return (
        _moment(chance, day), chance.choice(people, count), chance.choice(firms, count), amount, np.full(count, SHOP),
    )  # fmt: skip


def _sent(chance: np.random.Generator, people: NDArray, firms: NDArray, count: int) -> Part:
    trade = chance.random(count) < 0.2
    source = np.where(trade, chance.choice(firms, count), chance.choice(people, count))
    target = np.where(trade, chance.choice(firms, count), chance.choice(people, count))
    amount = np.where(
        trade, chance.integers(1_000_00, 400_000_00, count), chance.integers(1, 3_000, count) * 100
    )
    day = chance.integers(0, DAYS, count)
    return _moment(chance, day, 0, 24), source, target, amount, np.where(trade, GOODS, SENT)
