"""One try: claim a due message, do it, and write down what came of it.

Claiming and finishing are a statement each with the work between them, so no lock is held while a gateway
thinks. What a worker that ends in between had in hand is tried again, when the next worker sees that it
ended, or else when its lease does: at least once, never lost.
"""

from __future__ import annotations

import json
import logging
import secrets
import traceback
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from zhoudao.core import clock
from zhoudao.core.outbox import adapters, jobs, notices
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.outbox.rules import LEASE, TRIES, Kind, State, pause
from zhoudao.core.wall.halves import of_module
from zhoudao.core.wall.standing import within

log = logging.getLogger(__name__)


def deliver_next(mark: str = "") -> bool:
    """Try the message that has been due longest; False when none is due. ``mark``: the worker's."""
    message = claim(mark)
    if message is None:
        return False
    try:
        _do(message)
    except Exception as error:
        _put_back(message, error)
    else:
        _finish(message, state=State.DELIVERED, letter="", finished_at=clock.now(), last_error="")
    return True


def claim(mark: str = "") -> OutboxMessage | None:
    """Take the message that has been due longest, for the length of its lease; None when none is due.

    Looked for outside any transaction and taken by one statement, which changes it only if nobody else has: whoever
    comes second looks again. A transaction round both would hold SQLite's only write lock for as long as another
    thread of this worker, at a heavy job, keeps this one from running.
    """
    now = clock.now()
    due = OutboxMessage.objects.filter(state__in=[State.WAITING, State.CLAIMED], due_at__lte=now)
    while (message := due.order_by("due_at", "pk").first()) is not None:
        found = OutboxMessage.objects.filter(
            pk=message.pk, state=message.state, due_at=message.due_at, claim=message.claim
        )
        message.state, message.claim = State.CLAIMED, mark + secrets.token_hex(16 - len(mark) // 2)
        message.tries += 1
        message.due_at = now + _lease_of(message)
        if not found.update(
            state=message.state, claim=message.claim, tries=message.tries, due_at=message.due_at
        ):
            continue
        if message.tries <= TRIES:
            return message
        # It never came back: it takes its worker down each time.
        _finish(message, state=State.GIVEN_UP, finished_at=now, last_error="no worker came back from it")
    return None


def take_back(mark: str) -> int:
    """Put back what a worker that ended had in hand, each with a pause, since it may be what killed it; how many."""
    left = list(OutboxMessage.objects.filter(state=State.CLAIMED, claim__startswith=mark))
    for message in left:
        log.warning("%s %s, try %d: its worker ended", message.kind, message.name, message.tries)
        due = clock.now() + pause(message.key, message.tries)
        _finish(message, state=State.WAITING, due_at=due, last_error="its worker ended")
    return len(left)


def _lease_of(message: OutboxMessage) -> timedelta:
    try:
        return jobs.find(message.name).lease if message.kind == Kind.JOB else LEASE
    except LookupError:  # said when it is run
        return LEASE


def _do(message: OutboxMessage) -> None:
    if message.kind == Kind.JOB:
        job = jobs.find(message.name)
        with within(of_module(job.function.__module__)):
            job.function(**message.payload)
        return
    letter = json.loads(message.letter)
    words = notices.write(message.name, letter["values"], message.language)
    deliver = adapters.choose(message.channel, settings.NOTICE_ADAPTERS)
    deliver(
        adapters.Outgoing(
            message.key, message.channel, letter["recipient"], words.subject, words.text, message.language
        )
    )


def _put_back(message: OutboxMessage, error: Exception) -> None:
    reason = _describe(error)
    log.warning("%s %s, try %d: %s", message.kind, message.name, message.tries, reason)
    now = clock.now()
    if message.tries >= TRIES or (isinstance(error, adapters.NotDelivered) and error.for_good):
        _finish(message, state=State.GIVEN_UP, finished_at=now, last_error=reason)
    else:
        due = now + pause(message.key, message.tries)
        _finish(message, state=State.WAITING, due_at=due, last_error=reason)


def _describe(error: Exception) -> str:
    """What went wrong, without the error's own words, unless they are ours: they may quote a person's
    data.
    """
    if isinstance(error, adapters.NotDelivered):
        return str(error)[:300]
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.name} ({Path(frame.filename).name}:{frame.lineno})"[:300]


def _finish(message: OutboxMessage, **changes: object) -> None:
    """Write down what came of it, unless the lease was lost and another worker has it by now."""
    held = OutboxMessage.objects.filter(pk=message.pk, state=State.CLAIMED, claim=message.claim)
    if not held.update(claim="", **changes):
        log.warning("%s %s: finished after its lease had ended", message.kind, message.name)
