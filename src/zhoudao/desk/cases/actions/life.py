"""A case from opening to closing: on what basis, until when, held or not."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.desk.cases import gate, rules, vault
from zhoudao.desk.cases.actions import papers
from zhoudao.desk.cases.actions.papers import Paper
from zhoudao.desk.cases.models import Case, Document, Member
from zhoudao.desk.cases.rules import (
    BASIS_DOCUMENT,
    CLOSE,
    LEADING,
    MANAGE,
    OPEN,
    WORKING,
    Basis,
    DocumentKind,
    Duty,
    Offence,
)


def open_case(
    actor: Actor,
    *,
    title: str,
    offence: Offence,
    basis: Basis,
    purpose: str,
    expires_on: date,
    paper: Paper,
    token: str = "",
) -> Case:
    """Open a case with the document it rests on; whoever opens it leads it.

    ``token``: of the form; the same one again gives the case that it opened. Raises Unusable for an expiry that is past
    or further off than a year.
    """
    with act(actor, OPEN) as entry:
        assert actor.user_id is not None  # the roles that may are people's
        earlier = Case.objects.filter(token=token, opened_by=actor.key).first() if token else None
        if earlier is not None:
            entry.note(again=True)
            entry.subject = f"case:{earlier.number}"
            return earlier
        now = clock.now()
        case = Case.objects.create(
            number=_next_number(now),
            vault=secrets.token_hex(16),
            token=token or None,
            title=title.strip(),
            offence=offence.value,
            basis=basis.value,
            purpose=purpose.strip(),
            opened_at=now,
            opened_by=actor.key,
            expires_at=_end_of(expires_on, now),
        )
        vault.make_key(case)
        Member.objects.create(case=case, user_id=actor.user_id, duty=Duty.LEAD.value, joined_at=now)
        papers.keep(actor, case, vault.of(case), BASIS_DOCUMENT[basis], paper)
        entry.subject = f"case:{case.number}"
        entry.note(basis=basis.value, offence=offence.value, expires=case.expires_at.isoformat())
    return case


def file_case(actor: Actor, number: str, expires_on: date, paper: Paper) -> Case:
    """The case is filed (立案) on a decision: it may freeze as well now. Raises Conflict when it is filed already."""
    with gate.inside(actor, number, MANAGE, duties=LEADING, writing=True, though_expired=True) as here:
        if here.case.basis == Basis.FILED:
            raise Conflict(_("This case is filed already"))
        here.case.basis = Basis.FILED.value
        here.case.expires_at = _end_of(expires_on, clock.now())
        here.case.save(update_fields=["basis", "expires_at"])
        papers.keep(actor, here.case, here.vault, DocumentKind.FILING, paper)
        here.entry.note(step="file", expires=here.case.expires_at.isoformat())
    return here.case


def extend(actor: Actor, number: str, expires_on: date, paper: Paper) -> Case:
    """Renew the basis with a document; also of a case that has expired."""
    with gate.inside(
        actor, number, MANAGE, duties=LEADING, writing=True, though_expired=True, seated=False
    ) as here:
        here.case.expires_at = _end_of(expires_on, clock.now())
        here.case.save(update_fields=["expires_at"])
        papers.keep(actor, here.case, here.vault, DocumentKind.EXTENSION, paper)
        here.entry.note(step="extend", expires=here.case.expires_at.isoformat())
    return here.case


def add_document(actor: Actor, number: str, kind: DocumentKind, paper: Paper) -> Document:
    """Put another paper into the case."""
    with gate.inside(actor, number, MANAGE, duties=WORKING, writing=True) as here:
        here.entry.note(step="document", kind=kind.value)
        return papers.keep(actor, here.case, here.vault, kind, paper)


def close(actor: Actor, number: str, retain_until: date | None = None) -> Case:
    """Close a case: it is read, never written, from now on. Raises Unusable for a retention that is past."""
    with gate.inside(actor, number, CLOSE, duties=LEADING, writing=True, though_expired=True) as here:
        now = clock.now()
        today = clock.local(now).date()
        until = retain_until or today + rules.RETENTION
        if until < today:
            raise Unusable(_("The day until which it is kept is past"))
        here.case.closed_at, here.case.retain_until = now, until
        here.case.save(update_fields=["closed_at", "retain_until"])
        here.entry.note(retain_until=until.isoformat())
    return here.case


def hold(actor: Actor, number: str, reason: str) -> Case:
    """Put a legal hold on a case: nothing of it is destroyed while it stands; also on a closed one."""
    return _set_hold(actor, number, reason)


def release(actor: Actor, number: str) -> Case:
    return _set_hold(actor, number, "")


def _set_hold(actor: Actor, number: str, reason: str) -> Case:
    with gate.inside(actor, number, MANAGE, duties=LEADING) as here:
        here.case.held, here.case.hold_reason = bool(reason), reason
        here.case.save(update_fields=["held", "hold_reason"])
        here.entry.note(step="hold" if reason else "release")
    return here.case


def _next_number(now: datetime) -> str:
    """The year's next. Two who open at once: the second waits for the first, since numbers are unique and cases few."""
    assert transaction.get_connection().in_atomic_block
    year = clock.local(now).year
    last = Case.objects.select_for_update().filter(number__startswith=f"{year}-").order_by("-number").first()
    return f"{year}-{int(last.number[5:]) + 1 if last else 1:04d}"


def _end_of(day: date, now: datetime) -> datetime:
    """The end of ``day`` in the city. Raises Unusable when it is past, or too far off."""
    end = datetime.combine(day + timedelta(days=1), time(), CITY_ZONE)
    if not now < end <= now + rules.LONGEST_BASIS + timedelta(days=1):
        raise Unusable(
            _("The basis expires on a day from today to a year from now"),
            todo=_("Enter the day as the document gives it; renew the basis before it is over."),
        )
    return end
