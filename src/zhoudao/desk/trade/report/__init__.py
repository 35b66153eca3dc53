"""An invoice case in the form an investigator hands over: facts, chain, totals, annexes with rows; PDF, Word, package.

The layout is ours, not the Ministry's form (式样): print it beside the form where the form is asked for.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from zhoudao.desk.trade.report.annexes import annexes
from zhoudao.desk.trade.report.contents import contents
from zhoudao.desk.trade.report.packing import packed
from zhoudao.desk.trade.report.setting import as_docx, as_pdf
from zhoudao.desk.trade.rules import Paper

TYPES = {
    Paper.PDF: "application/pdf",
    Paper.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Paper.ZIP: "application/zip",
}


def paper(told: dict[str, Any], rows: pl.DataFrame, kind: Paper, number: str) -> bytes:
    """``told`` and ``rows``: of ``engines.invoices.dossier``. ``number``: of the case, or what stands for it."""
    report = contents(told, rows, number)
    if kind is Paper.PDF:
        return as_pdf(report)
    if kind is Paper.DOCX:
        return as_docx(report)
    return packed(report, rows)


__all__ = ["TYPES", "annexes", "paper"]
