"""The trail itself, where it stands, and the keys that tie its pseudonyms to persons."""

from __future__ import annotations

from django.db import models

from zhoudao.core.audit.rules import Outcome
from zhoudao.core.keys.fields import SealedTextField


class AuditRow(models.Model):
    """One action, as ``zhoudao.engines.seals.chain.Row``. Triggers (``guard``) refuse to change it."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    purpose = models.TextField(blank=True)
    action = models.CharField(max_length=100)
    subject = models.CharField(max_length=200, blank=True)
    details = models.TextField()
    """Canonical JSON, as text: a database's own JSON type would give it back written differently."""
    origin = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=16, choices=[(outcome.value, outcome.value) for outcome in Outcome])
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["at", "sequence"], name="audit_by_time"),
            models.Index(fields=["action", "sequence"], name="audit_by_action"),
            models.Index(fields=["role", "sequence"], name="audit_by_role"),
            models.Index(fields=["outcome", "sequence"], name="audit_by_outcome"),
        ]


class AuditHead(models.Model):
    """Where the chain stands: one row, locked last by every transaction that adds to the trail."""

    THE_ONE = 1

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)


class PseudonymKey(models.Model):
    """One person's key. Deleting it leaves their rows, and nobody who can say whose they were."""

    person = models.CharField(max_length=100, unique=True)
    secret = SealedTextField()
    """32 random bytes, hexadecimal."""
