"""What screens and other rooms need to know about accounts and people."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from zhoudao.core import clock
from zhoudao.core.access import Actor, Forbidden, Role, allowed, require
from zhoudao.core.people import indexes, lockout
from zhoudao.core.people.models import Agency, Authenticator, DocumentKind, Organisation, Resident, User
from zhoudao.core.people.rules import duties, masks, numbers
from zhoudao.core.people.rules.bad_input import BadInput

PAGE_ROWS = 50


# Signing in ------------------------------------------------------------


def actor_of(user: User, origin: str, chosen_organisation: int | None = None) -> Actor:
    """Who ``user`` is to actions and queries; an agent acts for the organisation they chose, or for the
    first.
    """
    if user.role != Role.AGENT:
        return user.as_actor(origin)
    standing = list(_standing_agencies(user.pk).values_list("organisation_id", flat=True))
    chosen = chosen_organisation if chosen_organisation in standing else next(iter(standing), None)
    return user.as_actor(origin, chosen)


def username_meant(typed: str) -> str:
    """The user name of the account that somebody means by a user name, a mobile or a document number.

    When none or several fit, a name that no account has, made by the blind index: what was typed may be a
    personal number, and lockout records keep the name. Public; it tells nothing that a failed sign-in
    doesn't.
    """
    folded = numbers.fold(typed)
    if User.objects.filter(username=folded.lower()).exists():
        return folded.lower()
    having_account = Resident.objects.filter(user__isnull=False)
    found = list(having_account.filter(_numbered(typed)).values_list("user__username", flat=True)[:2])
    if len(found) == 1:
        return found[0]
    return "unknown:" + indexes.of_typed(folded)[:32]


def _numbered(typed: str) -> Q:
    """Residents whose mobile or document number ``typed`` may be."""
    wanted = Q(
        document_index__in=[indexes.of_document(kind, number) for kind, number in _as_documents(typed)]
    )
    with suppress(BadInput):
        wanted |= Q(mobile_index=indexes.of_mobile(numbers.parse_mobile(typed)))
    return wanted


def _as_documents(typed: str) -> Iterable[tuple[str, str]]:
    with suppress(BadInput):
        yield DocumentKind.RESIDENT_ID, numbers.parse_identity_number(typed).number
    try:
        number = numbers.parse_document_number(typed)
    except BadInput:
        return
    for kind in DocumentKind.values:
        if kind != DocumentKind.RESIDENT_ID:
            yield kind, number


def authenticator_of(user: User) -> Authenticator | None:
    """The account's second factor, once it is set up."""
    return Authenticator.objects.filter(user=user, confirmed=True).first()


def pending_authenticator(user: User) -> Authenticator | None:
    """The second factor that is being set up."""
    return Authenticator.objects.filter(user=user, confirmed=False).first()


# Accounts --------------------------------------------------------------


def accounts(actor: Actor, text: str = "", page: int = 1) -> Page[User]:
    """Staff accounts by user name; ``text`` is part of a user name, or a staff number."""
    require(actor, duties.SEE_ACCOUNTS)
    found = User.objects.exclude(staff_number="").order_by("username")
    if text:
        folded = numbers.fold(text)
        found = found.filter(Q(username__contains=folded.lower()) | Q(staff_number=folded))
    return Paginator(found, PAGE_ROWS).get_page(page)


@dataclass(frozen=True)
class AccountState:
    user: User
    has_second_factor: bool
    locked_until: datetime | None
    other_accounts: list[str]
    """User names of the same person's other accounts."""


def account(actor: Actor, user_id: int) -> AccountState | None:
    """One staff account and how it stands; None when there is none."""
    require(actor, duties.SEE_ACCOUNTS)
    user = User.objects.exclude(staff_number="").filter(pk=user_id).first()
    if user is None:
        return None
    others = User.objects.filter(staff_number=user.staff_number).exclude(pk=user.pk)
    return AccountState(
        user,
        authenticator_of(user) is not None,
        lockout.until_of(user.username),
        list(others.order_by("username").values_list("username", flat=True)),
    )


# Residents and organisations -------------------------------------------


@dataclass(frozen=True)
class ResidentSummary:
    """A resident as a screen may show them: masked."""

    resident_id: int
    name: str
    document_kind: str
    document: str
    mobile: str
    home_district: str


def resident_summary(actor: Actor, resident_id: int) -> ResidentSummary | None:
    """A resident of the actor's districts (or from outside the city), masked; None when there is none.

    Raises Forbidden for residents of other districts.
    """
    resident = Resident.objects.filter(pk=resident_id).first()
    home_district = resident.home_district if resident else ""
    require(actor, duties.SEE_RESIDENT, duties.serving_district(actor, home_district))
    return _masked(resident) if resident else None


def resident_summaries(actor: Actor, resident_ids: Iterable[int]) -> dict[int, ResidentSummary]:
    """The same for a list, in one query: those of the ids that the actor may see."""
    require(actor, duties.SEE_RESIDENT, duties.serving_district(actor, ""))
    return {
        resident.pk: _masked(resident)
        for resident in Resident.objects.filter(pk__in=list(resident_ids))
        if allowed(actor, duties.SEE_RESIDENT, duties.serving_district(actor, resident.home_district))
    }


def own_details(actor: Actor) -> Resident | None:
    """What is kept about the person who is signed in, unmasked."""
    require(actor, duties.SEE_OWN_DETAILS)
    return Resident.objects.filter(user__isnull=False, user=actor.user_id).first()


def organisations_of(actor: Actor) -> QuerySet[Organisation]:
    """The organisations that the signed-in agent may act for today."""
    require(actor, duties.CHOOSE_ORGANISATION)
    if actor.user_id is None:
        raise Forbidden(actor, duties.CHOOSE_ORGANISATION, None)
    standing = _standing_agencies(actor.user_id)
    return Organisation.objects.filter(pk__in=standing.values("organisation")).order_by("name")


def _standing_agencies(user_id: int) -> QuerySet[Agency]:
    today = clock.local(clock.now()).date()
    return Agency.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today),
        person__user_id=user_id,
        withdrawn_at=None,
        valid_from__lte=today,
    ).order_by("valid_from", "pk")


def _masked(resident: Resident) -> ResidentSummary:
    return ResidentSummary(
        resident.pk,
        masks.mask_name(resident.name),
        resident.document_kind,
        masks.mask_document(resident.document_number),
        masks.mask_phone(resident.mobile),
        resident.home_district,
    )
