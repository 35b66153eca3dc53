"""What is done with the trail itself: sign where it stands, check it, take a copy, erase a person from it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.audit import queries, signing
from zhoudao.core.audit.actions.acting import act
from zhoudao.core.audit.models import AuditRow, PseudonymKey
from zhoudao.core.audit.rules import (
    ERASE_PERSON,
    EXPORT_TRAIL,
    PERSON_KINDS,
    SIGN_HEAD,
    VERIFY_TRAIL,
    is_person,
)
from zhoudao.engines.seals import chain


class BrokenChain(Exception):
    """The chain isn't what it was when last signed, so its head isn't signed; verify it to see where."""


def sign_head(actor: Actor) -> signing.SignedHead:
    """Sign where the chain stands and write it to the heads folder.

    Looks first whether the chain still holds the last head that was signed, so that a rewritten one is never
    blessed. Raises BrokenChain, BadSigningKey, OSError.
    """
    with act(actor, SIGN_HEAD) as entry:
        private = signing.private_key()
        end = queries.recorded_end()
        _refuse_broken(end)
        rows = AuditRow.objects.filter(sequence__lte=end[0]).count()
        head = chain.Head(end[0], end[1], rows, chain.instant(clock.now()))
        signed = signing.sign(head, private)
        signing.append(signed, settings.AUDIT_HEADS_DIR)
        entry.note(sequence=head.sequence, key=signed.key)
    return signed


def _refuse_broken(end: tuple[int, str]) -> None:
    # Others write meanwhile. A row and its record come in one transaction, so that the last row of an honest chain lies
    # between two looks at the record.
    last_row = queries.last_row()[0]
    is_there = queries.hash_at(end[0]) == end[1] if end[0] else True
    if not is_there or not end[0] <= last_row <= queries.recorded_end()[0]:
        raise BrokenChain(f"the last row isn't the one on record, row {end[0]}")
    heads, _ = signing.read_heads(settings.AUDIT_HEADS_DIR)
    last = max((signed.head for signed in heads), default=None)
    if last is not None and last.sequence and queries.hash_at(last.sequence) != last.hash:
        raise BrokenChain(f"row {last.sequence} is gone or isn't the one whose hash was signed at {last.at}")


def verify(
    actor: Actor,
    *,
    newest: int | None = None,
    heads: Path | None = None,
    keys: Sequence[Ed25519PublicKey] | None = None,
) -> queries.Check:
    """``queries.verify``, and a row that says it was done and what it found.

    The walk is outside the transaction: on SQLite a long one would keep every writer waiting.
    """
    found = queries.verify(actor, newest=newest, heads=heads, keys=keys)
    with act(actor, VERIFY_TRAIL) as entry:
        entry.note(rows=found.verdict.rows, whole=found.whole)
    return found


def export(actor: Actor, path: Path) -> int:
    """Write every row to ``path`` as JSON lines, for ``tools/verify_audit.py``; returns how many.

    The file appears whole or not at all. Raises OSError.
    """
    require(actor, EXPORT_TRAIL)
    end = queries.recorded_end()
    rows = 0
    with whole_file(path) as file:
        for row in queries.chain_rows(up_to=end[0]):
            file.write(json.dumps(row._asdict(), ensure_ascii=False) + "\n")
            rows += 1
    with act(actor, EXPORT_TRAIL) as entry:
        entry.note(rows=rows)
    return rows


def begin_table(actor: Actor, wanted: queries.Filter) -> None:
    """Remember that the rows that match are about to be taken away as a table."""
    with act(actor, EXPORT_TRAIL) as entry:
        entry.note(**{name: value for name, value in vars(wanted).items() if value})


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A text file that takes its name only when everything in it is on the disk."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def erase_person(actor: Actor, person: str) -> bool:
    """Delete the key that ties ``person`` ("user:12") to their rows; False when there was none.

    The rows stay, whole in the chain. Rows of the same transaction still carry the old pseudonym; should
    the person act again, they are somebody new. Raises ValueError for a key that names no person.
    """
    if not is_person(person):
        raise ValueError(
            f"{person!r} names no person; expected one of {', '.join(PERSON_KINDS)}, as in user:12"
        )
    with act(actor, ERASE_PERSON) as entry:
        known = PseudonymKey.objects.filter(person=person).exists()
        entry.note(found=known)
        if known:
            entry.subject, entry.erases = person, person
    return known
