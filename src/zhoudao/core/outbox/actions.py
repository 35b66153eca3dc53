"""Putting messages into the outbox, and what an administrator does with those that got stuck."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox import jobs, notices
from zhoudao.core.outbox.models import Letter, OutboxMessage
from zhoudao.core.outbox.rules import DROP, READ_LETTERS, RETRY, TRY, Channel, Kind, State
from zhoudao.core.statements import insert


class NotStuck(Exception):
    """The message isn't one that an administrator may retry or drop now."""

    http_status = 409


def enqueue_notice(
    channel: str,
    recipient: str,
    template: str,
    values: Mapping[str, object],
    language: str = "",
    *,
    key: str = "",
    run_at: datetime | None = None,
) -> OutboxMessage:
    """Send a notice once the caller's transaction commits.

    ``channel``: sms, email or letterbox. ``template``: see ``notices``. ``values``: text and numbers for
    it; sealed in the database, like the recipient, and wiped after delivery. ``key``: enqueueing the same
    key again changes nothing and returns a message with the first one's primary key. Raises ValueError for an
    unknown channel, TemplateDoesNotExist, RuntimeError outside a transaction.
    """
    language = language or settings.LANGUAGE_CODE
    notices.find(template, language)
    return _enqueue(
        key,
        run_at,
        kind=Kind.NOTICE,
        name=template,
        channel=Channel(channel).value,
        language=language,
        letter=json.dumps({"recipient": recipient, "values": dict(values)}, ensure_ascii=False, default=str),
    )


def enqueue_job(
    name: str, payload: Mapping[str, object] | None = None, run_at: datetime | None = None, *, key: str = ""
) -> OutboxMessage:
    """Run the job once the caller's transaction commits, not before ``run_at``.

    ``payload``: keyword arguments, JSON, no personal data. ``key``: as for notices. Raises LookupError
    for an unknown job, RuntimeError outside a transaction.
    """
    jobs.find(name)
    return _enqueue(key, run_at, kind=Kind.JOB, name=name, payload=dict(payload or {}))


def _enqueue(key: str, run_at: datetime | None, **content: object) -> OutboxMessage:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            "messages are enqueued with the business transaction: inside act, or transaction.atomic"
        )
    now = clock.now()
    message = OutboxMessage(
        key=key or secrets.token_hex(16), **{"enqueued_at": now, "due_at": run_at or now, **content}
    )
    # One statement, no savepoint and no look before or after: whoever enqueues holds locks that others wait for, and
    # it is nearly always new. Of one that is there the key is "changed" to the same, which tells which one it is.
    insert(message, known_by="key")
    return message


def try_channel(actor: Actor, channel: str, recipient: str) -> OutboxMessage:
    """Send a test notice. Raises ValueError for an unknown channel."""
    with act(actor, TRY, subject=f"channel:{channel}"):
        return enqueue_notice(channel, recipient, "outbox/try", {"channel": channel})


def retry(actor: Actor, message_id: int) -> OutboxMessage:
    """Try a message again that was given up. Raises NotStuck, OutboxMessage.DoesNotExist."""
    with act(actor, RETRY, subject=f"message:{message_id}") as entry:
        message = OutboxMessage.objects.select_for_update().get(pk=message_id)
        if message.state != State.GIVEN_UP:
            raise NotStuck(
                f"message {message_id} is {message.state}; only one that was given up can be retried"
            )
        message.state, message.tries, message.due_at, message.finished_at = (
            State.WAITING,
            0,
            clock.now(),
            None,
        )
        message.save(update_fields=["state", "tries", "due_at", "finished_at"])
        entry.note(kind=message.kind, name=message.name)
    return message


def retry_all(actor: Actor) -> int:
    """Try everything again that was given up; returns how many."""
    with act(actor, RETRY) as entry:
        stuck = OutboxMessage.objects.filter(state=State.GIVEN_UP)
        count = stuck.update(state=State.WAITING, tries=0, due_at=clock.now(), finished_at=None)
        entry.note(count=count)
    return count


def drop(actor: Actor, message_id: int, reason: str) -> None:
    """Give a message up for good and wipe what it said.

    Raises ValueError without a reason, NotStuck, OutboxMessage.DoesNotExist.
    """
    if not reason.strip():
        raise ValueError("dropping a message needs a reason")
    with act(actor, DROP, subject=f"message:{message_id}", purpose=reason.strip()) as entry:
        message = OutboxMessage.objects.select_for_update().get(pk=message_id)
        if message.state not in (State.WAITING, State.GIVEN_UP):
            raise NotStuck(
                f"message {message_id} is {message.state}; only a waiting or given-up one can be dropped"
            )
        message.state, message.letter, message.finished_at = State.DROPPED, "", clock.now()
        message.save(update_fields=["state", "letter", "finished_at"])
        entry.note(kind=message.kind, name=message.name)


def mark_read(actor: Actor, letter_id: int) -> None:
    """Raises Letter.DoesNotExist for a letter that is somebody else's."""
    with act(actor, READ_LETTERS, subject=f"letter:{letter_id}"):
        own = Q(recipient=actor.key) | Q(recipient=f"role:{actor.role}")
        letter = Letter.objects.filter(own).get(pk=letter_id)
        if letter.read_at is None:
            letter.read_at = clock.now()
            letter.save(update_fields=["read_at"])
