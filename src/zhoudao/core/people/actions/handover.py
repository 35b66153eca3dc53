"""Signing in by the province's word: its app hands over a signed token, and we find whose account that is.

Only residents and enterprise agents: staff sign in with their password and second factor, whatever a token says.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from zhoudao.core import clock
from zhoudao.core.access import PUBLIC_ROLES, Actor, Role
from zhoudao.core.audit.actions import act
from zhoudao.core.audit.rules import Outcome
from zhoudao.core.people import indexes
from zhoudao.core.people.actions.residents import parse_document
from zhoudao.core.people.models import DocumentKind, HandoverUse, Resident, User
from zhoudao.core.people.rules import duties
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.engines.seals.handover import BadHandover, Handover, Refused, read, read_keys

TAKEN_OVER = PUBLIC_ROLES - {Role.VISITOR}


def is_offered() -> bool:
    """Whether this house takes sign-ins over at all."""
    return bool(settings.HANDOVER_KEYS)


def account_of(actor: Actor, token: str) -> User:
    """Whose account a token opens, without using it up: for asking whether to go on. Raises BadHandover, and notes
    that in the trail."""
    try:
        return _account(_read(token))
    except BadHandover as refusal:
        _note_refusal(actor, refusal)
        raise


def sign_in(actor: Actor, token: str) -> User:
    """Use a token up; the account whose session may now begin. Raises BadHandover, and notes that in the trail.

    ``actor``: a visitor. The row that makes a second use fail is written together with the audit row.
    """
    try:
        handover = _read(token)
        user = _account(handover)
        with act(user.as_actor(actor.origin), duties.SIGN_IN, subject=f"user:{user.pk}") as entry:
            _use_up(handover)
            User.objects.filter(pk=user.pk).update(last_activity_at=clock.machine_now())
            entry.note(step="handover")
    except BadHandover as refusal:
        _note_refusal(actor, refusal)
        raise
    return user


def _read(token: str) -> Handover:
    keys = read_keys(settings.HANDOVER_KEYS)
    now = clock.machine_now().timestamp()
    return read(token, keys, settings.HANDOVER_ISSUER, settings.HANDOVER_AUDIENCE, now)


def _account(handover: Handover) -> User:
    """The account of the person a token names. Raises BadHandover."""
    if HandoverUse.objects.filter(token_index=indexes.of_handover(handover.token_id)).exists():
        raise BadHandover(Refused.REPLAYED)
    kind = handover.document_kind
    if kind not in DocumentKind.values:
        raise BadHandover(Refused.UNREADABLE)
    try:
        number = parse_document(kind, handover.document_number)
    except BadInput:
        raise BadHandover(Refused.UNREADABLE) from None
    found = Resident.objects.filter(document_index=indexes.of_document(kind, number)).select_related("user")
    resident = found.first()
    if resident is None or resident.user is None:
        raise BadHandover(Refused.NO_ACCOUNT)
    if not resident.user.is_active or resident.user.role not in TAKEN_OVER:
        raise BadHandover(Refused.NOT_PUBLIC)
    return resident.user


def _use_up(handover: Handover) -> None:
    HandoverUse.objects.filter(ends_at__lt=clock.machine_now()).delete()
    try:
        with transaction.atomic():
            HandoverUse.objects.create(
                token_index=indexes.of_handover(handover.token_id),
                ends_at=datetime.fromtimestamp(handover.ends, UTC),
            )
    except IntegrityError:  # the same token, twice at once
        raise BadHandover(Refused.REPLAYED) from None


def _note_refusal(actor: Actor, refusal: BadHandover) -> None:
    with act(actor, duties.SIGN_IN) as entry:
        entry.outcome = Outcome.REFUSED
        entry.note(step="handover", why=refusal.why.value)
