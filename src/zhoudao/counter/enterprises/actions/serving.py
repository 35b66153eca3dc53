"""An officer who stays, the thread, and who may act for an enterprise."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import ALL_DISTRICTS, Actor, Role
from zhoudao.core.audit.actions import act
from zhoudao.core.keys.actions import blind_index
from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.core.people.actions.organisations import appoint_agent, withdraw_agency
from zhoudao.core.people.actions.residents import find_resident
from zhoudao.core.people.models import Agency, Organisation, User
from zhoudao.counter.applications import actions as applications
from zhoudao.counter.applications.rules import AT_WORK, RANKS
from zhoudao.counter.catalog.program import StepRole
from zhoudao.counter.enterprises.models import Message, NamedOfficer
from zhoudao.counter.enterprises.problems import NotFound, Unusable
from zhoudao.counter.enterprises.queries import firms
from zhoudao.counter.enterprises.rules import ANSWER, FORGET, KEPT, LONGEST_MESSAGE, NAME_OFFICER, WRITE


def name_officer(actor: Actor, credit_code: str, officer_id: int) -> NamedOfficer:
    """Name who stays with an enterprise; what waits for a step of theirs goes to them. The same again changes nothing.

    Raises NotFound, Unusable, Forbidden.
    """
    firm = firms.firm_of(credit_code)
    with act(
        actor, NAME_OFFICER, subject=f"organisation:{credit_code}", district=firms.district_of(actor, firm)
    ) as entry:
        officer = User.objects.filter(pk=officer_id, is_active=True, role__in=sorted(AT_WORK)).first()
        if officer is None or not {firm.district, ALL_DISTRICTS} & set(officer.districts):
            raise Unusable(_("This officer doesn't work there."), todo=_("Choose one of the list."))
        Organisation.objects.select_for_update().get(pk=firm.pk)
        standing = NamedOfficer.objects.filter(organisation=firm, ended_at=None).first()
        entry.note(officer=f"user:{officer_id}")
        if standing is not None and standing.officer_id == officer_id:
            return standing
        now = clock.now()
        NamedOfficer.objects.filter(organisation=firm, ended_at=None).update(ended_at=now)
        named = NamedOfficer.objects.create(organisation=firm, officer=officer, named_at=now)
        moved = 0
        for number, district, step in firms.waiting(firm):
            theirs = Role(officer.role) in RANKS[StepRole(step)] and actor.covers(district)
            if theirs and {district, ALL_DISTRICTS} & set(officer.districts):
                applications.assign(actor, number, officer_id)
                moved += 1
        entry.note(moved=moved)
    return named


def write(actor: Actor, text: str, key: str) -> Message:
    """An agent writes to the officer of their enterprise. Raises NotFound, Unusable, Forbidden."""
    firm = Organisation.objects.filter(pk=actor.organisation_id or 0).first()
    with act(actor, WRITE, subject=f"organisation:{firm.credit_code if firm else ''}") as entry:
        if firm is None:
            raise Unusable(_("You act for no enterprise now."), todo=_("Choose the enterprise first."))
        message, new = _put(actor, firm, text, key, from_firm=True)
        entry.note(message=message.pk, again=not new)
        officer = firms.officer_of(firm.pk)
        if new and officer is not None:
            _tell(f"user:{officer}", message, firm)
    return message


def answer(actor: Actor, credit_code: str, text: str, key: str) -> Message:
    """An officer writes to an enterprise; its agents are told. Raises NotFound, Unusable, Forbidden."""
    firm = firms.firm_of(credit_code)
    with act(
        actor, ANSWER, subject=f"organisation:{credit_code}", district=firms.district_of(actor, firm)
    ) as entry:
        message, new = _put(actor, firm, text, key, from_firm=False)
        entry.note(message=message.pk, again=not new)
        if new:
            for user_id in firms.agents_accounts(firm):
                _tell(f"user:{user_id}", message, firm)
    return message


def appoint(actor: Actor, credit_code: str, document: str, until: date | None) -> Agency:
    """Let a registered person act for an enterprise from today. Raises NotFound, BadInput, Unusable, Forbidden."""
    firm = firms.firm_of(credit_code)
    person = find_resident(actor, document, str(_("Authority to act for an enterprise")))
    if person is None:
        raise Unusable(_("Nobody with this number is registered here yet."), todo=_("Register them first."))
    return appoint_agent(actor, person, firm, clock.local(clock.now()).date(), until)


def withdraw(actor: Actor, credit_code: str, agency_id: int) -> None:
    """End an agent's authority now; twice changes nothing. Raises NotFound, Forbidden."""
    firm = firms.firm_of(credit_code)
    agency = Agency.objects.select_related("organisation").filter(pk=agency_id, organisation=firm).first()
    if agency is None:
        raise NotFound(str(agency_id))
    withdraw_agency(actor, agency)


def forget(actor: Actor) -> int:
    """Delete messages older than KEPT; how many. Raises Forbidden."""
    with act(actor, FORGET, subject="enterprises:messages") as entry:
        gone, _by_table = Message.objects.filter(at__lt=clock.now() - KEPT).delete()
        entry.note(messages=gone)
    return gone


def _put(actor: Actor, firm: Organisation, text: str, key: str, *, from_firm: bool) -> tuple[Message, bool]:
    said = text.strip()
    if not 0 < len(said) <= LONGEST_MESSAGE:
        raise Unusable(
            _("A message has 1 to %(most)d characters.") % {"most": LONGEST_MESSAGE},
            todo=_("Write it again."),
        )
    return Message.objects.get_or_create(
        key=blind_index("enterprises.message", f"{actor.key}\n{key}"),
        defaults={
            "organisation": firm, "by_id": actor.user_id, "from_firm": from_firm, "text": said, "at": clock.now(),
        },
    )  # fmt: skip


def _tell(recipient: str, message: Message, firm: Organisation) -> None:
    """That there is a message, never what it says. In the caller's transaction."""
    enqueue_notice(
        "letterbox", recipient, "enterprises/message", {"firm": firm.name}, "zh-hans",
        key=f"enterprises.message:{message.pk}:{recipient}",
    )  # fmt: skip
