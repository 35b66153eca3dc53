"""Company or person, by an account's name in the ledger."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhoudao.engines.flows.arrays import Ints
from zhoudao.engines.flows.graph import MoneyGraph

COMPANY = re.compile(
    r"公司|企业|集团|中心|商行|经营部|工作室|合作社|事务所|厂$|店$|co\.?,? ?ltd|limited|inc\b|corp|llc",
    re.IGNORECASE,
)
PERSON = re.compile(r"^[\u4e00-\u9fff]{2,4}$|^[\u4e00-\u9fff·]{4,12}$|^[A-Za-z]+(?: [A-Za-z]+){1,3}$")


def account_kinds(graph: MoneyGraph, ledger: pa.Table) -> Ints:
    """uint8[accounts]: 1 company, 2 person, 0 where the ledger has no name or the name doesn't tell."""
    kinds = np.zeros(graph.account_count, dtype=np.uint8)
    for account, name in (("source_account", "source_name"), ("target_account", "target_name")):
        if name not in ledger.column_names:
            continue
        pairs = (
            pa.table({"account": ledger[account], "name": ledger[name]})
            .group_by("account")
            .aggregate([("name", "max")])
        )
        pairs = pairs.filter(pc.is_valid(pairs["name_max"]))
        numbers = graph.account_numbers(pairs["account"].to_pylist())
        for number, text in zip(numbers.tolist(), pairs["name_max"].to_pylist(), strict=True):
            if number >= 0:
                kinds[number] = 1 if COMPANY.search(text) else 2 if PERSON.match(text) else kinds[number]
    return kinds
