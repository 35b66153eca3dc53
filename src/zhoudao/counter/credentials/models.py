"""Keys that sign, kinds of certificates, certificates, and the lists that were published.

Whatever names a holder is sealed; so are the keys' secret numbers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.core.people.models import Organisation, Resident
from zhoudao.counter.credentials.rules import State, Why
from zhoudao.engines.seals.keyset import Key, KeyStatus
from zhoudao.engines.seals.signing import Algorithm


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in kind]


class SigningKey(models.Model):
    key_id = models.CharField(max_length=16, unique=True)
    algorithm = models.CharField(max_length=8, choices=_choices(Algorithm))
    point = models.CharField(max_length=130)
    """The public point, hexadecimal."""
    secret = SealedTextField()
    """The secret number, hexadecimal."""
    status = models.CharField(max_length=16, choices=_choices(KeyStatus), default=KeyStatus.ACTIVE.value)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["not_before", "pk"]

    def as_public(self) -> Key:
        """The key as verifiers know it."""
        return Key(
            Algorithm(self.algorithm),
            bytes.fromhex(self.point),
            self.not_before,
            self.not_after,
            KeyStatus(self.status),
        )


class KeySetVersion(models.Model):
    """The keys as they were published: a verifier never goes back to a lower version."""

    version = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField()
    change = models.CharField(max_length=100)
    """What made it, such as "rotated"."""
    keys = models.JSONField()
    """As in the document (``engines.seals.keyset``)."""


class Kind(models.Model):
    """What is certified, and what it and its facts are called. Written when one is issued, from the item."""

    code = models.CharField(max_length=60, unique=True)
    names = models.JSONField()
    """{"zh-hans": …, "en": …}."""
    facts = models.JSONField(default=dict)
    """{"address": {"zh-hans": …, "en": …}}."""

    def __str__(self) -> str:
        return self.code


class Credential(models.Model):
    """A certificate. Its primary key is its place in the status list."""

    number = models.CharField(max_length=40, unique=True)
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="credentials")
    application = models.CharField(max_length=32)
    """Number of the application it was issued on."""
    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    district = models.CharField(max_length=60)
    name = SealedTextField()
    """The holder's, as the certificate says it."""
    document = models.CharField(max_length=40, blank=True)
    """The holder's document number as the certificate says it: masked."""
    facts = SealedTextField(default="{}")
    """JSON."""
    physical = models.BooleanField(default=False)
    serial = SealedTextField(blank=True, default="")
    """A physical card's serial number."""
    text = SealedTextField(blank=True, default="")
    """What the QR code says; empty for a physical card."""
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, null=True, blank=True)
    state = models.CharField(max_length=16, choices=_choices(State), default=State.VALID.value)
    why = models.CharField(max_length=32, choices=_choices(Why), blank=True)
    reason = SealedTextField(blank=True, default="")
    """What the officer wrote."""
    issued_at = models.DateTimeField()
    signed_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    endorse_months = models.PositiveSmallIntegerField(default=0)
    endorsed_until = models.DateTimeField(null=True, blank=True)
    reminded_for = models.DateTimeField(null=True, blank=True)
    """The endorsement that the holder was reminded of."""
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-issued_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["district", "-issued_at"], name="credentials_by_district"),
            models.Index(fields=["state", "endorsed_until"], name="credentials_by_endorsement"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "kind"], name="credentials_once_an_application"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="credentials_known_state"),
            models.CheckConstraint(
                condition=Q(resident=None, organisation__isnull=False)
                | Q(resident__isnull=False, organisation=None),
                name="credentials_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("issued_at")), name="credentials_end_after_they_begin"
            ),
        ]

    def __str__(self) -> str:
        return f"credential:{self.number}"


class PublishedList(models.Model):
    """A status list as it went out."""

    sequence = models.PositiveBigIntegerField(unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    size = models.PositiveBigIntegerField()
    out_of_force = models.PositiveBigIntegerField()
    """How many on it are suspended or revoked."""
    text = models.TextField()
