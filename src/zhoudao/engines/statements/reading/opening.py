"""A file as sheets of cells, whatever its extension says it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from zhoudao.engines.statements.reading import delimited, encodings
from zhoudao.engines.statements.reading.cells import Cells
from zhoudao.engines.statements.reading.sheets import BadWorkbook, html_table, sheets

OLE = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
_NOT_TABLES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\x7fELF",
    b"MZ\x90",
)
MOST_HTML = 64 << 20


class BadFile(ValueError):
    """A file that can't be read at all. ``reason`` is one of the codes of ``reasons.FILES``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def sheets_of(file: BinaryIO, size: int) -> Iterator[tuple[str, Iterator[Cells]]]:
    """Name and records of each sheet; a text file is one sheet without a name. Raises BadFile."""
    head = file.read(512)
    file.seek(0)
    if not head.strip(b"\0 \r\n\t"):
        raise BadFile("empty" if size <= 512 or not _any(file) else "not_a_table")
    if head.startswith((OLE, ZIP)):
        try:
            yield from sheets(file)
        except BadWorkbook as problem:
            raise BadFile(problem.reason) from problem
        return
    if head.startswith(_NOT_TABLES):
        raise BadFile("not_a_table")
    samples = encodings.stretches(file, size)
    encoding, skip = encodings.sniff(samples)
    text = samples[0][skip:].decode(encoding, "replace")
    if re.match(r"\s*(<!doctype|<html|<table|<\?xml|<head|<meta)", text, re.IGNORECASE):
        if size > MOST_HTML or "<t" not in text.lower():
            raise BadFile("not_a_table")
        yield "", iter([html_table(file.read().decode(encoding, "replace"))])
        return
    if text.count("\ufffd") * 5 > len(text):
        raise BadFile("not_a_table")
    delimiter = delimited.delimiter_of(text)
    yield "", delimited.records(file, encoding, skip, delimiter)


def _any(file: BinaryIO) -> bool:
    file.seek(0)
    while block := file.read(1 << 20):
        if block.strip(b"\0 \r\n\t"):
            file.seek(0)
            return True
    file.seek(0)
    return False
