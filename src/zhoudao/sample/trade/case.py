"""One made-up case, whole: an economy, a crime in it, the files of it, and apart from them what is true."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from zhoudao.sample.seeds import generator
from zhoudao.sample.trade import economy, exports, files, honest, schemes
from zhoudao.sample.trade.books import VOID, Books
from zhoudao.sample.trade.schemes.common import Truth
from zhoudao.sample.trade.tables import tables

FIRMS, INVOICES = 5_000, 200_000
SIZES = {"usual": (FIRMS, INVOICES), "issue": (FIRMS, 2_000_000)}
"""Firms and invoices."""
FEWEST_FIRMS, FEWEST_INVOICES = 400, 4_000
"""In a smaller economy no exporter fits the schemes."""


class FolderInTheWay(ValueError):
    """The folder to write into holds something already, or the truth would lie inside it."""


@dataclass(frozen=True)
class Case:
    seed: int
    tables: dict[str, pa.Table]
    truth: dict[str, object]


def make(seed: int, firms: int, invoices: int, progress: Callable[[str], None]) -> Case:
    """The case of a seed, in memory: the same seed and size, the same case."""
    chance = generator(seed, "trade")
    progress(f"{firms:,} firms")
    books = Books(economy.build(chance, firms))
    progress(f"{invoices:,} invoices")
    sold = honest.write(books, chance, invoices)
    progress("exports")
    exports.write(books, chance, sold)
    truth = schemes.hide(books, chance, seed)
    honest.declare(books, chance)
    return Case(seed, tables(books), _told(books, truth))


def write(case: Case, folder: Path, truth: Path | None) -> list[Path]:
    """Everything police would receive into ``folder``; what is true into ``truth``, which must lie elsewhere.

    Raises FolderInTheWay.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FolderInTheWay(f"{folder} is not empty: name a folder that does not exist yet")
    if truth is not None and truth.resolve().is_relative_to(folder.resolve()):
        raise FolderInTheWay(
            f"{truth} lies inside {folder}: what is true is kept apart from what police receive"
        )
    written = files.write(case.tables, folder)
    if truth is not None:
        truth.parent.mkdir(parents=True, exist_ok=True)
        truth.write_text(json.dumps(case.truth, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return written


def _told(books: Books, truth: Truth) -> dict[str, object]:
    """In the form in which a screen tells its cases."""
    firms, rows = books.economy.firms, books.invoices
    false = np.isin(rows["seller"], truth.issuers) & (rows["state"] != VOID)
    mine = np.isin(books.refunds["exporter"], truth.exporters) & (books.refunds["paid"] >= 0)
    return {
        "seed_shape": truth.shape,
        "cases": [
            {
                "exporters": sorted(firms[number].code for number in truth.exporters),
                "upstream_firms": sorted(firms[number].code for number in truth.issuers),
                "underground_banks": sorted(truth.banks),
                "suspects": sorted(person.number for person in truth.suspects),
                "accounts": sorted(truth.accounts),
                "false_invoices_fen": int((rows["net"] + rows["tax"])[false].sum()),
                "false_net_fen": int(rows["net"][false].sum()),
                "false_tax_fen": int(rows["tax"][false].sum()),
                "refunds_fen": int(books.refunds["refund"][mine].sum()),
            }
        ],
    }
