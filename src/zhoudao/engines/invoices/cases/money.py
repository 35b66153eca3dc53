"""Accounts that the money of a case went round by, and the underground bank among them.

An underground bank (地下钱庄) shows as private accounts that pass on nearly all that comes in within hours, to each
other and to many people who have nothing to do with the case. Its hub is the one among them that most came in to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from zhoudao.engines.invoices.cases.evidence import Loop
from zhoudao.engines.invoices.cases.links import Links
from zhoudao.engines.stored import Table, lazy

HOURS = 6
"""Within which a passing account sends on what came in: a starting point, to be calibrated on returned cases."""
PASSED = 0.6
"""Share of what came in that was sent on so, from which on an account passes money through."""
KEPT = 0.1
"""Of one amount, at most, while it is passed on."""
CUSTOMERS = 20
"""Others a bank serves, at least: the trade's usual line for fan-in and fan-out."""


@dataclass(frozen=True)
class PrivateAccount:
    """An account of somebody who is no firm, on the way of money that came back. ``carried``: fen paid out in the
    circles it was part of, each circle's once."""

    account: str
    holder: str
    loops: int
    carried: int
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Bank:
    """``turnover``: fen that came in to the hub; ``customers``: accounts outside that its accounts had to do with."""

    hub: str
    accounts: tuple[str, ...]
    turnover: int
    customers: int


def private_accounts(links: Links, loops: Sequence[Loop]) -> list[PrivateAccount]:
    """Of the loops of a case, by what they carried."""
    on: dict[str, list[Loop]] = defaultdict(list)
    for loop in loops:
        for account in dict.fromkeys((loop.account, *loop.conduits, *loop.ends)):
            holder = links.holder.get(account, "")
            if holder and holder not in links.firms:
                on[account].append(loop)
    found = [
        PrivateAccount(
            account, links.holder[account], sum(each.times for each in mine), sum(each.sent for each in mine),
            tuple(each.finding_id for each in mine),
        )
        for account, mine in on.items()
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-each.carried, each.account))


def banks(tables: Mapping[str, Table], links: Links, passed_by: Sequence[str]) -> list[Bank]:
    """Underground banks among and behind private accounts that a case's money went by."""
    if not passed_by or "ledger" not in tables:
        return []
    private = {account for account, holder in links.holder.items() if holder and holder not in links.firms}
    passing: set[str] = set()
    asked: set[str] = set()
    seen: list[pl.DataFrame] = []
    front = set(passed_by) & private
    while front:
        moved = _touching(tables["ledger"], front)
        found = _passing(moved, front)
        passing |= found
        asked |= front
        seen.append(moved)
        front = (_beside(moved, found) & private) - asked
    if not passing:
        return []
    ledger = pl.concat(seen).unique("at", maintain_order=True)
    groups = _together(ledger, passing)
    made = [_bank(ledger, group) for group in groups]
    return sorted(
        (bank for bank in made if bank.customers >= CUSTOMERS), key=lambda bank: (-bank.turnover, bank.hub)
    )


def _touching(ledger: Table, accounts: set[str]) -> pl.DataFrame:
    """Their transfers; ``at`` is the row."""
    columns = ["source_account", "target_account", "time", "amount"]
    ours = list(accounts)
    return (
        lazy(ledger).select(columns).with_row_index("at")
        .filter(pl.col("source_account").is_in(ours) | pl.col("target_account").is_in(ours))
        .collect(engine="streaming")
    )  # fmt: skip


def _passing(ledger: pl.DataFrame, accounts: set[str]) -> set[str]:
    """Those most of whose money leaves as it came, nearly whole and within hours: of what came in, or, where a bank
    keeps the yuan it sends dollars for, of what went out."""
    slot = pl.col("time").dt.epoch("s") // (HOURS * 3600)
    came = ledger.filter(pl.col("target_account").is_in(accounts)).select(
        account="target_account", came="amount", at="time", slot=slot
    )
    went = ledger.filter(pl.col("source_account").is_in(accounts)).select(
        account="source_account", went="amount", left="time", slot=slot
    )
    came, went = came.with_row_index("one"), went.with_row_index("other")
    # Two slots of HOURS hold every pair that is at most HOURS apart.
    near = pl.concat([came, came.with_columns(pl.col("slot") + 1)]).join(went, on=["account", "slot"])
    whole = near.filter(
        (pl.col("left") >= pl.col("at"))
        & (pl.col("left") - pl.col("at") <= pl.duration(hours=HOURS))
        & pl.col("went").is_between(pl.col("came") * (1 - KEPT), pl.col("came"))
    )
    shares = pl.concat([
        _share(came, "came", whole["one"], "one"), _share(went, "went", whole["other"], "other"),
    ]).group_by("account").agg(pl.col("share").max())  # fmt: skip
    return set(shares.filter(pl.col("share") >= PASSED)["account"])


def _share(moved: pl.DataFrame, amount: str, matched: pl.Series, key: str) -> pl.DataFrame:
    """Of each account's amounts, the share that is among the matched."""
    inside = pl.col(amount).filter(pl.col(key).is_in(matched.implode()))
    return moved.group_by("account").agg(share=inside.sum() / pl.col(amount).sum())


def _beside(ledger: pl.DataFrame, accounts: set[str]) -> set[str]:
    """Other ends of their transfers."""
    touching = ledger.filter(
        pl.col("source_account").is_in(accounts) | pl.col("target_account").is_in(accounts)
    )
    return set(touching["source_account"]) | set(touching["target_account"])


def _together(ledger: pl.DataFrame, passing: set[str]) -> list[set[str]]:
    """Passing accounts that pay each other, as groups."""
    inside = ledger.filter(pl.col("source_account").is_in(passing) & pl.col("target_account").is_in(passing))
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in inside.select("source_account", "target_account").unique().iter_rows():
        near[one].add(other)
        near[other].add(one)
    groups, left = [], set(passing)
    while left:
        group, front = set(), {min(left)}
        while front:
            group |= front
            front = set().union(*(near[each] for each in front)) - group
        groups.append(group)
        left -= group
    return groups


def _bank(ledger: pl.DataFrame, group: set[str]) -> Bank:
    came = ledger.filter(pl.col("target_account").is_in(group))
    turnover = dict(came.group_by("target_account").agg(pl.col("amount").sum()).iter_rows())
    hub = min(group, key=lambda account: (-turnover.get(account, 0), account))
    return Bank(hub, tuple(sorted(group)), turnover.get(hub, 0), len(_beside(ledger, group) - group))
