"""What the platform forgets by itself (留存与清除), and the report of it.

Each rule says what, how long it is kept and why; what is due is erased once a day, and one row of the audit trail
says how much of each. What a room keeps of its own cases (applications, evidence) is that room's matter. The audit
trail itself is kept without end: a person is taken out of it by deleting their key (`zhoudao audit erase-person`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox.models import Letter
from zhoudao.operations.rules import RETAIN
from zhoudao.operations.watch.log_files import older_than

NOTICE_FILES_DAYS = 30
SIGN_INS_DAYS = 184
"""Tries to sign in are part of the network's log: six months (Cybersecurity Law, art. 21)."""
LETTERS_DAYS = 365


@dataclass(frozen=True)
class Rule:
    name: str
    kept_days: int
    """Days; 0: until it ends by itself."""
    why: str
    due: Callable[[], int]
    """How many would be erased now."""
    erase: Callable[[], int]
    """Erase them; how many there were."""


def rules() -> list[Rule]:
    """Every rule, in the order of docs/retention.md."""
    return [
        Rule(
            "logs", settings.LOG_DAYS, "Cybersecurity Law, art. 21: six months at least",
            lambda: sum(1 for _ in _old_logs()), lambda: _unlink(_old_logs()),
        ),
        Rule(
            "sign-in tries", SIGN_INS_DAYS, "lockout, and the network's log",
            lambda: sum(each.count() for each in _old_tries()),
            lambda: sum(each.delete()[0] for each in _old_tries()),
        ),
        Rule(
            "ended sessions", 0, "nothing: they are over",
            lambda: _ended_sessions().count(), lambda: _ended_sessions().delete()[0],
        ),
        Rule(
            "notices in files", NOTICE_FILES_DAYS, "a trial's notices, which hold names and numbers",
            lambda: sum(1 for _ in _old_notices()), lambda: _unlink(_old_notices()),
        ),
        Rule(
            "letters", LETTERS_DAYS, "their reader may look back for a year",
            lambda: _old_letters().count(), lambda: _old_letters().delete()[0],
        ),
    ]  # fmt: skip


def due(actor: Actor) -> dict[str, int]:
    """By rule: how many would be erased now. Changes nothing."""
    require(actor, RETAIN)
    return {rule.name: rule.due() for rule in rules()}


def run(actor: Actor) -> dict[str, int]:
    """Erase what is due, and write into the trail how much of each."""
    with act(actor, RETAIN, subject="retention") as entry:
        erased = {rule.name: rule.erase() for rule in rules()}
        entry.note(erased=erased)
    return erased


def _today() -> date:
    return clock.local(clock.machine_now()).date()


def _old_logs() -> Iterator[Path]:
    return older_than(settings.LOG_DIR, settings.LOG_DAYS, _today()) if settings.LOG_DIR else iter(())


def _old_tries() -> list[QuerySet[Any]]:
    before = clock.machine_now() - timedelta(days=SIGN_INS_DAYS)
    return [
        model.objects.filter(attempt_time__lt=before)
        for model in (AccessAttempt, AccessFailureLog, AccessLog)
    ]


def _ended_sessions() -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=clock.machine_now())


def _old_notices() -> Iterator[Path]:
    before = (clock.machine_now() - timedelta(days=NOTICE_FILES_DAYS)).timestamp()
    folder = settings.VAR / "notices"
    if folder.is_dir():
        yield from (path for path in sorted(folder.glob("*.txt")) if path.stat().st_mtime < before)


def _old_letters() -> QuerySet[Letter]:
    return Letter.objects.filter(arrived_at__lt=clock.now() - timedelta(days=LETTERS_DAYS))


def _unlink(paths: Iterator[Path]) -> int:
    count = 0
    for path in list(paths):
        path.unlink(missing_ok=True)
        count += 1
    return count
