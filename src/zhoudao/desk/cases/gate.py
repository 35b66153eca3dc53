"""The gate: every look and every change at the desk passes here, and leaves a row in the audit trail.

    with gate.inside(actor, number, LOOK, seeing="ledger") as inside:
        inside.case, inside.member, inside.vault

It refuses who is no member, whose duty doesn't reach that far, who has not said what for (a sitting), an expired basis,
and a change of a closed case. To somebody who is no member, a case that is there looks like one that isn't.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor, Forbidden, Permission, allowed, require
from zhoudao.core.audit.actions import Entry, act
from zhoudao.core.look import refusals
from zhoudao.desk.cases import rules, vault
from zhoudao.desk.cases.models import Case, Member, Sitting
from zhoudao.desk.cases.rules import EVERY_DUTY, Duty, Refusal

TOUCH_EVERY = timedelta(minutes=1)
"""A sitting's last sign of life is written at most this often."""


class NoSuchCase(Exception):
    """There is no such case, or the actor isn't in it."""

    http_status = 404


class NotEntered(Exception):
    """The member has not said what they enter for; the page that asks is the way in."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"case {number} was not entered")


class CaseRefuses(refusals.Refusal):
    """The case itself can't be worked in: expired, closed, destroyed, not filed (403)."""

    http_status = 403

    def __init__(self, why: Refusal) -> None:
        self.why = why
        what, todo = _words(why)
        super().__init__(what, kept=_("Nothing was changed. The attempt is in the audit trail."), todo=todo)


@dataclass
class Inside:
    """A member inside a case, for the length of one request or action."""

    case: Case
    member: Member
    sitting: Sitting | None
    entry: Entry

    @property
    def duty(self) -> Duty:
        return Duty(self.member.duty)

    @cached_property
    def vault(self) -> vault.Vault:
        return vault.of(self.case)


@contextmanager
def inside(
    actor: Actor,
    number: str,
    permission: Permission,
    *,
    duties: Collection[Duty] = EVERY_DUTY,
    writing: bool = False,
    freezing: bool = False,
    though_expired: bool = False,
    seated: bool = True,
    seeing: str = "",
) -> Iterator[Inside]:
    """Do or see something in case ``number``, audited with the sitting's purpose.

    ``seeing``: what is looked at, in a word, for the trail. ``seated``: a sitting is needed (the way in is not).
    ``though_expired``: what renews or ends a case must work when its basis has expired. Raises Forbidden, NoSuchCase,
    NotEntered, CaseRefuses.
    """
    sitting = _sitting(actor, number) if seated and allowed(actor, permission) else None
    purpose = sitting.purpose if sitting else ""
    with act(actor, permission, subject=f"case:{number}", purpose=purpose) as entry:
        if seeing:
            entry.note(seeing=seeing)
        member = _membership(actor, number, writing)
        case = member.case
        if member.duty not in duties:
            raise Forbidden(actor, permission, None)
        why = rules.refusal(case.state, clock.now(), writing=writing, freezing=freezing)
        if why is not None and not (why is Refusal.EXPIRED and though_expired):
            raise CaseRefuses(why)
        yield Inside(case, member, sitting, entry)


def look(
    actor: Actor,
    number: str,
    permission: Permission = rules.LOOK,
    *,
    duties: Collection[Duty] = EVERY_DUTY,
    seeing: str,
    **noted: object,
) -> Inside:
    """``inside`` for a read: the row is written, the transaction is over, and the reading may take its time.

    ``noted``: names of filters and codes, never a person's data. Raises as ``inside``.
    """
    with inside(actor, number, permission, duties=duties, seeing=seeing) as here:
        here.entry.note(**noted)
    return here


def seated(actor: Actor, number: str, permission: Permission = rules.LOOK) -> None:
    """Whether the actor is at work in the case at all: for what opens nothing (an address made of a form), or is asked
    again and again (progress). Refuses as ``look`` does, and writes no row."""
    require(actor, permission)
    if _sitting(actor, number) is None:
        raise NoSuchCase(f"{number} is no case of this actor")


def living(now: datetime) -> dict[str, datetime]:
    """What makes a sitting one that lives, as conditions of a query."""
    return {
        "seen_at__gt": now - timedelta(minutes=settings.SITTING_MINUTES),
        "began_at__gt": now - rules.LONGEST_SITTING,
    }


def _membership(actor: Actor, number: str, writing: bool) -> Member:
    members = Member.objects.select_related("case").filter(
        case__number=number, user_id=actor.user_id or 0, left_at=None
    )
    if writing:  # against somebody who closes the case this very moment
        members = members.select_for_update()
    member = members.first()
    if member is None:
        raise NoSuchCase(f"{number} is no case of this actor")
    return member


def _sitting(actor: Actor, number: str) -> Sitting | None:
    """The member's living sitting. Raises NotEntered when there is none; None for who is no member at all."""
    now = clock.machine_now()
    mine = Sitting.objects.filter(case__number=number, user_id=actor.user_id or 0, left_at=None)
    sitting = mine.filter(**living(now)).order_by("-pk").first()
    if sitting is None:
        members = Member.objects.filter(case__number=number, user_id=actor.user_id or 0, left_at=None)
        if members.exists():
            raise NotEntered(number)
        return None
    if now - sitting.seen_at > TOUCH_EVERY:
        Sitting.objects.filter(pk=sitting.pk).update(seen_at=now)
    return sitting


def _words(why: Refusal) -> tuple[str, str]:
    return {
        Refusal.EXPIRED: (
            _("The legal basis of this case has expired"),
            _("The lead handler renews it with a new document; then the case opens again."),
        ),
        Refusal.CLOSED: (
            _("This case is closed, and a closed case is only read"),
            _("Open a new case if the work goes on."),
        ),
        Refusal.DESTROYED: (
            _("This case was destroyed"),
            _("What is left is its certificate, on the list of cases."),
        ),
        Refusal.NOT_FILED: (
            _("Freezing needs a case that is filed"),
            _("This one is only accepted: register the decision to file it first, or send a query."),
        ),
    }[why]
