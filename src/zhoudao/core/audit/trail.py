"""Writing gathered entries to the chain: pseudonyms first, the head's lock last and briefly."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from django.db import connection

from zhoudao.core import clock
from zhoudao.core.access import Actor, Permission
from zhoudao.core.audit.models import AuditHead, AuditRow, PseudonymKey
from zhoudao.core.audit.rules import Outcome, network, persons_in, pseudonym, with_pseudonyms
from zhoudao.core.statements import ask, change, insert, read, together
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


def write(entries: Sequence[Entry], known: Mapping[str, str] = MappingProxyType({})) -> None:
    """Add the entries to the chain, in a transaction the caller opened and is about to commit.

    ``known``: pseudonyms that were looked up already.
    """
    names = {**known, **pseudonyms_of(persons(entries) - known.keys())}
    erased = [entry.erases for entry in entries if entry.erases and entry.outcome is Outcome.DONE]
    if erased:
        PseudonymKey.objects.filter(person__in=erased).delete()
    contents = [_content(entry, names) for entry in entries]
    end = _locked_end()
    now = clock.now()
    at = {"at": chain.instant(now)}
    rows = list(chain.link([at | content for content in contents], end))
    with together():
        insert(*(AuditRow(**{**row._asdict(), "at": now}) for row in rows))
        change(MOVE_HEAD, [rows[-1].sequence, rows[-1].hash, AuditHead.THE_ONE])


def pseudonyms_of(persons: Iterable[str]) -> dict[str, str]:
    """Person's key: pseudonym. A person not met before is given a key.

    New keys are made in sorted order, so that two transactions that meet the same two persons never
    wait for each other.
    """
    wanted = sorted(set(persons))
    names = known_pseudonyms(wanted)
    for person in wanted:
        if person not in names:
            row, _ = PseudonymKey.objects.get_or_create(
                person=person, defaults={"secret": secrets.token_hex(32)}
            )
            names[person] = pseudonym(bytes.fromhex(row.secret), person)
    return names


def known_pseudonyms(persons: Iterable[str]) -> dict[str, str]:
    """The same of those met before; makes no keys, so that nobody waits for who asks early."""
    wanted = sorted(persons)
    if not wanted:
        return {}
    slots = ", ".join(["%s"] * len(wanted))
    found = read(PseudonymKey, ("person", "secret"), f"WHERE person IN ({slots})", wanted)
    return {person: pseudonym(bytes.fromhex(secret), person) for person, secret in found}


def persons(entries: Sequence[Entry]) -> set[str]:
    return set().union(*(persons_in([entry.actor.key, entry.subject, entry.details]) for entry in entries))


# Every writer of the city waits here, so these two are said to the database as they are, without the ORM.
READ_HEAD = f"SELECT sequence, hash FROM {AuditHead._meta.db_table} WHERE id = %s"  # noqa: S608  our own table
MOVE_HEAD = f"UPDATE {AuditHead._meta.db_table} SET sequence = %s, hash = %s WHERE id = %s"  # noqa: S608


def _locked_end() -> tuple[int, str]:
    """The last row's number and hash; nobody else adds to the chain until this transaction is over."""
    # SQLite needs no row lock: BEGIN IMMEDIATE already made this the only writer.
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    found = ask(READ_HEAD + lock, [AuditHead.THE_ONE])
    if not found:
        AuditHead.objects.get_or_create(pk=AuditHead.THE_ONE, defaults={"sequence": 0, "hash": chain.GENESIS})
        found = ask(READ_HEAD + lock, [AuditHead.THE_ONE])
    [end] = found
    return end


def _content(entry: Entry, names: dict[str, str]) -> dict[str, str]:
    return {
        "actor": names.get(entry.actor.key, entry.actor.key),
        "role": str(entry.actor.role),
        "purpose": entry.purpose,
        "action": entry.permission.name,
        "subject": names.get(entry.subject, entry.subject),
        "details": chain.canonical_json(with_pseudonyms(entry.details, names)),
        "origin": network(entry.actor.origin),
        "outcome": str(entry.outcome),
    }
