"""Who may search, decide and take evidence out; the states of a run, a finding and a package. Pure."""

from __future__ import annotations

from enum import StrEnum

from zhoudao.core.access import Permission, Role
from zhoudao.desk.cases.rules import DESK_ROLES

LOOK = Permission("findings.look", "look at a case's findings", DESK_ROLES)
RUN = Permission("findings.run", "run a detector over a case's ledger", {Role.ANALYST})
DECIDE = Permission("findings.decide", "accept or dismiss a finding, assign it", {Role.ANALYST})
NOTE = Permission("findings.note", "write a note to a finding", DESK_ROLES)
EXPORT = Permission("findings.export", "make and take out an evidence package", {Role.ANALYST})
WORK = Permission("findings.work", "run detectors and make packages in the worker", ())
"""Nobody but the platform's own worker, for somebody who may."""

MOST_KEPT = 5_000
"""Findings of one run that are kept for people, the highest scores first; all of them lie in the vault."""
LEAST_REASON = 4
"""Characters of why a finding was accepted or dismissed."""


class JobState(StrEnum):
    """Of a run, and of a package."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = frozenset({JobState.WAITING, JobState.RUNNING})


class Verdict(StrEnum):
    """What a person decided. A score never does."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
