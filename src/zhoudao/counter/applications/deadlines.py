"""Until when an application has to be decided: working days, less the time it waited for the applicant. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zhoudao.core.clock import local
from zhoudao.core.workdays import rules as workdays
from zhoudao.core.workdays.rules import Calendar, Deadline
from zhoudao.counter.catalog.schema import Duration, Unit


@dataclass(frozen=True)
class Pause:
    """The clock stood from when the applicant was asked until they answered."""

    asked_at: datetime
    answered_at: datetime

    def __post_init__(self) -> None:
        if self.answered_at < self.asked_at:
            raise ValueError("a pause ends before it begins")


def due(received_at: datetime, days: int, pauses: list[Pause], calendar: Calendar) -> Deadline:
    """The last moment of a promise of ``days`` working days, not counting days spent waiting for the applicant.

    The day of asking is the police's own; the working days after it, up to and including the one on which the answer
    counts as received, are the applicant's, so that after the answer as many whole working days are left as there were
    when asked. (Time for putting things right isn't counted: Administrative Licensing Law, 行政许可法, art. 32, 45.)
    Pauses come in their order. Raises ValueError for a negative number of days.
    """
    begun, _ = workdays.counted_from(received_at, calendar)
    return workdays.deadline(received_at, days + waited_workdays(pauses, begun, calendar), calendar)


def waited_workdays(pauses: list[Pause], begun: date, calendar: Calendar) -> int:
    """Working days of the pauses, in their order, that fall into a period begun on ``begun``; each day once, though
    an answer after closing and the next question share the day on which that answer counts as received."""
    waited, counted = 0, begun
    for pause in pauses:
        answered, _ = workdays.counted_from(pause.answered_at, calendar)
        begin = max(local(pause.asked_at).date(), counted)
        if answered > begin:
            waited += calendar.workdays_between(begin, answered)
            counted = answered
    return waited


def taken(received_at: datetime, decided_at: datetime, pauses: list[Pause], calendar: Calendar) -> int:
    """Working days from receipt to decision, counted as ``due`` counts them: 0 for the same day."""
    begun, _ = workdays.counted_from(received_at, calendar)
    waited = waited_workdays(pauses, begun, calendar)
    return max(0, calendar.workdays_between(begun, local(decided_at).date()) - waited)


def legal(
    accepted_at: datetime, limit: Duration | None, pauses: list[Pause], calendar: Calendar
) -> Deadline | None:
    """The law's own limit, from acceptance; None when the law sets none or one shorter than a day.

    In days: every day counts; a last day that isn't worked moves to the next that is (Civil Code, 民法典, art. 203).
    """
    if limit is None or limit.unit in (Unit.MINUTE, Unit.HOUR):
        return None
    if limit.unit is Unit.WORKDAY:
        return due(accepted_at, limit.amount, pauses, calendar)
    accepted = local(accepted_at).date()
    waited = sum(
        max(0, (local(pause.answered_at).date() - max(local(pause.asked_at).date(), accepted)).days)
        for pause in pauses
    )
    last = accepted + timedelta(days=limit.amount + waited)
    worked = calendar.is_workday(last)
    confirmed = worked is not None
    if not (worked if confirmed else last.weekday() < workdays.SATURDAY):
        last, reached = calendar.nth_workday_after(last, 1)
        confirmed = confirmed and reached
    return Deadline(datetime.combine(last, workdays.CLOSING, local(accepted_at).tzinfo), confirmed)
