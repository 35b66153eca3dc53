"""Taking files in, opening them, and sweeping up.

    content = files.receive(upload)                    # to the disk, checked; before the transaction
    with act(actor, SUBMIT, subject="application:17"):
        files.keep(actor, content, room="applications", subject="application:17")

A content whose transaction is rolled back is referred to by no row, and swept a day later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from zhoudao.core import clock
from zhoudao.core.access import Actor, Forbidden
from zhoudao.core.audit.actions import act
from zhoudao.core.files import owners, rules, store
from zhoudao.core.files.models import StoredFile
from zhoudao.core.files.rules import KEEP, OPEN, SEAL, SWEEP, kind_named
from zhoudao.core.files.store import Content

YOUNG = timedelta(days=1)
"""Content younger than this may belong to a transaction that hasn't committed yet."""


class Upload(Protocol):
    """Django's UploadedFile, or anything that says its name and gives its bytes in chunks."""

    @property
    def name(self) -> str | None: ...
    def chunks(self) -> Iterable[bytes]: ...


def receive(upload: Upload) -> Content:
    """Write an upload to the store and find out what it is. Raises BadFile, CannotStore; then nothing is
    left.
    """
    name = rules.clean_name(upload.name or "")
    return store.receive(upload.chunks(), name, rules.claimed_kind(name))


def keep(actor: Actor, content: Content, *, room: str, subject: str) -> StoredFile:
    """Say whom a received content belongs to. The room has checked its own permission."""
    with act(actor, KEEP, subject=subject) as entry:
        entry.note(room=room, kind=content.kind.code, size=content.size, content=content.address)
        return StoredFile.objects.create(
            address=content.address,
            size=content.size,
            kind=content.kind.code,
            name=content.name,
            room=room,
            subject=subject,
            stored_at=clock.now(),
        )


def open_file(actor: Actor, file_id: int) -> tuple[StoredFile, Iterator[bytes]]:
    """A file and its content in pieces, after its room agreed.

    Raises StoredFile.DoesNotExist, Forbidden, FileNotFoundError; ``sealing.Broken`` while it is read.
    """
    with act(actor, OPEN, subject=f"file:{file_id}") as entry:
        stored = StoredFile.objects.get(pk=file_id)
        entry.note(room=stored.room, of=stored.subject)
        if not owners.may_open(actor, stored.room, stored.subject):
            raise Forbidden(actor, OPEN, None)
    return stored, store.open_content(stored.address)


def sweep(actor: Actor) -> int:
    """Delete what no row refers to and what a crash left half received; returns how many files."""
    with act(actor, SWEEP) as entry:
        swept = sum(_sweep_away(path) for path in _forgotten())
        entry.note(files=swept)
    return swept


def seal_plain(actor: Actor) -> int:
    """Seal what a release that didn't seal kept in plain; returns how many contents. Raises BadFile, CannotStore."""
    done = 0
    for path in store.plain_contents():
        rows = StoredFile.objects.filter(address=path.name)
        first = rows.first()
        if first is None:
            continue  # the sweeper's
        with path.open("rb") as file:
            content = store.receive(iter(lambda: file.read(store.PIECE), b""), "kept", kind_named(first.kind))
        with act(actor, SEAL, subject=f"file:{first.pk}") as entry:
            entry.note(content=content.address, files=rows.update(address=content.address))
        path.unlink()
        done += 1
    return done


def _forgotten() -> Iterable[Path]:
    yield from store.incoming().glob("*")
    for path in (*store.sealed_contents(), *store.plain_contents()):
        if not StoredFile.objects.filter(address=path.name).exists():
            yield path


def _sweep_away(path: Path) -> bool:
    # The disk's clock, not the city's: it is what the disk writes.
    age = clock.machine_now().timestamp() - path.stat().st_mtime
    if age < YOUNG.total_seconds():
        return False
    path.unlink()
    return True
