"""What all of the room's questions share: the ledger they are asked of, and accounts by reference and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from zhoudao.core.access import Actor, Permission
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.cases.rules import EVERY_DUTY, WORKING
from zhoudao.desk.evidence.ledger import pages, tables
from zhoudao.desk.money.rules import EXPORT, LOOK


@dataclass(frozen=True)
class Account:
    """An account as pages show it."""

    account: str
    ref: str
    name: str
    stated: bool
    """Whether its statements were obtained; 未调单 if not."""

    @property
    def label(self) -> str:
        return self.name or self.account


def looking(actor: Actor, number: str, exporting: bool, **noted: Any) -> Inside:
    """Through the gate, to look or to take a picture out."""
    permission: Permission = EXPORT if exporting else LOOK
    return gate.look(actor, number, permission, duties=WORKING if exporting else EVERY_DUTY, **noted)


def by_reference(found: duckdb.DuckDBPyConnection, refs: Sequence[str]) -> dict[str, Account]:
    """By reference; one that no account has is left out."""
    return {each.ref: each for each in _accounts(found, "ref", refs)}


def by_account(found: duckdb.DuckDBPyConnection, accounts: Iterable[str]) -> dict[str, Account]:
    return {each.account: each for each in _accounts(found, "account", list(accounts))}


def _accounts(found: duckdb.DuckDBPyConnection, column: str, values: Sequence[str]) -> list[Account]:
    told = tables.rows(
        found,
        f"SELECT account, ref, name, stated FROM accounts WHERE list_contains(?, {column})",  # noqa: S608
        [list(values)],
    )
    return [Account(each["account"], each["ref"], each["name"] or "", bool(each["stated"])) for each in told]


def rows_by_id(found: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Transfers as pages list them, in the order of ``ids``."""
    told = tables.rows(
        found,
        f"""
        SELECT {pages.COLUMNS} FROM ledger l
        LEFT JOIN accounts s ON s.account = l.source_account
        LEFT JOIN accounts t ON t.account = l.target_account
        WHERE list_contains(?, l.transfer_id)
        """,  # noqa: S608
        [list(ids)],
    )
    by_id = {row["transfer_id"]: row for row in told}
    return [by_id[each] for each in ids if each in by_id]


def currencies(found: duckdb.DuckDBPyConnection) -> list[str]:
    """Of the ledger, most transfers first."""
    told = found.execute("SELECT currency FROM ledger GROUP BY 1 ORDER BY count(*) DESC, 1")
    return [row[0] for row in told.fetchall()]


def chosen_currency(found: duckdb.DuckDBPyConnection, wanted: str) -> tuple[str, list[str]]:
    """The one that is asked for, else the commonest; and all there are."""
    there = currencies(found)
    return (wanted if wanted in there else there[0] if there else "CNY"), there
