"""Screenings of a case's invoices, and the cases each found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.desk.cases.models import Case
from zhoudao.desk.findings.models import Finding
from zhoudao.desk.findings.rules import UNFINISHED, JobState


class Screening(models.Model):
    """One reading and screening of all the files of a case; its tables lie in the vault."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="screenings")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in JobState], default=JobState.WAITING.value
    )
    share = models.FloatField(default=0)
    cancel_asked = models.BooleanField(default=False)
    problem = SealedTextField(blank=True)
    rows_in = models.PositiveBigIntegerField(default=0)
    kept = models.PositiveBigIntegerField(default=0)
    merged = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="trade_screening_number"),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=sorted(each.value for each in UNFINISHED)),
                name="trade_one_screening_at_a_time",
            ),
        ]

    @property
    def folder(self) -> str:
        """Where its tables lie in the vault."""
        return f"trade/{self.number}"


class FoundCase(models.Model):
    """A group of firms that a screening found: the figures of a finding of its own."""

    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="found")
    place = models.PositiveIntegerField()
    """From 1, strongest first."""
    finding = models.OneToOneField(Finding, null=True, on_delete=models.CASCADE, related_name="+")
    """What is decided, noted and packed. None in those found before findings kept them."""
    strength = models.FloatField()
    exporters = models.PositiveIntegerField()
    issuers = models.PositiveIntegerField()
    banks = models.PositiveIntegerField()
    suspects = models.PositiveIntegerField()
    false_invoices = models.BigIntegerField()
    """Fen, tax included."""
    refunds = models.BigIntegerField()
    """Fen, paid."""

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["screening", "place"], name="trade_found_place"),
        ]

    @property
    def folder(self) -> str:
        return f"{self.screening.folder}/{self.place}"
