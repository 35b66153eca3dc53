"""Reading and checking the trail."""

from __future__ import annotations

from collections.abc import Iterator

from zhoudao.core.access import Actor, require
from zhoudao.core.audit.models import AuditHead, AuditRow
from zhoudao.core.audit.rules import VERIFY_TRAIL
from zhoudao.engines.seals import chain


def chain_rows(after: int = 0, up_to: int | None = None) -> Iterator[chain.Row]:
    """The rows as they were hashed, in order, a few thousand in memory at a time."""
    found = AuditRow.objects.filter(sequence__gt=after).order_by("sequence")
    if up_to is not None:
        found = found.filter(sequence__lte=up_to)
    for values in found.values_list(*chain.Row._fields).iterator(chunk_size=2000):
        row = chain.Row(*values)
        yield row._replace(at=chain.instant(values[1]))


def recorded_end() -> tuple[int, str]:
    """Sequence and hash of the last row, as the chain's own record says."""
    return AuditHead.objects.values_list("sequence", "hash").first() or (0, chain.GENESIS)


def verify(actor: Actor) -> chain.Verdict:
    require(actor, VERIFY_TRAIL)
    return chain.check(chain_rows(), end=recorded_end())
