"""The life of an application: its states, the one table of what may follow what, and who may do it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from zhoudao.core.access import ANYONE, Permission, Role
from zhoudao.core.clock import CITY_ZONE
from zhoudao.counter.catalog.program import Decision, FieldType, Program, StepKind, StepRole

# Who may ---------------------------------------------------------------------

SEE_FIGURES = Permission(
    "applications.see_figures",
    "see how many applications there were, by item, month and district",
    {Role.SUPERVISOR, Role.REVIEWER, Role.COMMANDER},
    by_district=True,
)
SEE_POPULAR = Permission("applications.see_popular", "see which items are asked for most", ANYONE)
IMPORT = Permission("applications.import", "bring in applications from a file", ())
"""Nobody but the platform itself: it is done by a command on the server."""

APPLY = Permission(
    "applications.apply", "apply for oneself or one's organisation", {Role.RESIDENT, Role.AGENT}
)
APPLY_AT_KIOSK = Permission(
    "applications.apply_at_kiosk",
    "hand in at a kiosk, for whoever's card it read",
    {Role.DEVICE},
    by_district=True,
)
ENTER = Permission("applications.enter", "enter an application at a window", {Role.CLERK}, by_district=True)
SEE_OWN = Permission(
    "applications.see_own", "see and answer one's own applications", {Role.RESIDENT, Role.AGENT}
)
AT_WORK = frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR})
SEE_LIST = Permission(
    "applications.see_list",
    "see which applications there are, without their contents",
    AT_WORK,
    by_district=True,
)
SEE_CASE = Permission(
    "applications.see_case", "open an application, for a stated purpose", AT_WORK, by_district=True
)
HANDLE = Permission(
    "applications.handle", "take the step of an application that is one's own", AT_WORK, by_district=True
)
RECONSIDER = Permission(
    "applications.reconsider", "decide again on what was refused", {Role.SUPERVISOR}, by_district=True
)
ASSIGN = Permission(
    "applications.assign",
    "see how the officers stand, and give applications and items to them",
    {Role.SUPERVISOR},
    by_district=True,
)
PUBLISH = Permission("applications.publish", "publish licences that were granted", ())
"""Nobody but the platform itself, by its hourly job."""
RECOUNT = Permission(
    "applications.recount", "count deadlines again when the calendar has come to reach them", ()
)
"""Nobody but the platform itself, by its hourly job."""
SEE_PUBLISHED = Permission("applications.see_published", "see which licences were granted", ANYONE)
ASK_EXPORT = Permission(
    "applications.ask_export",
    "ask for a list of applications to take away, and take it once approved",
    {Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
APPROVE_EXPORT = Permission(
    "applications.approve_export",
    "decide on a list that another person asked for",
    {Role.SUPERVISOR},
    by_district=True,
)
ERASE = Permission("applications.erase", "erase what is past its term", ())
"""Nobody but the platform itself, by its daily job or the command on the server."""
SEE_RETENTION = Permission(
    "applications.see_retention",
    "see what is past its term and what was erased",
    {Role.ADMINISTRATOR, Role.AUDITOR},
)
ANSWER_MARK = Permission("applications.answer_mark", "answer a bad mark", {Role.SUPERVISOR}, by_district=True)

RANKS = {
    StepRole.CLERK: frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR}),
    StepRole.REVIEWER: frozenset({Role.REVIEWER, Role.SUPERVISOR}),
    StepRole.SUPERVISOR: frozenset({Role.SUPERVISOR}),
}
"""Who may take a step that asks for a role: a supervisor stands in for everybody, a clerk for nobody."""


# States ----------------------------------------------------------------------


class ApplicantKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class Status(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    """Handed in, not yet accepted (待受理)."""
    CORRECTION = "correction"
    """Waits for the applicant before it is accepted (待补正): the clock stands."""
    RECEIVED = "received"
    """Accepted, not yet decided (已受理)."""
    SUPPLEMENT = "supplement"
    """Waits for the applicant after it was accepted (待补充): the clock stands."""
    SECOND_LOOK = "second_look"
    """Reviewed; another person decides (待复核)."""
    APPROVED = "approved"
    """Decided, not yet collected (待领取)."""
    FINISHED = "finished"
    """Decided and handed over (办结)."""
    REFUSED = "refused"
    """Decided against (不予办理)."""
    RECONSIDERING = "reconsidering"
    """Refused, and asked to be looked at again (复核申请)."""
    WITHDRAWN = "withdrawn"
    """Taken back by the applicant (撤回)."""


OLD_STATUSES = (Status.RECEIVED, Status.APPROVED, Status.FINISHED, Status.REFUSED, Status.WITHDRAWN)
"""What an application that was kept elsewhere may be."""
WITH_US = frozenset(
    {Status.SUBMITTED, Status.RECEIVED, Status.SECOND_LOOK, Status.APPROVED, Status.RECONSIDERING}
)
WITH_APPLICANT = frozenset({Status.CORRECTION, Status.SUPPLEMENT})
DECIDED = frozenset({Status.APPROVED, Status.FINISHED, Status.REFUSED, Status.RECONSIDERING})
OVER = frozenset({Status.FINISHED, Status.REFUSED, Status.WITHDRAWN})


class Verb(StrEnum):
    """What happens to an application."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    ASK = "ask"
    """Ask for everything that is missing or wrong, at once (一次性告知)."""
    ANSWER = "answer"
    """The applicant puts it right."""
    CORRECT = "correct"
    """An officer puts an obvious slip right on the spot, as the applicant says (当场更正)."""
    PROPOSE_APPROVAL = "propose_approval"
    PROPOSE_REFUSAL = "propose_refusal"
    RETURN = "return"
    """The second person sends it back to the first."""
    APPROVE = "approve"
    REFUSE = "refuse"
    ISSUE = "issue"
    WITHDRAW = "withdraw"
    RECONSIDER = "reconsider"
    UPHOLD = "uphold"
    OVERTURN = "overturn"


@dataclass(frozen=True)
class Transition:
    verb: Verb
    before: Status
    after: Status
    step: StepKind | None = None
    """Whose step it is; None: the applicant's."""
    second: bool | None = None
    """Only for items with a second look, or only for those without; None: for all."""
    decision: Decision | None = None
    """What the item must let be decided at that step."""


S, V, K, D = Status, Verb, StepKind, Decision
TRANSITIONS: tuple[Transition, ...] = (
    Transition(V.ACCEPT, S.SUBMITTED, S.RECEIVED, K.ACCEPT, decision=D.ACCEPT),
    Transition(V.ASK, S.SUBMITTED, S.CORRECTION, K.ACCEPT, decision=D.CORRECT),
    Transition(V.REFUSE, S.SUBMITTED, S.REFUSED, K.ACCEPT, decision=D.REFUSE),
    Transition(V.ANSWER, S.CORRECTION, S.SUBMITTED),
    Transition(V.CORRECT, S.SUBMITTED, S.SUBMITTED, K.ACCEPT, decision=D.CORRECT),
    Transition(V.ASK, S.RECEIVED, S.SUPPLEMENT, K.REVIEW, decision=D.CORRECT),
    Transition(V.ANSWER, S.SUPPLEMENT, S.RECEIVED),
    Transition(V.CORRECT, S.RECEIVED, S.RECEIVED, K.REVIEW, decision=D.CORRECT),
    Transition(V.APPROVE, S.RECEIVED, S.APPROVED, K.REVIEW, second=False, decision=D.APPROVE),
    Transition(V.REFUSE, S.RECEIVED, S.REFUSED, K.REVIEW, second=False, decision=D.REFUSE),
    Transition(V.PROPOSE_APPROVAL, S.RECEIVED, S.SECOND_LOOK, K.REVIEW, second=True, decision=D.APPROVE),
    Transition(V.PROPOSE_REFUSAL, S.RECEIVED, S.SECOND_LOOK, K.REVIEW, second=True, decision=D.REFUSE),
    Transition(V.RETURN, S.SECOND_LOOK, S.RECEIVED, K.SECOND),
    Transition(V.APPROVE, S.SECOND_LOOK, S.APPROVED, K.SECOND, second=True, decision=D.APPROVE),
    Transition(V.REFUSE, S.SECOND_LOOK, S.REFUSED, K.SECOND, second=True, decision=D.REFUSE),
    Transition(V.ISSUE, S.APPROVED, S.FINISHED, K.ISSUE, decision=D.ISSUE),
    Transition(V.WITHDRAW, S.SUBMITTED, S.WITHDRAWN),
    Transition(V.WITHDRAW, S.CORRECTION, S.WITHDRAWN),
    Transition(V.WITHDRAW, S.RECEIVED, S.WITHDRAWN),
    Transition(V.WITHDRAW, S.SUPPLEMENT, S.WITHDRAWN),
    Transition(V.WITHDRAW, S.SECOND_LOOK, S.WITHDRAWN),
    Transition(V.RECONSIDER, S.REFUSED, S.RECONSIDERING),
    Transition(V.UPHOLD, S.RECONSIDERING, S.REFUSED),
    Transition(V.OVERTURN, S.RECONSIDERING, S.APPROVED),
)
"""Everything that may happen. What isn't here can't."""


def transition(program: Program, status: Status, verb: Verb) -> Transition | None:
    """The row of the table that ``verb`` takes from ``status``; None when it may not follow."""
    second = program.step(StepKind.SECOND) is not None
    for row in TRANSITIONS:
        if row.verb is verb and row.before is status and row.second in (None, second):
            step = program.step(row.step) if row.step else None
            if row.decision is None or step is None or row.decision in step.may:
                return row
    return None


def role_of(program: Program, row: Transition) -> StepRole | None:
    """The role a transition's step asks for; None when it is the applicant's.

    An item without a step of issuing hands over with its last decision: whoever may review may issue.
    """
    if row.step is None:
        return None
    step = program.step(row.step) or program.step(StepKind.REVIEW)
    return step.role if step else None


def open_verbs(program: Program, status: Status, role: Role) -> list[Verb]:
    """What a member of staff of ``role`` may do next, in the table's order."""
    found = []
    for verb in dict.fromkeys(row.verb for row in TRANSITIONS):
        row = transition(program, status, verb)
        asks = role_of(program, row) if row else None
        if asks is not None and role in RANKS[asks]:
            found.append(verb)
    if status is Status.RECONSIDERING and role in RECONSIDER.holders:
        found += [Verb.UPHOLD, Verb.OVERTURN]
    return found


# Putting a slip right --------------------------------------------------------


class Agreed(StrEnum):
    """How the applicant said what it should be."""

    WINDOW = "window"
    """They stand here."""
    PHONE = "phone"


WRITTEN = frozenset(set(FieldType) - {FieldType.CHOICE, FieldType.YES_NO})
"""Answers that are typed, so that a finger can slip. A choice is the applicant's own."""


def may_be_done_at_once(program: Program) -> bool:
    """Decided on the spot, by one person: the power is there, and no second look is asked for."""
    return program.on_the_spot and program.step(StepKind.SECOND) is None


# Marks -----------------------------------------------------------------------

MARKS = (1, 2, 3, 4, 5)
"""好差评: 5 very good, 4 good, 3 fair, 2 poor, 1 very poor (State Council General Office, Guobanfa [2019] 51)."""
WORST_GOOD_MARK = 3
"""Anything below is a bad mark (差评) and must be answered."""


# Time ------------------------------------------------------------------------


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """From the year's first moment until the next one's, in the city's time."""
    return month_start(year, 1), month_start(year + 1, 1)


def month_start(year: int, month: int) -> datetime:
    """The first moment of a month; month 13 is January of the next year."""
    return datetime.combine(
        date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1), datetime.min.time(), CITY_ZONE
    )


# How long it is kept ---------------------------------------------------------

DRAFT_DAYS = 30
KEPT_YEARS = 10
"""For an application that was kept elsewhere, or whose item is no more. The law asks for the shortest time that the
purpose needs (个人信息保护法 art. 19) and names none; each item may say its own."""


def term_years(program: Program) -> int:
    """Years after its end for which what was said is kept: the item's, and no shorter than its certificate is valid."""
    months = program.certificate.valid_months if program.certificate else 0
    return max(program.keep_years, -(-months // 12))


def over_before(now: datetime, years: int) -> datetime:
    """What ended before this moment is past a term of so many years."""
    local = now.astimezone(CITY_ZONE)
    leap_day = (local.month, local.day) == (2, 29)
    return local.replace(year=local.year - years, day=28 if leap_day else local.day)


def drafts_before(now: datetime) -> datetime:
    return now - timedelta(days=DRAFT_DAYS)


# Lists that leave the platform -----------------------------------------------

EXPORT_DAYS = 3
"""After its approval a list can be taken for so long."""
MOST_EXPORTED = 5000
SHORTEST_REASON, LONGEST_REASON = 6, 300
