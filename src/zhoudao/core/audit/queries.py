"""Reading and checking the trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from zhoudao.core.access import Actor, require
from zhoudao.core.audit import guard, signing
from zhoudao.core.audit.models import AuditHead, AuditRow
from zhoudao.core.audit.rules import EXPORT_TRAIL, READ_TRAIL, VERIFY_TRAIL
from zhoudao.engines.seals import chain

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """Which rows to show; an empty field doesn't filter."""

    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""
    action: str = ""
    role: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Page:
    rows: list[AuditRow]
    """Newest first."""
    older: int | None
    """Give it as ``before`` for the next page; None when there is none."""


@dataclass(frozen=True)
class Check:
    """What a verification found."""

    verdict: chain.Verdict
    first: int
    """The sequence the check began at: 1, unless only the newest part was asked for."""
    head_problems: list[str]
    """Lines of the heads folder that hold no good head."""
    guarded: bool
    """Whether the triggers that refuse changes are in place."""

    @property
    def whole(self) -> bool:
        return self.verdict.problem is None and not self.head_problems and self.guarded


def page(actor: Actor, wanted: Filter, before: int | None = None) -> Page:
    """``PAGE`` rows, newest first, in one query."""
    require(actor, READ_TRAIL)
    found = _filtered(wanted)
    if before is not None:
        found = found.filter(sequence__lt=before)
    rows = list(found.order_by("-sequence")[: PAGE + 1])
    older = rows[PAGE - 1].sequence if len(rows) > PAGE else None
    return Page(rows[:PAGE], older)


def rows_after(actor: Actor, wanted: Filter, after: int, limit: int = 1000) -> list[AuditRow]:
    """The next ``limit`` rows that match, oldest first, for walking through all of them."""
    require(actor, EXPORT_TRAIL)
    return list(_filtered(wanted).filter(sequence__gt=after).order_by("sequence")[:limit])


def _filtered(wanted: Filter) -> QuerySet[AuditRow]:
    found = AuditRow.objects.all()
    if wanted.since is not None:
        found = found.filter(at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(at__lt=wanted.until)
    for name in ("action", "role", "outcome"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    return found


def chain_rows(after: int = 0, up_to: int | None = None) -> Iterator[chain.Row]:
    """The rows as they were hashed, in order."""
    found = AuditRow.objects.filter(sequence__gt=after).order_by("sequence")
    if up_to is not None:
        found = found.filter(sequence__lte=up_to)
    for values in found.values_list(*chain.Row._fields).iterator(chunk_size=2000):
        yield chain.Row(*values)._replace(at=chain.instant(values[1]))


def recorded_end() -> tuple[int, str]:
    """Sequence and hash of the last row, as the chain's own record says."""
    return AuditHead.objects.values_list("sequence", "hash").first() or (0, chain.GENESIS)


def last_row() -> tuple[int, str]:
    """Sequence and hash of the last row that is there."""
    return AuditRow.objects.order_by("-sequence").values_list("sequence", "hash").first() or (
        0,
        chain.GENESIS,
    )


def last_moment() -> datetime | None:
    """When the last row was written; None before the first."""
    return AuditRow.objects.order_by("-sequence").values_list("at", flat=True).first()


def hash_at(sequence: int) -> str | None:
    return AuditRow.objects.filter(sequence=sequence).values_list("hash", flat=True).first()


def verify(
    actor: Actor,
    *,
    newest: int | None = None,
    heads: Path | None = None,
    keys: Sequence[Ed25519PublicKey] | None = None,
) -> Check:
    """Walk the chain, whole or its ``newest`` rows, against the signed heads in ``heads``.

    Rows that arrive meanwhile are left for the next time. Writes nothing.
    """
    require(actor, VERIFY_TRAIL)
    keys = [signing.private_key().public_key()] if keys is None else keys
    found, unread = signing.read_heads(
        heads or settings.AUDIT_HEADS_DIR
    )  # before the end: none is later than it
    good, unsigned = signing.check_signatures(found, keys)
    end, stray = _end_and_stray_row()
    start = _start(end[0], newest)
    verdict = chain.check(chain_rows(after=start[0], up_to=end[0]), good, start=start, end=end)
    if verdict.problem is None and stray is not None:
        message = f"row {stray} isn't on record: the record of the chain's end says row {end[0]}"
        verdict = replace(verdict, problem=chain.Problem(chain.Fault.OUT_OF_ORDER, stray, message))
    return Check(verdict, start[0] + 1, unread + unsigned, guard.present(connection))


def _end_and_stray_row() -> tuple[tuple[int, str], int | None]:
    """The recorded end, and the first row beyond it if there is one: both as of one moment, in one query."""
    beyond = (
        AuditRow.objects.filter(sequence__gt=OuterRef("sequence")).order_by("sequence").values("sequence")
    )
    record = AuditHead.objects.annotate(beyond=Subquery(beyond[:1])).first()
    if record is None:
        return (0, chain.GENESIS), AuditRow.objects.order_by("sequence").values_list(
            "sequence", flat=True
        ).first()
    return (record.sequence, record.hash), record.beyond


def _start(last: int, newest: int | None) -> tuple[int, str]:
    before = 0 if newest is None else max(0, last - newest)
    return (before, hash_at(before) or chain.GENESIS) if before else (0, chain.GENESIS)
