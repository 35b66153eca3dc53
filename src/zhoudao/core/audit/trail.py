"""Writing gathered entries to the chain: pseudonyms first, the head's lock last and briefly."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from zhoudao.core import clock
from zhoudao.core.access import Actor, Permission
from zhoudao.core.audit.models import AuditHead, AuditRow, PseudonymKey
from zhoudao.core.audit.rules import Outcome, network, persons_in, pseudonym, with_pseudonyms
from zhoudao.engines.seals import chain


@dataclass(eq=False)
class Entry:
    """What an action says of itself; becomes one row when the outermost transaction is about to commit."""

    actor: Actor
    permission: Permission
    subject: str
    purpose: str
    outcome: Outcome = Outcome.DONE
    details: dict[str, object] = field(default_factory=dict)
    erases: str = ""
    """A person whose key is deleted once this transaction's rows have been given their pseudonyms."""

    def note(self, **details: object) -> None:
        """Add facts to the row: codes, counts and field names, never a person's data.

        Raises TypeError for what JSON can't hold, here rather than at the end of the transaction.
        """
        chain.canonical_json(details)
        self.details.update(details)


def write(entries: Sequence[Entry]) -> None:
    """Add the entries to the chain, in a transaction the caller opened and is about to commit."""
    names = pseudonyms_of(_persons(entries))
    erased = [entry.erases for entry in entries if entry.erases and entry.outcome is Outcome.DONE]
    PseudonymKey.objects.filter(person__in=erased).delete()
    head = _locked_head()
    now = clock.now()
    contents = [_content(entry, now, names) for entry in entries]
    rows = list(chain.link(contents, (head.sequence, head.hash)))
    AuditRow.objects.bulk_create(AuditRow(**{**row._asdict(), "at": now}) for row in rows)
    head.sequence, head.hash = rows[-1].sequence, rows[-1].hash
    head.save(update_fields=["sequence", "hash"])


def pseudonyms_of(persons: Iterable[str]) -> dict[str, str]:
    """Person's key: pseudonym. A person not met before is given a key.

    New keys are made in sorted order, so that two transactions that meet the same two persons never
    wait for each other.
    """
    wanted = sorted(set(persons))
    known = dict(PseudonymKey.objects.filter(person__in=wanted).values_list("person", "secret"))
    for person in wanted:
        if person not in known:
            row, _ = PseudonymKey.objects.get_or_create(
                person=person, defaults={"secret": secrets.token_hex(32)}
            )
            known[person] = row.secret
    return {person: pseudonym(bytes.fromhex(secret), person) for person, secret in known.items()}


def _persons(entries: Sequence[Entry]) -> set[str]:
    return set().union(*(persons_in([entry.actor.key, entry.subject, entry.details]) for entry in entries))


def _locked_head() -> AuditHead:
    # SQLite needs no row lock: BEGIN IMMEDIATE already made this the only writer.
    head, _ = AuditHead.objects.select_for_update().get_or_create(
        pk=AuditHead.THE_ONE, defaults={"sequence": 0, "hash": chain.GENESIS}
    )
    return head


def _content(entry: Entry, now: datetime, names: dict[str, str]) -> dict[str, str]:
    return {
        "at": chain.instant(now),
        "actor": names.get(entry.actor.key, entry.actor.key),
        "role": str(entry.actor.role),
        "purpose": entry.purpose,
        "action": entry.permission.name,
        "subject": names.get(entry.subject, entry.subject),
        "details": chain.canonical_json(with_pseudonyms(entry.details, names)),
        "origin": network(entry.actor.origin),
        "outcome": str(entry.outcome),
    }
