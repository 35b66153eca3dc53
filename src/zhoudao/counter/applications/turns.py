"""Whose turn an application is, and by when: what a work list is ordered by. Pure."""

from __future__ import annotations

from datetime import datetime

from zhoudao.counter.applications.rules import TRANSITIONS, WITH_US, Status, role_of
from zhoudao.counter.catalog.program import Lane, Program, StepKind, StepRole

FIRST_LANES = frozenset({Lane.URGENT, Lane.ENTERPRISE})
"""Enterprise applicants are reviewed first (为企业服务专窗)."""


def lane_of(program: Program, for_organisation: bool) -> Lane:
    """What an organisation asks for is reviewed first, whatever the item; what is urgent stays so."""
    return Lane.ENTERPRISE if for_organisation and program.lane is Lane.ORDINARY else program.lane


def waits_for(program: Program, status: Status) -> StepRole | None:
    """The role that has to act now; None while it waits for the applicant, and when it is over."""
    if status not in WITH_US:
        return None
    if status is Status.RECONSIDERING:
        return StepRole.SUPERVISOR
    second = program.step(StepKind.SECOND) is not None
    rows = (row for row in TRANSITIONS if row.before is status and row.step and row.second in (None, second))
    return next((role for row in rows if (role := role_of(program, row)) is not None), None)


def turn_at(lane: Lane, received_at: datetime, due_at: datetime | None) -> datetime:
    """By when an application's turn has come; the list goes from the earliest on.

    An ordinary one has until its deadline; one of the first lanes is due from the moment it came in. So what is late
    goes first, then the first lanes in the order they came, then everything else by its deadline.
    """
    return received_at if lane in FIRST_LANES or due_at is None else due_at
