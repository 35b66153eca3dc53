"""A hash chain: rows that each hold the hash of the row before, and signed heads kept elsewhere.

Changing, removing, adding or moving a row breaks a hash or a link. Who re-computes every hash after
a change makes a chain that is whole in itself, but no longer ends in the heads that were signed
while it grew. That is the tamper evidence of Certificate Transparency (RFC 9162) for a log with one
writer.

The encoding is fixed, so that anyone can write a verifier: a version line, then each field in the
order of ``FIELDS`` as a netstring (``length:bytes,``) of its UTF-8 text. A row has one encoding, and
no two rows share one.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

GENESIS = "0" * 64
"""The hash before the first row."""
ROW_VERSION = b"zhoudao audit row 1\n"
HEAD_VERSION = b"zhoudao audit head 1\n"


class Row(NamedTuple):
    """One row as it is hashed. All is text, except the sequence, which counts from 1 without a gap."""

    sequence: int
    at: str
    """UTC, as ``instant`` writes it."""
    actor: str
    role: str
    purpose: str
    action: str
    subject: str
    details: str
    """Canonical JSON, as ``canonical_json`` writes it."""
    origin: str
    outcome: str
    previous: str
    """``hash`` of the row before, or GENESIS."""
    hash: str
    """SHA-256 of everything above, 64 hexadecimal digits."""


FIELDS = Row._fields[:-1]
"""What is hashed, in order: everything but the hash itself."""


@dataclass(frozen=True, order=True)
class Head:
    """Where the chain stood at a moment; signed, it pins every row up to ``sequence``."""

    sequence: int
    hash: str
    count: int
    """Rows so far; a chain without gaps has ``count == sequence``."""
    at: str


class Fault(StrEnum):
    """What can be wrong with a chain."""

    EDITED = "edited"
    """A row's content isn't what was hashed."""
    BROKEN_LINK = "broken_link"
    """A row doesn't follow the row before it."""
    MISSING = "missing"
    """A sequence number is skipped: rows were deleted, or moved."""
    OUT_OF_ORDER = "out_of_order"
    """A sequence number comes again or too late: rows were inserted, or moved."""
    TRUNCATED = "truncated"
    """The chain ends before a head that was signed, or before its own recorded end."""
    REWRITTEN = "rewritten"
    """The chain is whole in itself but isn't the one whose head was signed."""


@dataclass(frozen=True)
class Problem:
    """The first thing found wrong."""

    fault: Fault
    sequence: int
    """The first bad row; for a missing row, the first that is missing."""
    message: str


@dataclass(frozen=True)
class Verdict:
    rows: int
    """Rows read, up to and with the bad one."""
    last: tuple[int, str]
    """Sequence and hash of the last good row; (0, GENESIS) for an empty chain."""
    heads: int
    """Signed heads that agreed."""
    problem: Problem | None


def netstrings(values: Iterable[object]) -> bytes:
    encoded = (str(value).encode() for value in values)
    return b"".join(b"%d:%s," % (len(value), value) for value in encoded)


def row_hash(row: Row) -> str:
    return hashlib.sha256(ROW_VERSION + netstrings(row[:-1])).hexdigest()


def encode_head(head: Head) -> bytes:
    """The bytes that are signed."""
    return HEAD_VERSION + netstrings((head.sequence, head.hash, head.count, head.at))


def instant(moment: datetime) -> str:
    """``2026-11-24T01:00:00.000000Z``: UTC, always with six decimals, so that text sorts as time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical_json(value: object) -> str:
    """One text for one value: sorted keys, no spaces, no escapes for readable characters.

    Dates become ISO 8601, decimals text, sets sorted lists. Raises TypeError for what JSON can't say,
    ValueError for NaN and infinity.
    """
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain
    )


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(
        f"{type(value).__name__} can't be written as JSON; expected text, numbers, lists, dictionaries"
    )


def link(contents: Iterable[Mapping[str, str]], last: tuple[int, str]) -> Iterator[Row]:
    """Rows that continue a chain ending in ``last`` (sequence, hash), from the fields between those two."""
    sequence, previous = last
    for content in contents:
        sequence += 1
        bare = Row(sequence=sequence, previous=previous, hash="", **content)
        previous = row_hash(bare)
        yield bare._replace(hash=previous)


def check(
    rows: Iterable[Row],
    heads: Iterable[Head] = (),
    *,
    start: tuple[int, str] = (0, GENESIS),
    end: tuple[int, str] | None = None,
) -> Verdict:
    """Walk the chain once, in the order given, and stop at the first bad row.

    ``heads``: those whose signature was found good. ``start``: the row before the first one given
    (sequence, hash), to check a part. ``end``: where the chain says it ends (sequence, hash), if it says so.
    """
    waiting = deque(sorted(head for head in heads if head.sequence > start[0]))
    last, signed, count, agreed = start, start[0], 0, 0
    for row in rows:
        count += 1
        problem = _problem_of_row(row, last)
        while problem is None and waiting and waiting[0].sequence == row.sequence:
            problem = _problem_of_head(waiting.popleft(), row, signed)
            if problem is None:
                agreed, signed = agreed + 1, row.sequence
        if problem is not None:
            return Verdict(count, last, agreed, problem)
        last = (row.sequence, row.hash)
    return Verdict(count, last, agreed, _problem_of_end(last, waiting, end))


def _problem_of_row(row: Row, last: tuple[int, str]) -> Problem | None:
    number, expected = row.sequence, last[0] + 1
    if number > expected:
        return Problem(
            Fault.MISSING, expected, f"row {expected} is missing: row {number} follows row {last[0]}"
        )
    if number < expected:
        message = f"row {number} stands after row {last[0]}: inserted, repeated or moved"
        return Problem(Fault.OUT_OF_ORDER, number, message)
    if row_hash(row) != row.hash:
        return Problem(Fault.EDITED, number, f"row {number} was edited: its content doesn't give its hash")
    if row.previous != last[1]:
        message = f"row {number} doesn't hold the hash of row {last[0]}: one of the two was replaced"
        return Problem(Fault.BROKEN_LINK, number, message)
    return None


def _problem_of_head(head: Head, row: Row, signed: int) -> Problem | None:
    """``signed``: the last row that a head agreed with."""
    if head.hash == row.hash and head.count == row.sequence:
        return None
    where = f"rows {signed + 1} to {row.sequence} were rewritten"
    if signed + 1 == row.sequence or signed == row.sequence:
        where = f"row {row.sequence} was rewritten"
    message = f"{where}: row {row.sequence} isn't the one whose hash was signed at {head.at}"
    return Problem(Fault.REWRITTEN, min(signed + 1, row.sequence), message)


def _problem_of_end(
    last: tuple[int, str], waiting: Sequence[Head], end: tuple[int, str] | None
) -> Problem | None:
    ends = f"the chain ends at row {last[0]}"
    if waiting:
        head, missing = waiting[-1], last[0] + 1
        message = f"row {missing} is missing: {ends}, but row {head.sequence} was signed at {head.at}"
        return Problem(Fault.TRUNCATED, missing, message)
    if end is None or end == last:
        return None
    if end[0] > last[0]:
        missing = last[0] + 1
        message = f"row {missing} is missing: {ends}, but the record of its end says row {end[0]}"
        return Problem(Fault.TRUNCATED, missing, message)
    added = min(end[0] + 1, last[0])
    return Problem(
        Fault.REWRITTEN, added, f"row {added} isn't on record: {ends}, the record says row {end[0]}"
    )
