"""An invoice case in an evidence package: both papers, the annexes, and the figures that are sums over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from zhoudao.desk.findings.package import archive
from zhoudao.desk.findings.package.contents import RawFile
from zhoudao.desk.findings.ports import Packed
from zhoudao.desk.trade.report.annexes import COLUMNS, NAMES, annexes
from zhoudao.desk.trade.report.contents import contents
from zhoudao.desk.trade.report.setting import as_docx, as_pdf
from zhoudao.engines.invoices.cases.telling import NAME, VERSION
from zhoudao.engines.invoices.dossier import FIGURES

PIECE = 1 << 20


def with_hashes(rows: pl.DataFrame, hashes: Mapping[str, str]) -> pl.DataFrame:
    """Each row with the SHA-256 of the file it stands in."""
    return rows.with_columns(source_sha256=pl.col("source_file").replace_strict(hashes, default=None))


def parts(told: dict[str, Any], rows: pl.DataFrame, number: str, folder: str) -> Packed:
    """Files under ``folder``. ``rows``: with their files' hashes."""
    report = contents(told, rows, number)
    papers = {"分析报告.pdf": as_pdf(report), "分析报告.docx": as_docx(report)}
    files = {f"{folder}/{name}": data for name, data in {**papers, **annexes(rows)}.items()}
    figures = [
        {
            "name": name,
            "value": told["figures"][name]["value"],
            "files": [place for heading in headings if (place := f"{folder}/{NAMES[heading]}") in files],
            "column": COLUMNS[column],
        }
        for name, (headings, column) in FIGURES.items()
    ]
    return Packed(files, figures)


def write(
    path: Path, told: dict[str, Any], rows: pl.DataFrame, number: str, raw: Path, hashes: Mapping[str, str]
) -> None:  # fmt: skip
    """The package of one case from the files below ``raw``, outside any case of the desk: nobody signs for it."""
    made = parts(told, rows, number, "invoices")
    finding = {
        "finding_id": told["finding_id"], "detector": NAME, "version": VERSION, "rows": [], "rows_total": 0,
        "annexes": list(made.annexes), "figures": made.figures,
    }  # fmt: skip
    files = {
        digest: RawFile(digest, (raw / name).stat().st_size, name, "", "")
        for name, digest in sorted(hashes.items())
    }
    archive.write(
        path,
        {"case": number},
        ((file, _pieces(raw / file.name)) for file in files.values()),
        [("findings.json", archive.as_json([finding])), *made.annexes.items()],
    )


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(PIECE), b"")
