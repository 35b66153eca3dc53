"""Rows as CSV that a spreadsheet opens rightly and runs nothing of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

MARK = "\ufeff"
"""A file begins with it, without which spreadsheets show Chinese as noise."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run by spreadsheets (OWASP, CSV injection)."""


def pieces(lines: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A line each, in UTF-8, the first after the mark."""
    mark = MARK
    for line in lines:
        out = io.StringIO()
        csv.writer(out).writerow([inert(cell) for cell in line])
        yield (mark + out.getvalue()).encode()
        mark = ""


def inert(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; everything else stays."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
