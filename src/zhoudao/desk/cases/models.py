"""Cases, who works in them, their documents and requests, and what is left of one that was destroyed."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.desk.cases.rules import Basis, DocumentKind, Duty, Measure, Offence, Purpose, State


def _choices(values: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in values]


class Case(models.Model):
    """A case (案件). Its number stays when all else of it is destroyed."""

    number = models.CharField(max_length=16, unique=True)
    """Given by the platform: ``2026-0001``."""
    vault = models.CharField(max_length=32, unique=True)
    """Name of the folder its files lie in; says nothing of the case."""
    token = models.CharField(max_length=32, unique=True, null=True, blank=True)
    """Of the form that opened it: sent twice, it opens one case."""
    title = SealedTextField(blank=True)
    offence = models.CharField(max_length=24, choices=_choices(Offence))
    basis = models.CharField(max_length=10, choices=_choices(Basis))
    purpose = SealedTextField(blank=True)
    """What the case is to find out."""
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=40)
    expires_at = models.DateTimeField()
    """When the basis must have been renewed; nobody looks after that."""
    closed_at = models.DateTimeField(null=True, blank=True)
    retain_until = models.DateField(null=True, blank=True)
    held = models.BooleanField(default=False)
    """Legal hold (保全): nothing is destroyed while it stands."""
    hold_reason = SealedTextField(blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return f"case:{self.number}"

    @property
    def state(self) -> State:
        return State(
            Basis(self.basis), self.expires_at, self.closed_at is not None, self.destroyed_at is not None
        )


class CaseKey(models.Model):
    """The key of a case's vault, sealed under the platform's keys; without this row its files are noise."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="key")
    material = SealedTextField()
    """32 bytes, hexadecimal."""


class Member(models.Model):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=12, choices=_choices(Duty))
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=models.Q(left_at=None), name="cases_member_once"
            )
        ]


class Sitting(models.Model):
    """A member at work in a case (入案): from entering, with a purpose, until leaving or going quiet.

    While one lives, the case's vault may lie opened in its private folder. By the machine's clock, like sessions.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sittings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=_choices(Purpose))
    note = SealedTextField(blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "user", "left_at"], name="cases_sitting_of_user")]


class Document(models.Model):
    """A paper that the case rests on; its scan lies in the vault."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=12, choices=_choices(DocumentKind))
    number = SealedTextField()
    """As printed on it (文书号)."""
    issued_on = models.DateField(null=True, blank=True)
    name = SealedTextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    """Of the scan; empty where only the number is known."""
    size = models.PositiveBigIntegerField(default=0)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=40)

    class Meta:
        ordering = ["added_at", "pk"]


class Retrieval(models.Model):
    """One request (调证) to a bank or company."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="retrievals")
    number = models.PositiveIntegerField()
    """Counted within the case."""
    measure = models.CharField(max_length=8, choices=_choices(Measure))
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    addressee = SealedTextField()
    accounts = SealedTextField()
    """One a line."""
    first_day = models.DateField()
    last_day = models.DateField()
    sent_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    coverage = SealedTextField(blank=True)
    """What the answer covers: a line an account, ``account first-day last-day``."""
    remark = SealedTextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_retrieval_number"),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="cases_retrieval_period"
            ),
        ]


class Deletion(models.Model):
    """Destroying a case takes two officers; the certificate (销毁证明) is what stays."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="deletion")
    document_number = SealedTextField()
    reason = SealedTextField()
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=40)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=40, blank=True)
    certificate = models.TextField(blank=True)
    """JSON: what was destroyed, by whom, when, the audit chain's place; signed."""
