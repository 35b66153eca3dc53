"""Enterprises: who stays with them, who acts for them, what was written, what was promised and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from zhoudao.core import clock
from zhoudao.core.access import Actor, allowed, require
from zhoudao.core.people.models import Agency, Organisation, User
from zhoudao.core.people.rules.masks import mask_name
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.queries import performance
from zhoudao.counter.applications.queries.performance import Line
from zhoudao.counter.applications.rules import AT_WORK
from zhoudao.counter.enterprises.models import Bundle, Message, NamedOfficer
from zhoudao.counter.enterprises.problems import NotFound
from zhoudao.counter.enterprises.rules import BUNDLE, SEE, SEE_OWN

SHOWN_MESSAGES = 100
MOST_FIRMS = 200


@dataclass(frozen=True)
class Agent:
    """Somebody who may act for an enterprise, as officers and the enterprise see them."""

    key: int
    name: str
    agency: Agency


@dataclass(frozen=True)
class Profile:
    firm: Organisation
    officer: User | None
    agents: list[Agent]
    messages: list[Message]
    """Oldest first."""
    kept: Line | None
    """Promised and kept this year; None when nothing was decided."""
    running: int


@dataclass(frozen=True)
class Row:
    """An enterprise in the list."""

    firm: Organisation
    officer: str
    waits_for_answer: bool
    running: int
    kept: Line | None


def firm_of(credit_code: str) -> Organisation:
    """Raises NotFound."""
    found = Organisation.objects.filter(credit_code=credit_code).first()
    if found is None:
        raise NotFound(credit_code)
    return found


def district_of(actor: Actor, firm: Organisation) -> str | None:
    """In whose name the actor deals with it: of one from outside the city, any of their own."""
    return firm.district or min(actor.districts, default=None)


def officer_of(organisation_id: int) -> int | None:
    """The account of the officer who stays with an enterprise now."""
    return (
        NamedOfficer.objects.filter(organisation_id=organisation_id, ended_at=None)
        .values_list("officer_id", flat=True)
        .first()
    )


def waiting(firm: Organisation) -> list[tuple[str, str, str]]:
    """Number, district and step of the firm's applications that wait for an officer."""
    rows = Application.objects.filter(organisation=firm, waits_for__isnull=False)
    told = rows.values_list("number", "district", "waits_for")
    return [(number, district, step) for number, district, step in told if step is not None]


def agents_accounts(firm: Organisation) -> list[int]:
    """Accounts of those who may act for it today."""
    found = _standing(firm).values_list("person__user_id", flat=True)
    return [each for each in found if each is not None]


def own_profile(actor: Actor) -> Profile | None:
    """Of the enterprise the actor acts for; None while they act for none. Raises Forbidden."""
    require(actor, SEE_OWN)
    firm = Organisation.objects.filter(pk=actor.organisation_id or 0).first()
    return _profile(firm) if firm is not None else None


def profile(actor: Actor, credit_code: str) -> Profile:
    """Raises NotFound, Forbidden."""
    if not allowed(actor, SEE, min(actor.districts, default=None)):
        require(actor, SEE, min(actor.districts, default=None))
    firm = firm_of(credit_code)
    require(actor, SEE, district_of(actor, firm))
    return _profile(firm)


def open_bundle(actor: Actor, firm: Organisation) -> Bundle | None:
    """What the actor began for it and didn't hand in. Raises Forbidden."""
    require(actor, BUNDLE)
    return Bundle.objects.filter(owner_id=actor.user_id, organisation=firm, handed_in_at=None).first()


def officers(actor: Actor, firm: Organisation) -> list[User]:
    """Who may be named for it. Raises Forbidden."""
    require(actor, SEE, district_of(actor, firm))
    found = User.objects.filter(is_active=True, role__in=sorted(AT_WORK)).order_by("staff_number")
    return [each for each in found if firm.district in each.districts or "*" in each.districts]


def firms(actor: Actor, words: str = "") -> list[Row]:
    """Of the actor's districts, those that wait for an answer first. Six queries. Raises Forbidden.

    ``words``: part of the name, or of the credit code.
    """
    if not allowed(actor, SEE, min(actor.districts, default=None)):
        require(actor, SEE, min(actor.districts, default=None))
    found = Organisation.objects.all()
    if not actor.covers(None):
        found = found.filter(Q(district__in=actor.districts) | Q(district=""))
    if words.strip():
        found = found.filter(Q(name__icontains=words.strip()) | Q(credit_code__icontains=words.strip()))
    listed = list(found.order_by("name")[:MOST_FIRMS])
    keys = [each.pk for each in listed]
    named = {
        each.organisation_id: each.officer.staff_number
        for each in NamedOfficer.objects.select_related("officer").filter(
            organisation__in=keys, ended_at=None
        )
    }
    newest = (
        Message.objects.filter(organisation__in=keys).order_by().values("organisation").annotate(Max("pk"))
    )
    last = Message.objects.filter(pk__in=[each["pk__max"] for each in newest], from_firm=True)
    unanswered = set(last.values_list("organisation_id", flat=True))
    running: dict[int, int] = {}
    for key in Application.objects.filter(organisation__in=keys, waits_for__isnull=False).values_list(
        "organisation_id", flat=True
    ):
        running[key] = running.get(key, 0) + 1
    kept = _kept(keys)
    rows = [
        Row(each, named.get(each.pk, ""), each.pk in unanswered, running.get(each.pk, 0), kept.get(each.pk))
        for each in listed
    ]
    return sorted(rows, key=lambda row: (not row.waits_for_answer, -row.running, row.firm.name))


def _profile(firm: Organisation) -> Profile:
    named = NamedOfficer.objects.select_related("officer").filter(organisation=firm, ended_at=None).first()
    messages = list(
        Message.objects.select_related("by").filter(organisation=firm).order_by("-pk")[:SHOWN_MESSAGES]
    )
    return Profile(
        firm,
        named.officer if named else None,
        [Agent(each.pk, mask_name(each.person.name), each) for each in _standing(firm)],
        messages[::-1],
        _kept([firm.pk]).get(firm.pk),
        Application.objects.filter(organisation=firm, waits_for__isnull=False).count(),
    )


def _standing(firm: Organisation) -> QuerySet[Agency]:
    today = clock.local(clock.now()).date()
    return Agency.objects.select_related("person").filter(
        Q(valid_until=None) | Q(valid_until__gte=today),
        organisation=firm,
        withdrawn_at=None,
        valid_from__lte=today,
    ).order_by("valid_from", "pk")  # fmt: skip


def _kept(keys: Sequence[int]) -> dict[int, Line]:
    return performance.by_organisation(keys, clock.local(clock.now()).year)
