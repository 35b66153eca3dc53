"""Opening an audited action: permission check, one transaction, one row of the trail.

    with act(actor, EDIT_POINT, subject=f"point:{code}", district=point.district) as entry:
        ...write...
        entry.note(changed=["phone"])

An action opened inside another joins its transaction (as a savepoint) and adds its own row. The rows
are gathered and written by the outermost one just before it commits, so the chain is locked last and
briefly. ``act`` must itself be the outermost transaction: inside somebody else's ``atomic`` a refusal's
row is lost with that transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DatabaseError, transaction

from zhoudao.core.access import Actor, Forbidden, Permission, require
from zhoudao.core.audit import trail
from zhoudao.core.audit.rules import Outcome
from zhoudao.core.audit.trail import Entry
from zhoudao.core.audit.turns import own_turn

log = logging.getLogger(__name__)
_gathered: ContextVar[list[Entry] | None] = ContextVar("audit_entries", default=None)


@contextmanager
def act(
    actor: Actor,
    permission: Permission,
    *,
    subject: str = "",
    district: str | None = None,
    purpose: str = "",
    before: Callable[[], object] | None = None,
) -> Iterator[Entry]:
    """Do something that the trail remembers.

    ``subject``: what it is done to, as ``kind:key``; persons (``user:``, ``resident:`` ...) are kept as
    pseudonyms. ``purpose``: why, when the law asks for a reason. ``before``: what can be read and worked out before the
    transaction, so that nobody waits for it: called once the permission is there, and remembered as the action when it
    raises. Raises Forbidden, after the refusal has been written.
    """
    entry = Entry(actor, permission, subject, purpose)
    if district is not None:
        entry.note(district=district)
    outer = _gathered.get()
    if outer is not None:
        with _joined(entry, outer, district, before):
            yield entry
        return
    gathered = [entry]
    token = _gathered.set(gathered)
    try:
        with _outcome(entry, gathered):
            require(actor, permission, district)
            if before is not None:
                before()
            with own_turn(), transaction.atomic():
                names = trail.known_pseudonyms(trail.persons(gathered))  # before the action takes any lock
                yield entry
                trail.write(gathered, names)
    except BaseException:
        _write_what_was_rolled_back(gathered)
        raise
    finally:
        _gathered.reset(token)


@contextmanager
def _joined(
    entry: Entry, gathered: list[Entry], district: str | None, before: Callable[[], object] | None
) -> Iterator[None]:
    entry.purpose = entry.purpose or gathered[0].purpose
    gathered.append(entry)
    with _outcome(entry, gathered):
        require(entry.actor, entry.permission, district)
        if before is not None:
            before()
        with transaction.atomic():
            yield


@contextmanager
def _outcome(entry: Entry, gathered: list[Entry]) -> Iterator[None]:
    """Mark the entry refused or failed; forget what was done inside it, since that is rolled back with it."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, Forbidden):
            entry.outcome = Outcome.REFUSED
            _remember(error)
        else:
            entry.outcome = Outcome.FAILED
            entry.note(error=type(error).__name__)
        inside = gathered.index(entry) + 1
        gathered[inside:] = [other for other in gathered[inside:] if other.outcome is not Outcome.DONE]
        raise


def _write_what_was_rolled_back(gathered: list[Entry]) -> None:
    try:
        with own_turn(), transaction.atomic():
            trail.write(gathered)
    except DatabaseError as error:  # the error that is being raised already is the one worth seeing
        log.error("no audit row for %s: %s", gathered[0].permission.name, error)


def record_refusal(refusal: Forbidden) -> None:
    """Write a refusal that no ``act`` saw: a query's. The page that shows 403 calls it."""
    if not getattr(refusal, "audited", False):
        entry = Entry(refusal.actor, refusal.permission, "", "", Outcome.REFUSED)
        if refusal.district is not None:
            entry.note(district=refusal.district)
        _write_what_was_rolled_back([entry])
        _remember(refusal)


def _remember(refusal: Forbidden) -> None:
    """Mark a refusal as written, so that it isn't written again on its way to the page."""
    refusal.audited = True  # type: ignore[attr-defined]
