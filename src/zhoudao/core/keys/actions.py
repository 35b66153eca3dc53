"""Blind indexes, and the life of keys: rotate and retire."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import transaction

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.keys import columns, contents, keyring, queries, rules, trail

BATCH = 500
"""Rows that one transaction of a rotation rewrites: small, so that other writers never wait long."""


def blind_index(purpose: str, value: str) -> str:
    """64 hexadecimal digits for looking up a sealed value: HMAC-SHA-256 under a key of its own for each
    ``purpose``.

    Equal values have equal indexes within a purpose and unrelated ones across purposes. Normalise before:
    the index of "１２" is not the index of "12".
    """
    return keyring.get().blind(purpose, value)


@dataclass(frozen=True)
class Rotation:
    version: int
    """The data key that everything is sealed under now."""
    resumed: bool
    """An earlier rotation had been interrupted, and this one finished it instead of making another key."""
    rewritten: dict[str, int]
    """Values sealed again, by table and column, and contents by the room that keeps them."""


def rotate(actor: Actor, report: Callable[[str, int], None] = lambda column, rows: None) -> Rotation:
    """Make a new data key and seal every stored value again under it, in batches, while the platform runs.

    Killed at any moment, it leaves every value readable; run again, it finishes what was begun, without
    making yet another key. ``report`` is told each column and the rows done in it so far. Raises BadKeyring,
    CannotUnseal.
    """
    with _alone():
        ring = keyring.get()
        queries.verify()
        current = ring.current.version
        resumed = any(
            column.not_under(current, 1) for column in columns.existing()
        ) or contents.count() > contents.count(current)
        with trail.act(actor, rules.ROTATE, subject="keys:data") as entry:
            if not resumed:
                keyring.save(ring.with_new_data_key())
            version = keyring.get().current.version
            entry.note(step="began", version=version, resumed=resumed)
        rewritten = {str(column): _rewrite(column, report) for column in columns.existing()}
        for name, kept in contents.registered().items():
            rewritten[name] = kept.rewrite(partial(report, name))
        with trail.act(actor, rules.ROTATE, subject="keys:data") as entry:
            entry.note(step="finished", version=version, rewritten=rewritten)
    return Rotation(version, resumed, rewritten)


def retire(actor: Actor) -> list[int]:
    """Remove the data keys that nothing stored is sealed under; returns their versions.

    A backup made before the rotation still needs them: keep the older key file with that backup.
    """
    with _alone(), trail.act(actor, rules.RETIRE, subject="keys:data") as entry:
        ring = keyring.get()
        gone = rules.retirable(ring.data_keys, queries.values_by_version(ring), clock.machine_now())
        entry.note(versions=gone)
        if gone:
            keyring.save(ring.without(gone))
    return gone


def _rewrite(column: columns.SealedColumn, report: Callable[[str, int], None]) -> int:
    done, last = 0, None
    while True:
        ring = keyring.get()
        current = ring.current.version
        with transaction.atomic(using=column.database):
            rows = (
                column.not_under(current, BATCH)
                if last is None
                else column.not_under_after(current, last, BATCH)
            )
            for key, token in rows:
                done += column.put(key, token, ring.seal(ring.unseal(token, str(column)), str(column)))
                last = key
        if not rows:
            return done
        report(str(column), done)


@contextmanager
def _alone() -> Iterator[None]:
    """One rotation at a time, whatever the number of machines' shells that start one on this key file."""
    if keyring.from_environment():
        yield  # saving will refuse; finishing a rewrite is safe to do twice
        return
    keyring.get()
    with Path(keyring.get().source).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise keyring.BadKeyring(
                "another rotation is under way on this key file: wait until it has finished"
            ) from None
        yield
