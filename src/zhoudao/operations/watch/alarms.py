"""What turned bad is told to the administrators once, told again after a day, and told when it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.core.signs import Level
from zhoudao.operations.models import Alarm
from zhoudao.operations.rules import TELL
from zhoudao.operations.watch import reading
from zhoudao.operations.watch.reading import Read

AGAIN_AFTER = timedelta(days=1)
TO = "role:administrator"


def tell(actor: Actor) -> list[str]:
    """Read every sign and tell what changed for the worse or got well; returns the signs that were told of."""
    read = reading.read_all()
    now = clock.now()
    with act(actor, TELL) as entry:
        known = {alarm.sign: alarm for alarm in Alarm.objects.select_for_update()}
        told = [each.sign.name for each in read if _tell_of(each, known.get(each.sign.name), now)]
        entry.note(told=told, bad=[each.sign.name for each in read if each.reading.level is Level.BAD])
    return told


def _tell_of(each: Read, alarm: Alarm | None, now: datetime) -> bool:
    level = each.reading.level
    alarm = alarm or Alarm(sign=each.sign.name, level=Level.WELL.value, since=now)
    was_told = alarm.told_at is not None
    due = level is Level.BAD and (alarm.told_at is None or now - alarm.told_at >= AGAIN_AFTER)
    over = level is Level.WELL and was_told
    if alarm.level != level.value:
        alarm.level, alarm.since = level.value, now
    if due:
        alarm.told_at = now
    elif over:
        alarm.told_at = None
    alarm.save()
    if due or over:
        values = {"sign": each.sign.name, "words": each.reading.words, "since": clock.local(alarm.since).isoformat()}
        template = "operations/bad" if due else "operations/well"
        enqueue_notice("letterbox", TO, template, values, key=f"{each.sign.name}:{level.value}:{now.isoformat()}")
    return due or over
