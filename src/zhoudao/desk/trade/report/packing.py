"""The evidence package of an invoice case: both papers, the annexes, and a list of hashes that `sha256sum -c` reads."""

from __future__ import annotations

import hashlib
import io
import zipfile

import polars as pl

from zhoudao.desk.trade.report.annexes import annexes
from zhoudao.desk.trade.report.contents import Report
from zhoudao.desk.trade.report.setting import as_docx, as_pdf

LIST = "SHA256SUMS"
BORN = (2026, 1, 1, 0, 0, 0)
"""Of every member: the same case makes the same archive but for the Word file's own times."""


def packed(report: Report, rows: pl.DataFrame) -> bytes:
    files = {"分析报告.pdf": as_pdf(report), "分析报告.docx": as_docx(report), **annexes(rows)}
    listed = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files.items(), (LIST, listed.encode())]:
            archive.writestr(zipfile.ZipInfo(name, BORN), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
