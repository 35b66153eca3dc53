"""The keys that sign certificates, and the signed list of those out of force."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Max

from zhoudao.core import city, clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.counter.credentials.models import Credential, KeySetVersion, PublishedList, SigningKey
from zhoudao.counter.credentials.rules import (
    KEY_RENEWED_BEFORE,
    KEY_SIGNS_FOR,
    LIST_LASTS,
    LISTS_KEPT,
    PUBLISH_LIST,
    ROTATE_KEY,
    WITHDRAW_KEY,
    State,
)
from zhoudao.engines.seals import keyset, signing, status
from zhoudao.engines.seals.keyset import KeySet, KeyStatus
from zhoudao.engines.seals.signing import Algorithm, Signer
from zhoudao.engines.seals.status import Standing, StatusList

STANDINGS = {State.SUSPENDED: Standing.SUSPENDED, State.REVOKED: Standing.REVOKED}


def current_key(moment: datetime) -> SigningKey:
    """The key that signs at ``moment``; made now when there is none. Call it inside an action."""
    usable = SigningKey.objects.filter(
        status=KeyStatus.ACTIVE.value, not_before__lte=moment, not_after__gt=moment
    )
    return usable.order_by("-not_before", "-pk").first() or _make_key(moment, "first key")


def signer_of(key: SigningKey) -> Signer:
    """Raises Unavailable when this machine can't do its algorithm."""
    return signing.load_signer(Algorithm(key.algorithm), bytes.fromhex(key.secret), bytes.fromhex(key.point))


def rotate_key(actor: Actor) -> SigningKey:
    """Sign with a new key from now on; what the old ones signed goes on counting. Raises Unavailable."""
    now = clock.now()
    with act(actor, ROTATE_KEY, subject="signing-key:new") as entry:
        old = SigningKey.objects.filter(status=KeyStatus.ACTIVE.value)
        ids = list(old.values_list("key_id", flat=True))
        for key in old:
            key.status, key.not_after = KeyStatus.RETIRED.value, max(now, key.not_before)
            key.save(update_fields=["status", "not_after"])
        new = _make_key(now, "rotated")
        entry.note(key=new.key_id, algorithm=new.algorithm, retired=ids)
        enqueue_job("credentials.publish_list")
    return new


def withdraw_key(actor: Actor, key_id: str, reason: str) -> None:
    """Nothing signed with this key counts any more: for a key that somebody else may have.

    Its certificates are to be issued anew. Raises ValueError without a reason, SigningKey.DoesNotExist.
    """
    if not reason.strip():
        raise ValueError("withdrawing a key needs a reason")
    now = clock.now()
    with act(actor, WITHDRAW_KEY, subject=f"signing-key:{key_id}", purpose=reason.strip()) as entry:
        key = SigningKey.objects.select_for_update().get(key_id=key_id)
        key.status, key.not_after = KeyStatus.WITHDRAWN.value, min(now, key.not_after)
        key.save(update_fields=["status", "not_after"])
        current_key(now)
        _note_version(f"withdrew {key_id}")
        entry.note(certificates=key.credential_set.count())
        enqueue_job("credentials.publish_list")


def publish_list(actor: Actor) -> PublishedList:
    """Sign which certificates are suspended or revoked, and renew the key when it has signed long enough.

    Raises Unavailable.
    """
    now = clock.now()
    with act(actor, PUBLISH_LIST, subject="status-list:") as entry:
        key = current_key(now)
        if key.not_after - now < KEY_RENEWED_BEFORE:
            key = rotate_key(actor)
        newest = PublishedList.objects.order_by("-sequence").first()
        sequence = newest.sequence + 1 if newest else 1
        size = (Credential.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        others = {
            index: STANDINGS[State(state)]
            for index, state in Credential.objects.exclude(state=State.VALID.value).values_list("pk", "state")
        }
        statuses = StatusList(
            city.current().code, sequence, now, now + LIST_LASTS, size, status.bits_of(size, others)
        )
        published = PublishedList.objects.create(
            sequence=sequence,
            issued_at=now,
            expires_at=statuses.expires,
            size=size,
            out_of_force=len(others),
            text=status.seal(statuses, signer_of(key)),
        )
        PublishedList.objects.filter(sequence__lte=sequence - LISTS_KEPT).delete()
        entry.note(sequence=sequence, size=size, out_of_force=len(others), key=key.key_id)
    return published


def _make_key(moment: datetime, change: str) -> SigningKey:
    made = signing.generate(Algorithm(settings.CERTIFICATE_ALGORITHM))
    key = SigningKey.objects.create(
        key_id=signing.key_id(made.public.point).hex(),
        algorithm=made.public.algorithm.value,
        point=made.public.point.hex(),
        secret=made.secret.hex(),
        not_before=moment,
        not_after=moment + KEY_SIGNS_FOR,
    )
    _note_version(change)
    return key


def _note_version(change: str) -> None:
    """Write the key set down as it now is, under the next version."""
    last = KeySetVersion.objects.aggregate(last=Max("version"))["last"] or 0
    now = clock.now()
    keys = tuple(key.as_public() for key in SigningKey.objects.all())
    document = keyset.dump(KeySet(city.current().code, last + 1, now, keys))
    KeySetVersion.objects.create(version=last + 1, made_at=now, change=change, keys=document["keys"])
