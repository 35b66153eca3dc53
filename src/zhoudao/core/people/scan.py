"""Looking for plain personal numbers where none may be: in the database, in logs, in any file, in backups.

A number is one of a list: a resident identity number (17 digits, then a digit or X) or a mobile number (11
digits). Everything is read as bytes and in pieces, so that a backup of any size can be searched; archives
are opened.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import connection

from zhoudao.core.access import Actor, require
from zhoudao.core.people.rules.duties import SCAN

PIECE = 1 << 20
IDENTITY, MOBILE = 18, 11
"""Lengths of the two kinds of numbers."""
_LISTED = re.compile(rb"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{11})(?![0-9Xx])")
_RUN = re.compile(rb"[0-9]{11,}[Xx]?")
_COMPRESSED: dict[str, Callable[..., Any]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
_TEXT_TYPES = ("text", "character varying", "character", "json", "jsonb", "bytea")


@dataclass(frozen=True)
class Hit:
    where: str
    """A path, a path and what is in it (``backup.zip!zhoudao.sqlite3``), or ``database table.column``."""
    count: int
    """How often any of the numbers stands there."""
    first_offset: int
    """Where the first one stands: bytes from the start of the file; in a column, the 0-based row."""


def read_numbers(path: Path) -> frozenset[bytes]:
    """The numbers that stand in a file of any form, such as a CSV. Raises OSError."""
    return frozenset(found.upper() for found in _LISTED.findall(path.read_bytes()))


def scan_files(
    actor: Actor, numbers: frozenset[bytes], paths: Iterable[Path], leave_out: Collection[Path] = ()
) -> Iterator[tuple[Path, list[Hit]]]:
    """Each file at or under ``paths`` with what was found in it. Raises Forbidden, OSError."""
    require(actor, SCAN)
    away = {path.resolve() for path in leave_out}
    for path in paths:
        for file in _files(path):
            if away.isdisjoint([file.resolve(), *file.resolve().parents]):
                yield file, [hit for hit in _in_file(numbers, file) if hit.count]


def scan_database(actor: Actor, numbers: frozenset[bytes]) -> Iterator[tuple[str, list[Hit]]]:
    """The database with what was found in it: SQLite's files byte by byte, PostgreSQL's text columns row by
    row.
    """
    require(actor, SCAN)
    if connection.vendor == "sqlite":
        main = Path(str(connection.settings_dict["NAME"]))
        for file in (main, *(main.with_name(main.name + end) for end in ("-wal", "-journal"))):
            if file.exists():
                yield str(file), [hit for hit in _in_file(numbers, file) if hit.count]
        return
    for table, column in _text_columns():
        where = f"database {table}.{column}"
        hit = _count(where, _in_rows(numbers, table, column))
        yield where, [hit] if hit.count else []


def places_of(numbers: frozenset[bytes], pieces: Iterable[bytes]) -> Iterator[int]:
    """Where any of ``numbers`` stands in the bytes that ``pieces`` make together.

    Numbers may stand side by side with nothing between them, as columns do in a database's pages, so every
    place in a run of digits is tried; what may be the head of a number at the end of a piece is kept for the
    next.
    """
    kept, base = b"", 0
    for piece in pieces:
        buffer = kept + piece
        for run in _RUN.finditer(buffer):
            text = run.group().upper()
            for length in (IDENTITY, MOBILE):
                for start in range(len(text) - length + 1):
                    is_new = run.start() + start + length > len(kept)
                    if is_new and text[start : start + length] in numbers:
                        yield base + run.start() + start
        kept = buffer[-(IDENTITY - 1) :]
        base += len(buffer) - len(kept)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file() and not file.is_symlink())
    else:
        yield path


def _in_file(numbers: frozenset[bytes], path: Path) -> Iterator[Hit]:
    with path.open("rb") as file:
        yield _count(str(path), places_of(numbers, _pieces(file)))
    if path.suffix in _COMPRESSED and not path.name.endswith((".tar.gz", ".tar.bz2", ".tar.xz")):
        with _COMPRESSED[path.suffix](path) as inside:
            yield _count(f"{path}!", places_of(numbers, _pieces(inside)))
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    yield _count(f"{path}!{name}", places_of(numbers, _pieces(member)))
    elif path.suffix in (".tar", ".tgz") or path.name.endswith((".tar.gz", ".tar.bz2", ".tar.xz")):
        with tarfile.open(path) as tar:
            for entry in tar:
                content = tar.extractfile(entry)
                if content is not None:
                    yield _count(f"{path}!{entry.name}", places_of(numbers, _pieces(content)))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _count(where: str, places: Iterable[int]) -> Hit:
    first, count = -1, 0
    for place in places:
        first = place if first < 0 else first
        count += 1
    return Hit(where, count, first)


def _text_columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN "
            "information_schema.tables t USING (table_schema, table_name) WHERE c.table_schema = "
            "current_schema() AND t.table_type = 'BASE TABLE' AND c.data_type = ANY(%s) ORDER BY 1, 2",
            [list(_TEXT_TYPES)],
        )
        return cursor.fetchall()


def _in_rows(numbers: frozenset[bytes], table: str, column: str) -> Iterator[int]:
    quote = connection.ops.quote_name
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {quote(column)} FROM {quote(table)} WHERE {quote(column)} IS NOT NULL")  # noqa: S608
        row = 0
        while values := cursor.fetchmany(1000):
            for (value,) in values:
                content = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for _ in places_of(numbers, [content]):
                    yield row
                row += 1
