"""A file of applications that were kept elsewhere: its columns, and what a good row of it holds. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zhoudao.core.city.yaml_lines import Problem
from zhoudao.counter.applications.rules import OLD_STATUSES, ApplicantKind, Status
from zhoudao.counter.catalog.schema import Channel
from zhoudao.counter.places.exchange.rows import Row

COLUMNS = (
    "number", "item", "applicant_kind", "applicant", "point", "channel", "district",
    "received_at", "decided_at", "finished_at", "status", "promised_workdays",
)  # fmt: skip
LONGEST = {"number": 32, "applicant": 64}
MOST_WORKDAYS = 1000

MOMENT_EXPECTED = "a moment with its offset, such as 2026-11-24T09:00:00+08:00"


@dataclass(frozen=True)
class Record:
    """A good row. ``applicant`` is the register's code for them ("R00001"), never a name or number."""

    number: str
    item: str
    applicant_kind: ApplicantKind
    applicant: str
    point: str
    """Empty when it came in without a visit."""
    channel: Channel
    district: str
    received_at: datetime
    decided_at: datetime | None
    finished_at: datetime | None
    status: Status
    promised_workdays: int
    """0: within the visit, or the same day."""


def check(
    row: Row, items: Container[str], points: Container[str], districts: Container[str]
) -> Record | list[Problem]:
    """The record of a row, or every problem that keeps it out."""
    problems: list[Problem] = []

    def text(column: str, optional: bool = False) -> str:
        value = row.values[column]
        if not value and not optional:
            problems.append(row.problem(column, "is empty", "a value"))
        elif len(value) > LONGEST[column]:
            problems.append(row.problem(column, f"has {len(value)} characters", f"at most {LONGEST[column]}"))
        return value

    def known(column: str, codes: Container[str], expected: str, optional: bool = False) -> str:
        value = row.values[column]
        if value not in codes and not (optional and not value):
            problems.append(row.problem(column, f"is {value!r}", expected))
        return value

    def one_of(column: str, kind: type[StrEnum]) -> str:
        return known(column, set(kind), f"one of {', '.join(kind)}")

    def moment(column: str, optional: bool = False) -> datetime | None:
        value = row.values[column]
        if optional and not value:
            return None
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            read = None
        if read is None or read.tzinfo is None:
            problems.append(row.problem(column, f"is {value!r}", MOMENT_EXPECTED))
            return None
        return read

    number, applicant = text("number"), text("applicant")
    item = known("item", items, "the code of an item in the catalogue")
    point = known("point", points, "the code of a point, or nothing", optional=True)
    district = known("district", districts, "the code of a district of the city")
    applicant_kind, channel, status = (
        one_of("applicant_kind", ApplicantKind),
        one_of("channel", Channel),
        known("status", OLD_STATUSES, f"one of {', '.join(OLD_STATUSES)}"),
    )
    received, decided, finished = (
        moment("received_at"),
        moment("decided_at", True),
        moment("finished_at", True),
    )
    workdays = row.values["promised_workdays"]
    if not workdays.isdecimal() or not workdays.isascii() or int(workdays) > MOST_WORKDAYS:
        problems.append(
            row.problem("promised_workdays", f"is {workdays!r}", f"a whole number from 0 to {MOST_WORKDAYS}")
        )
    if received is not None and not problems:
        problems += _order_problems(row, Status(status), received, decided, finished)
    if problems or received is None:
        return problems
    return Record(
        number=number,
        item=item,
        applicant_kind=ApplicantKind(applicant_kind),
        applicant=applicant,
        point=point,
        channel=Channel(channel),
        district=district,
        received_at=received,
        decided_at=decided,
        finished_at=finished,
        status=Status(status),
        promised_workdays=int(workdays),
    )


def _order_problems(
    row: Row, status: Status, received: datetime, decided: datetime | None, finished: datetime | None
) -> list[Problem]:
    """Moments that stand in the wrong order, or don't fit the status."""
    problems = []
    if decided is not None and decided < received:
        problems.append(row.problem("decided_at", "is before received_at", "a moment after it"))
    if finished is not None and finished < (decided or received):
        problems.append(row.problem("finished_at", "is before what it follows", "a moment after it"))
    if (decided is not None) != (status in (Status.APPROVED, Status.FINISHED, Status.REFUSED)):
        which = "is given" if decided is not None else "is empty"
        problems.append(
            row.problem("decided_at", f"{which} for status {status}", "it when and only when decided")
        )
    if (finished is not None) != (status in (Status.FINISHED, Status.REFUSED, Status.WITHDRAWN)):
        which = "is given" if finished is not None else "is empty"
        problems.append(
            row.problem("finished_at", f"{which} for status {status}", "it when and only when over")
        )
    return problems
