"""What the pages of a case show. Each look is written down by the gate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from zhoudao.core import clock
from zhoudao.core.access import Actor, Role, allowed, require
from zhoudao.core.people.models import User
from zhoudao.desk.cases import gate, rules
from zhoudao.desk.cases.actions.requests import read_coverage
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.cases.models import Case, Deletion, Document, Member, Retrieval
from zhoudao.desk.cases.rules import DESTROY, LIST, LOOK, Duty, Gap, Period

SOON = timedelta(days=14)
"""A basis that expires within this is said on every page of the case."""


@dataclass(frozen=True)
class CaseRow:
    case: Case
    duty: Duty
    expired: bool
    expires_soon: bool


def cases_of(actor: Actor, closed: bool = False) -> list[CaseRow]:
    """The cases one is a member of, the newest first. Their names are shown, nothing that is in them."""
    require(actor, LIST)
    members = (
        Member.objects.select_related("case")
        .filter(user_id=actor.user_id or 0, left_at=None, case__closed_at__isnull=not closed)
        .order_by("-case__opened_at", "-case__pk")
    )
    now = clock.now()
    return [
        CaseRow(
            member.case,
            Duty(member.duty),
            now >= member.case.expires_at,
            now < member.case.expires_at <= now + SOON,
        )
        for member in members
    ]


def deletions(actor: Actor) -> list[Deletion]:
    """Proposals that wait for a second officer, and certificates, the newest first."""
    if not allowed(actor, DESTROY):
        return []
    found = Deletion.objects.select_related("case").order_by("-proposed_at")
    return [each for each in found[:200] if each.confirmed_at or each.proposed_by != actor.key]


def heading(actor: Actor, number: str) -> Member:
    """What the way into a case needs: its number, name and duty; nothing that is in it. Raises NoSuchCase."""
    require(actor, LIST)
    member = (
        Member.objects.select_related("case")
        .filter(case__number=number, user_id=actor.user_id or 0, left_at=None)
        .first()
    )
    if member is None:
        raise gate.NoSuchCase(f"{number} is no case of this actor")
    return member


@dataclass(frozen=True)
class Overview:
    here: Inside
    members: list[Member]
    documents: list[Document]
    requests: Counter[str]
    """Of requests: ``sent``, ``answered``, ``drafted``."""


def overview(actor: Actor, number: str) -> Overview:
    here = gate.look(actor, number, LOOK, seeing="overview")
    requests = Retrieval.objects.filter(case=here.case).values_list("sent_on", "answered_on")
    return Overview(
        here,
        list(Member.objects.select_related("user").filter(case=here.case, left_at=None)),
        list(Document.objects.filter(case=here.case)),
        Counter("answered" if answered else "sent" if sent else "drafted" for sent, answered in requests),
    )


@dataclass(frozen=True)
class RetrievalRow:
    retrieval: Retrieval
    accounts: list[str]
    covered: list[tuple[str, Period]]
    gaps: list[Gap]

    @property
    def waiting_days(self) -> int | None:
        sent = self.retrieval.sent_on
        if sent is None or self.retrieval.answered_on:
            return None
        return (clock.local(clock.now()).date() - sent).days


def retrievals(actor: Actor, number: str) -> tuple[Inside, list[RetrievalRow]]:
    """The register, with what each answer leaves open."""
    here = gate.look(actor, number, LOOK, seeing="retrievals")
    return here, retrieval_rows(here.case)


def retrieval_rows(case: Case) -> list[RetrievalRow]:
    """For rooms above, inside a case already."""
    rows = []
    for retrieval in Retrieval.objects.select_related("document").filter(case=case):
        accounts = str(retrieval.accounts).splitlines()
        covered = read_coverage(str(retrieval.coverage))
        missing = (
            rules.gaps(accounts, Period(retrieval.first_day, retrieval.last_day), covered)
            if retrieval.answered_on
            else []
        )
        rows.append(RetrievalRow(retrieval, accounts, covered, missing))
    return rows


def document(actor: Actor, number: str, document_id: int) -> tuple[Inside, Document]:
    """A paper, to open its scan. Raises Document.DoesNotExist."""
    here = gate.look(actor, number, LOOK, seeing="document")
    return here, Document.objects.get(pk=document_id, case=here.case)


def officers(actor: Actor) -> list[User]:
    """Accounts that may become members."""
    require(actor, LIST)
    roles = [Role.ANALYST.value, Role.TAX_OFFICER.value]
    return list(User.objects.filter(role__in=roles, is_active=True).order_by("username"))
