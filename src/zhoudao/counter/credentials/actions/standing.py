"""Suspending, reinstating and revoking, by an officer or because an endorsement is late."""

from __future__ import annotations

from zhoudao.core import clock
from zhoudao.core.access import Actor, Permission
from zhoudao.core.audit.actions import act
from zhoudao.core.look import words
from zhoudao.core.outbox.actions import enqueue_job, enqueue_notice
from zhoudao.counter.credentials import holders
from zhoudao.counter.credentials.models import Credential
from zhoudao.counter.credentials.rules import (
    FOLLOWS,
    LEAST_REASON,
    REMIND_BEFORE,
    REVOKE,
    SUSPEND,
    State,
    Why,
    last_day,
)

NOTICES = {
    State.VALID: "credentials/reinstated",
    State.SUSPENDED: "credentials/suspended",
    State.REVOKED: "credentials/revoked",
}


class NotNow(Exception):
    """The certificate doesn't stand so that this can be done to it."""

    http_status = 409


def suspend(actor: Actor, number: str, reason: str) -> None:
    """Out of force until reinstated. Raises ValueError without a reason, NotNow, Credential.DoesNotExist."""
    _change(actor, number, SUSPEND, State.SUSPENDED, reason)


def reinstate(actor: Actor, number: str, reason: str) -> None:
    """In force again; one that was late for its endorsement is endorsed instead. Raises as ``suspend``."""
    _change(actor, number, SUSPEND, State.VALID, reason)


def revoke(actor: Actor, number: str, reason: str) -> None:
    """Out of force for good. Raises as ``suspend``."""
    _change(actor, number, REVOKE, State.REVOKED, reason)


def suspend_late(actor: Actor) -> int:
    """Suspend every certificate whose endorsement is overdue; how many. Verifiers say so by themselves as well."""
    late = Credential.objects.filter(state=State.VALID.value, endorsed_until__lte=clock.now())
    numbers = list(late.order_by("pk").values_list("number", "district"))
    for number, district in numbers:
        with act(actor, SUSPEND, subject=f"credential:{number}", district=district) as entry:
            credential = Credential.objects.select_for_update().get(number=number)
            if credential.state != State.VALID or credential.endorsed_until is None:
                continue
            if credential.endorsed_until > clock.now():
                continue
            credential.state, credential.why = State.SUSPENDED.value, Why.ENDORSEMENT_LATE.value
            credential.changed_at = clock.now()
            credential.save(update_fields=["state", "why", "changed_at"])
            entry.note(why=credential.why)
            tell(credential, "credentials/suspended")
    return len(numbers)


def remind_of_endorsements(actor: Actor) -> int:
    """Tell holders once whose endorsement is due within a month; how many."""
    soon = Credential.objects.filter(
        state=State.VALID.value,
        endorsed_until__gt=clock.now(),
        endorsed_until__lte=clock.now() + REMIND_BEFORE,
    )
    told = 0
    for pk in list(soon.order_by("pk").values_list("pk", flat=True)):
        credential = Credential.objects.get(pk=pk)
        if credential.reminded_for == credential.endorsed_until:
            continue
        with act(
            actor, SUSPEND, subject=f"credential:{credential.number}", district=credential.district
        ) as entry:
            credential.reminded_for = credential.endorsed_until
            credential.save(update_fields=["reminded_for"])
            entry.note(reminded=True)
            tell(credential, "credentials/endorse_soon")
        told += 1
    return told


def _change(actor: Actor, number: str, permission: Permission, to: State, reason: str) -> None:
    reason = reason.strip()
    found = Credential.objects.get(number=number)
    with act(
        actor, permission, subject=f"credential:{number}", district=found.district, purpose=reason
    ) as entry:
        if len(reason) < LEAST_REASON:
            raise ValueError(f"the reason has {len(reason)} characters; expected at least {LEAST_REASON}")
        credential = Credential.objects.select_for_update().get(pk=found.pk)
        before = State(credential.state)
        if to not in FOLLOWS[before]:
            raise NotNow(f"certificate {number} is {before}; it can't become {to}")
        overdue = credential.endorsed_until is not None and clock.now() >= credential.endorsed_until
        if to is State.VALID and overdue:
            raise NotNow(f"certificate {number} is late for its endorsement: endorse it instead")
        credential.state, credential.reason = to.value, reason
        credential.why = Why.NONE.value if to is State.VALID else Why.BY_OFFICER.value
        credential.changed_at = clock.now()
        credential.save(update_fields=["state", "why", "reason", "changed_at"])
        entry.note(before=before.value, after=to.value)
        enqueue_job("credentials.publish_list")
        tell(credential, NOTICES[to])


def tell(credential: Credential, template: str) -> None:
    """A notice to the holder, wherever they can be reached; without a word of what they hold beyond its kind."""
    language = holders.language_of(credential)
    until = credential.endorsed_until or credential.valid_until
    values = {
        "number": credential.number,
        "kind": holders.named(credential.kind.names, language),
        "late": credential.why == Why.ENDORSEMENT_LATE,
        "until": words.day(last_day(until), language, clock.local(clock.now()).year),
        "physical": credential.physical,
    }
    for channel, recipient in holders.reached(credential):
        enqueue_notice(channel, recipient, template, values, language)
