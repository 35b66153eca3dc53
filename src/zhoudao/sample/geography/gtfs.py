"""Writes a GTFS feed as a zip whose bytes depend on its rows alone."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from zhoudao.sample.geography.timetable import Tables

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a zip can give a file."""


def write(tables: Tables, path: Path) -> None:
    """A table without rows is left out."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(tables):
            rows = tables[name]
            if rows:
                text = io.StringIO()
                writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
                member = zipfile.ZipInfo(name, EPOCH)
                member.compress_type = zipfile.ZIP_DEFLATED
                member.external_attr = 0o644 << 16
                archive.writestr(member, text.getvalue())
