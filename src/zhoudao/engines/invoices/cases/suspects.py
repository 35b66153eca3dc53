"""Who stands behind a case: the persons in the offices of its firms, and those whose accounts the money went by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import polars as pl

from zhoudao.engines.invoices.cases.money import PrivateAccount
from zhoudao.engines.stored import Table, lazy

CONTROL = ("legal_representative", "finance_officer")
"""Offices whose holders answer for what a firm issues and files."""
KEEPER = 3
"""Firms outside the case whose books one keeps, from which on they are a bookkeeper (代账) and not a suspect for it."""


@dataclass(frozen=True)
class Suspect:
    """``offices``: firm and office; ``accounts``: those of theirs that the money went by."""

    person: str
    name: str
    offices: tuple[tuple[str, str], ...]
    accounts: tuple[str, ...]


def suspects(
    tables: Mapping[str, Table], firms: Set[str], accounts: Sequence[PrivateAccount]
) -> list[Suspect]:
    """By identity number, each once however many offices and accounts they hold."""
    offices = [name for office in CONTROL for name in (office, f"{office}_name")]
    there = [name for name in ("firm_id", *offices) if name in tables["registrations"].column_names]
    registered = lazy(tables["registrations"]).select(there).collect()
    held: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    for office in CONTROL:
        if office not in registered.columns:
            continue
        name = pl.col(f"{office}_name") if f"{office}_name" in registered.columns else pl.lit(None, pl.String)
        filled = registered.filter(pl.col(office).is_not_null()).select("firm_id", person=office, name=name)
        outside = dict(filled.filter(~pl.col("firm_id").is_in(firms)).group_by("person").len().iter_rows())
        inside = filled.filter(pl.col("firm_id").is_in(firms)).sort("firm_id")
        for firm, person, called in inside.iter_rows():
            if office == "finance_officer" and outside.get(person, 0) >= KEEPER:
                continue
            held.setdefault(person, []).append((firm, office))
            names.setdefault(person, called or "")
    owned: dict[str, list[str]] = {}
    names |= {holder: called for holder, called in _holders(tables).items() if not names.get(holder)}
    for account in accounts:
        owned.setdefault(account.holder, []).append(account.account)
    return [
        Suspect(person, names.get(person, ""), tuple(held.get(person, ())), tuple(owned.get(person, ())))
        for person in sorted(held.keys() | owned.keys())
    ]


def _holders(tables: Mapping[str, Table]) -> dict[str, str]:
    if "accounts" not in tables or "holder_name" not in tables["accounts"].column_names:
        return {}
    frame = lazy(tables["accounts"]).select("holder_id", "holder_name").drop_nulls().collect()
    return dict(frame.unique("holder_id", keep="first", maintain_order=True).iter_rows())
