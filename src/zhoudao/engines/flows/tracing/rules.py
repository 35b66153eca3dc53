"""Whose money leaves an account first: the rules of tracing, where each comes from, and what it stands on.

In China no statute says which money of a mixed account leaves first. First in first out, pro rata and lowest
intermediate balance come from common-law trust cases and forensic accounting; here each is an analyst's assumption,
to be named wherever its figures are shown. Only the return of frozen fraud money is ruled by a ministry (``returns``).
"""

from __future__ import annotations

from dataclasses import dataclass

from zhoudao.engines.detection import Text

STATUTORY, ASSUMPTION = "statutory", "assumption"


@dataclass(frozen=True)
class Rule:
    standing: str
    """STATUTORY or ASSUMPTION."""
    title: Text
    source: str
    number: int
    """What the kernels call it."""


FIFO, PRO_RATA, LIBR, POISON = 0, 1, 2, 3

RULES = {
    "fifo": Rule(
        ASSUMPTION,
        Text("先进先出", "first in, first out"),
        "Devaynes v Noble (Clayton's Case), 1816, 1 Mer 572",
        FIFO,
    ),
    "pro-rata": Rule(
        ASSUMPTION,
        Text("按比例", "pro rata"),
        "Barlow Clowes International v Vaughan, [1992] 4 All ER 22, as an alternative to first in first out",
        PRO_RATA,
    ),
    "libr": Rule(
        ASSUMPTION,
        Text("最低中间余额", "lowest intermediate balance"),
        "Re Hallett's Estate, 1880, 13 Ch D 696; James Roscoe (Bolton) v Winder, [1915] 1 Ch 62",
        LIBR,
    ),
    "poison": Rule(
        ASSUMPTION,
        Text("全额污染", "poison: all that leaves a touched account"),
        "Möser, Böhme, Breuker: Towards Risk Scoring of Bitcoin Transactions, FC 2014 Workshops",
        POISON,
    ),
}
"""By the name that commands use. ``poison`` is an outer bound: it names more than was ever traced in."""
