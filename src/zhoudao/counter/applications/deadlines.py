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
    Pauses don't overlap. Raises ValueError for a negative number of days.
    """
    begun, _ = workdays.counted_from(received_at, calendar)
    waited = sum(waited_workdays(pause, begun, calendar) for pause in pauses)
    return workdays.deadline(received_at, days + waited, calendar)


def waited_workdays(pause: Pause, begun: date, calendar: Calendar) -> int:
    """Working days of a pause that fall into a period begun on ``begun``."""
    asked = max(local(pause.asked_at).date(), begun)
    answered, _ = workdays.counted_from(pause.answered_at, calendar)
    return max(0, calendar.workdays_between(asked, answered))


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
