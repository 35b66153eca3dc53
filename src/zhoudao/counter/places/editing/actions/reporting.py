"""Mistakes that people report: taking them in, and what officers do about them."""

from __future__ import annotations

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.look.refusals import TooMany
from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.core.people.models import User
from zhoudao.core.people.rules import numbers
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.counter.places.editing import entries, officers
from zhoudao.counter.places.editing.limits import Limit
from zhoudao.counter.places.editing.models import Change, MistakeReport
from zhoudao.counter.places.editing.problems import AlreadyDecided, BadChange, NotFound
from zhoudao.counter.places.editing.rules import (
    HANDLE_REPORTS,
    OPEN_STATES,
    REPORT_MISTAKE,
    REPORTS_AT_ONCE,
    REPORTS_WINDOW,
    Mistake,
    ReportState,
    Subject,
    new_receipt,
)

MOST_WORDS = 1000
MOST_ANSWER = 1000
MOST_CLOSING_REASON = 500

limit = Limit(REPORTS_AT_ONCE, REPORTS_WINDOW)


def report_mistake(
    actor: Actor,
    subject: Subject,
    mistake: Mistake,
    words: str,
    *,
    token: str,
    contact: str = "",
    language: str,
) -> MistakeReport:
    """Take a report in; its receipt is what to ask by. ``contact``: a mobile number or an e-mail address, or
    nothing.

    Raises NotFound, BadChange, TooMany.
    """
    earlier = MistakeReport.objects.filter(token=token).first()
    if earlier is not None:
        return earlier
    standing = entries.read(subject)
    if standing.values is None:
        raise NotFound(f"{subject} is not in the directory")
    words, contact = words.strip(), contact.strip()
    if not words or len(words) > MOST_WORDS:
        raise BadChange([entries.problem("words", f"has {len(words)} characters", f"1 to {MOST_WORDS}")])
    if contact and channel_of(contact) is None:
        raise BadChange([entries.problem("contact", "can't be used", "a mobile number or an e-mail address")])
    # The machine's clock: this guards against real people in real time.
    wait = limit.take(actor.origin, clock.machine_now().timestamp())
    if wait:
        raise TooMany(retry_after=wait)
    with act(actor, REPORT_MISTAKE, subject=str(subject)) as entry:
        entry.note(mistake=mistake.value)
        report, _ = MistakeReport.objects.get_or_create(
            token=token,
            defaults={
                "receipt": new_receipt(),
                "kind": subject.kind.value,
                "key": subject.key,
                "point_code": standing.point_code,
                "district": standing.district,
                "mistake": mistake.value,
                "words": words,
                "contact": contact or None,
                "language": language,
                "reported_at": clock.now(),
            },
        )
    return report


def channel_of(contact: str) -> tuple[str, str] | None:
    """How somebody is reached, and under which address; None when it is neither."""
    with suppress(BadInput):
        return "sms", numbers.parse_mobile(contact)
    with suppress(ValidationError):
        validate_email(contact)
        return "email", contact
    return None


# What officers do ------------------------------------------------------------------------------------------


def answer(actor: Actor, receipt: str, text: str) -> MistakeReport:
    """Answer whoever reported it; they read it with their receipt, and get it where they left a contact.

    Raises Forbidden, NotFound, AlreadyDecided, BadChange.
    """
    text = text.strip()
    if not text or len(text) > MOST_ANSWER:
        raise BadChange([entries.problem("answer", f"has {len(text)} characters", f"1 to {MOST_ANSWER}")])
    return _finish(actor, receipt, ReportState.ANSWERED, answer=text)


def close(actor: Actor, receipt: str, reason: str) -> MistakeReport:
    """Be done with a report without an answer; the reason stays with the officers. Raises as ``answer``."""
    reason = reason.strip()
    if not reason or len(reason) > MOST_CLOSING_REASON:
        raise BadChange(
            [entries.problem("reason", f"has {len(reason)} characters", f"1 to {MOST_CLOSING_REASON}")]
        )
    return _finish(actor, receipt, ReportState.CLOSED, reason=reason)


def open_contact(actor: Actor, receipt: str) -> str:
    """How to reach whoever reported it, in full; the look is kept. Raises Forbidden, NotFound."""
    report = _find(receipt)
    with act(actor, HANDLE_REPORTS, subject=f"report:{receipt}", district=report.district or None) as entry:
        officers.officer(actor, HANDLE_REPORTS)
        entry.note(opened="contact")
        return str(report.contact or "")


def _finish(
    actor: Actor, receipt: str, state: ReportState, *, answer: str = "", reason: str = ""
) -> MistakeReport:
    report = _find(receipt)
    if report.state == state and report.handler_id == actor.user_id:
        return report
    with act(actor, HANDLE_REPORTS, subject=f"report:{receipt}", district=report.district or None) as entry:
        handler = officers.officer(actor, HANDLE_REPORTS)
        report = MistakeReport.objects.select_for_update().get(pk=report.pk)
        if report.state != ReportState.OPEN:
            raise AlreadyDecided(report)
        report.answer, report.closing_reason = answer, reason
        entry.note(state=state.value)
        _done(report, state, handler)
    return report


# What becomes of a report when a change is proposed for it -------------------------------------------------


def found_open(receipt: str, district: str) -> MistakeReport:
    """The report a change answers, under lock. Raises NotFound, AlreadyDecided."""
    report = MistakeReport.objects.select_for_update().filter(receipt=receipt, district=district).first()
    if report is None:
        raise NotFound(f"there is no report {receipt}")
    if report.state not in (ReportState.OPEN, ReportState.TURNED):
        raise AlreadyDecided(report)
    return report


def turned(report: MistakeReport) -> None:
    report.state = ReportState.TURNED.value
    report.save(update_fields=["state"])


def reopened(report: MistakeReport) -> None:
    """Its change came to nothing: the report waits again, unless another change is on its way."""
    if (
        report.state == ReportState.TURNED
        and not Change.objects.filter(report=report, state__in=OPEN_STATES).exists()
    ):
        report.state = ReportState.OPEN.value
        report.save(update_fields=["state"])


def corrected(report: MistakeReport, decider: User) -> None:
    if report.state == ReportState.TURNED:
        _done(report, ReportState.CORRECTED, decider)


def _done(report: MistakeReport, state: ReportState, handler: User) -> None:
    """Tell whoever reported it, if they left a way to; then forget the way."""
    if report.contact and state is not ReportState.CLOSED:
        reached = channel_of(report.contact)
        if reached is not None:
            enqueue_notice(
                *reached,
                f"places/report_{state.value}",
                {"receipt": report.receipt, "answer": report.answer},
                report.language,
                key=f"report:{report.receipt}",
            )
    report.state, report.contact, report.handled_at = state.value, None, clock.now()
    report.handler, report.handler_number, report.handler_role = handler, handler.staff_number, handler.role
    report.save()


def _find(receipt: str) -> MistakeReport:
    report = MistakeReport.objects.filter(receipt=receipt).first()
    if report is None:
        raise NotFound(f"there is no report {receipt}")
    return report
