"""Messy bank statements in, one clean ledger out, every row accounted for.

Importable alone, in a notebook, with no settings:

    from pathlib import Path
    from zhoudao.engines import statements

    for file, sheet, plan in statements.recognise(Path("answers/")):
        print(file, sheet, plan.columns, plan.confidence)
    report = statements.clean([Path("answers/")], Path("clean/"))
    assert report.rows_in == report.rows_kept + report.rows_merged + report.rows_refused
"""

from zhoudao.engines.statements.clean import Cancelled, clean
from zhoudao.engines.statements.layouts.model import (
    BadLayout,
    Layout,
    fingerprint_of,
    known_roles,
    layout_of,
    read_layout,
    shipped,
)
from zhoudao.engines.statements.layouts.plan import Plan
from zhoudao.engines.statements.reasons import FILES, ROWS
from zhoudao.engines.statements.recognising import Column, Recognised, examine, recognise
from zhoudao.engines.statements.report import Report, Sheet
from zhoudao.engines.statements.writing import ACCOUNTS, BREAKS, REFUSED

__all__ = [
    "ACCOUNTS", "BREAKS", "FILES", "REFUSED", "ROWS",
    "BadLayout", "Cancelled", "Column", "Layout", "Plan", "Recognised", "Report", "Sheet",
    "clean", "examine", "fingerprint_of", "known_roles", "layout_of", "read_layout", "recognise", "shipped",
]  # fmt: skip
