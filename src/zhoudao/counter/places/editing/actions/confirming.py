"""Saying that an entry still holds, or that its phone failed: one press, kept with who and when."""

from __future__ import annotations

from datetime import timedelta

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.counter.places.editing import entries, officers
from zhoudao.counter.places.editing.models import Check
from zhoudao.counter.places.editing.problems import ChangedMeanwhile, NotFound
from zhoudao.counter.places.editing.rules import CONFIRM_ENTRY, Kind, Subject, fingerprint

SAME_PRESS = timedelta(minutes=10)
"""The same officer saying the same again within this time said it once."""


def confirm(actor: Actor, subject: Subject, seen: str = "") -> Check:
    """The entry holds as it stands; ``seen`` is the fingerprint of what the officer saw.

    Raises Forbidden, NotFound, ChangedMeanwhile.
    """
    return _check(actor, subject, holds=True, seen=seen)


def phone_failed(actor: Actor, subject: Subject, seen: str = "") -> Check:
    """Somebody called the entry's phone in vain. Raises as ``confirm``."""
    return _check(actor, subject, holds=False, seen=seen)


def confirm_guides(actor: Actor, point_code: str) -> Check:
    """All guides of a point hold. Raises Forbidden, NotFound."""
    point = entries.read(Subject(Kind.POINT, point_code))
    if point.values is None:
        raise NotFound(f"{point_code} is not in the directory")
    return _write(
        actor, Subject(Kind.GUIDE, f"{point_code}/{Check.ALL}"), point.district, point_code, holds=True
    )


def _check(actor: Actor, subject: Subject, *, holds: bool, seen: str) -> Check:
    standing = entries.read(subject)
    if standing.values is None:
        raise NotFound(f"{subject} is not in the directory")
    if seen and fingerprint(standing.values) != seen:
        raise ChangedMeanwhile(standing.values)
    return _write(actor, subject, standing.district, standing.point_code, holds=holds)


def _write(actor: Actor, subject: Subject, district: str, point_code: str, *, holds: bool) -> Check:
    now = clock.now()
    newest = Check.objects.filter(kind=subject.kind.value, key=subject.key).first()
    pressed_twice = (
        newest is not None
        and newest.officer_id == actor.user_id
        and newest.holds == holds
        and now - newest.at < SAME_PRESS
    )
    if newest is not None and pressed_twice:
        return newest
    with act(actor, CONFIRM_ENTRY, subject=str(subject), district=district or None) as entry:
        officer = officers.officer(actor, CONFIRM_ENTRY)
        entry.note(holds=holds)
        return Check.objects.create(
            kind=subject.kind.value,
            key=subject.key,
            point_code=point_code,
            holds=holds,
            at=now,
            officer=officer,
            officer_number=officer.staff_number,
            officer_role=officer.role,
        )
