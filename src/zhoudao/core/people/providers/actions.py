"""Whose account a provider's word opens, linked once; ending sessions when the provider says so."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.db.models import Q

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.audit.rules import Outcome
from zhoudao.core.people import indexes
from zhoudao.core.people.actions.residents import parse_document
from zhoudao.core.people.models import DocumentKind, ProviderLink, ProviderSession, Resident, User
from zhoudao.core.people.providers.rules import NETWORK, PORTAL, BadSignIn, Provider, Refused, Said
from zhoudao.core.people.rules import duties
from zhoudao.core.people.rules.bad_input import BadInput


def providers() -> dict[str, Provider]:
    """Those of the settings, by name."""
    return {each.name: each for each in (_configured(PORTAL), _configured(NETWORK)) if each is not None}


def _configured(name: str) -> Provider | None:
    values = settings.SIGN_IN_PROVIDERS[name]
    return Provider(name=name, **values) if values["issuer"] else None


def sign_in(actor: Actor, provider: Provider, said: Said) -> User:
    """The account whose session may now begin; linked to the provider's subject the first time.

    ``actor``: a visitor. An account that never chose a password of its own loses its first one: it is signed in to with
    the provider. Raises BadSignIn, and notes that in the trail.
    """
    try:
        user = _account(provider, said)
    except BadSignIn as refusal:
        note_refusal(actor, provider, refusal)
        raise
    with act(user.as_actor(actor.origin), duties.SIGN_IN, subject=f"user:{user.pk}") as entry:
        _, linked = ProviderLink.objects.get_or_create(
            subject_index=indexes.of_subject(provider.issuer, said.subject),
            defaults={"user": user, "provider": provider.name, "linked_at": clock.now()},
        )
        if user.must_change_password:
            user.set_unusable_password()
            user.must_change_password = False
            user.save(update_fields=["password", "must_change_password"])
        User.objects.filter(pk=user.pk).update(last_activity_at=clock.machine_now())
        entry.note(step="provider", provider=provider.name, linked=linked)
    return user


def note_refusal(actor: Actor, provider: Provider, refusal: BadSignIn) -> None:
    with act(actor, duties.SIGN_IN) as entry:
        entry.outcome = Outcome.REFUSED
        entry.note(step="provider", provider=provider.name, why=refusal.why.value)


def _account(provider: Provider, said: Said) -> User:
    index = indexes.of_subject(provider.issuer, said.subject)
    link = ProviderLink.objects.filter(subject_index=index).select_related("user").first()
    user = link.user if link else (_resident(said) if provider.name == PORTAL else _member_of_staff(provider, said))
    if not user.is_active or user.role not in provider.opens:
        raise BadSignIn(Refused.NOT_OPENED)
    return user


def _resident(said: Said) -> User:
    """The account of the resident whose identity number the portal names."""
    try:
        number = parse_document(DocumentKind.RESIDENT_ID, said.person)
    except BadInput:
        raise BadSignIn(Refused.NO_ACCOUNT, "number") from None
    index = indexes.of_document(DocumentKind.RESIDENT_ID, number)
    resident = Resident.objects.filter(document_index=index).select_related("user").first()
    if resident is None or resident.user is None:
        raise BadSignIn(Refused.NO_ACCOUNT)
    return resident.user


def _member_of_staff(provider: Provider, said: Said) -> User:
    """The one open account with that number in the force. Of two, we can't know which is meant: they sign in here."""
    if not said.person:
        raise BadSignIn(Refused.NO_ACCOUNT, "number")
    roles = [role.value for role in provider.opens]
    found = User.objects.filter(staff_number=said.person, is_active=True, role__in=roles)[:2]
    if len(found) != 1:
        raise BadSignIn(Refused.NO_ACCOUNT, "no such account" if not found else "several accounts")
    return found[0]


# Sessions -------------------------------------------------------------------------------------------------------------


def remember_session(provider: Provider, said: Said, user: User, session_key: str) -> None:
    """So that the provider can end it. Old ones that have ended anyway are forgotten."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for old in ProviderSession.objects.filter(user=user):
        if not store().exists(old.session_key):
            old.delete()
    ProviderSession.objects.create(
        user=user,
        provider=provider.name,
        subject_index=indexes.of_subject(provider.issuer, said.subject),
        sid_index=indexes.of_subject(provider.issuer, said.session) if said.session else "",
        session_key=session_key,
    )


def end_sessions(actor: Actor, provider: Provider, subject: str, session: str) -> int:
    """End what the provider says is over: one session of its own, or all of a person; returns how many."""
    wanted = Q(provider=provider.name)
    if session:
        wanted &= Q(sid_index=indexes.of_subject(provider.issuer, session))
    if subject:
        wanted &= Q(subject_index=indexes.of_subject(provider.issuer, subject))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    with act(actor, duties.SIGN_IN) as entry:
        ended = list(ProviderSession.objects.filter(wanted).select_for_update())
        for each in ended:
            store(each.session_key).delete()
            each.delete()
        entry.note(step="sign_out", reason="provider", provider=provider.name, sessions=len(ended))
    return len(ended)
