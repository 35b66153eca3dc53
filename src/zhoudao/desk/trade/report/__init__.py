"""An invoice case in the form an investigator hands over: facts, chain, totals, annexes with rows; PDF and Word.

The layout is ours, not the Ministry's form (式样): print it beside the form where the form is asked for.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from zhoudao.desk.trade.report.annexes import annexes
from zhoudao.desk.trade.report.contents import contents
from zhoudao.desk.trade.report.setting import as_docx, as_pdf
from zhoudao.desk.trade.rules import Paper

TYPES = {
    Paper.PDF: "application/pdf",
    Paper.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def paper(told: dict[str, Any], rows: pl.DataFrame, kind: Paper, number: str) -> bytes:
    """``told`` and ``rows``: of ``engines.invoices.dossier``. ``number``: of the case, or what stands for it."""
    report = contents(told, rows, number)
    return as_pdf(report) if kind is Paper.PDF else as_docx(report)


__all__ = ["TYPES", "annexes", "paper"]
