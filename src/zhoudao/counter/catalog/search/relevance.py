"""How often the search finds what is meant, over a file of queries as people type them. Pure."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

KINDS = ("words", "question", "pinyin", "initials", "typo", "english", "dialect")
FEW = 3
"""Answers a person looks at before giving up."""


@dataclass(frozen=True)
class Query:
    """``words`` as typed, the code of the ``item`` meant, and ``also``: codes that are as right a first answer."""

    words: str
    item: str
    also: frozenset[str]
    kind: str

    @property
    def held_out(self) -> bool:
        """Whether nothing may be tuned on it: decided by the words themselves, so no query can change sides."""
        return hashlib.sha256(self.words.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True)
class Judged:
    """A query and the codes that were found for it, best first."""

    query: Query
    found: list[str]

    def right_within(self, places: int) -> bool:
        right = {self.query.item, *self.query.also}
        return not right.isdisjoint(self.found[:places])


@dataclass(frozen=True)
class Figures:
    """Counts: of ``queries`` so many had a right answer ``first`` and in the first ``few``."""

    queries: int
    first: int
    few: int

    def __str__(self) -> str:
        return (
            f"{self.queries} queries: right first {self.first / self.queries:.1%}, "
            f"in the first {FEW} {self.few / self.queries:.1%}"
        )


def read_queries(path: Path) -> list[Query]:
    """The rows of a CSV file with the columns query, item, also (codes divided by a bar) and kind.

    Raises ValueError naming file, row and field when a row is unusable.
    """
    queries: list[Query] = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            for field, usable in (
                ("query", row["query"]),
                ("item", row["item"]),
                ("kind", row["kind"] in KINDS),
            ):
                if not usable:
                    raise ValueError(
                        f"{path}:{rows.line_num} {field}: {row[field]!r}; expected "
                        + (" or ".join(KINDS) if field == "kind" else "a text")
                    )
            also = frozenset(code for code in row["also"].split("|") if code)
            queries.append(Query(row["query"], row["item"], also, row["kind"]))
    return queries


def judge(queries: Iterable[Query], find: Callable[[str], list[str]]) -> list[Judged]:
    """Each query with what ``find`` (words to codes, best first) answers."""
    return [Judged(query, find(query.words)) for query in queries]


def figures(judged: Iterable[Judged]) -> Figures:
    every = list(judged)
    return Figures(
        len(every), sum(one.right_within(1) for one in every), sum(one.right_within(FEW) for one in every)
    )
