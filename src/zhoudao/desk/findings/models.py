"""Runs of detectors, what they found, what was said and decided about it, and packages of evidence."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.desk.cases.models import Case
from zhoudao.desk.evidence.models import Cleaning
from zhoudao.desk.findings.rules import JobState, Verdict


def _choices(values: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in values]


class Run(models.Model):
    """One run of a detector (探测) over one ledger, or other tables: what a reader needs to repeat it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="runs")
    ledger = models.ForeignKey(Cleaning, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    """None for one over other tables: a higher room's, which ``ports`` knows."""
    detector = models.CharField(max_length=80)
    version = models.CharField(max_length=20)
    params = models.JSONField()
    run_id = models.CharField(max_length=64, blank=True)
    """Of detector, version, parameters and inputs: the same run has the same."""
    input_hashes = models.JSONField(default=dict)
    not_checked = models.JSONField(default=list)
    """What the data did not let it test: columns and counts, never a person's data."""
    state = models.CharField(max_length=10, choices=_choices(JobState), default=JobState.WAITING.value)
    share = models.FloatField(default=0)
    cancel_asked = models.BooleanField(default=False)
    problem = SealedTextField(blank=True)
    found = models.PositiveIntegerField(default=0)
    """All findings; more than are kept, perhaps."""
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    @property
    def folder(self) -> str:
        """Where its tables lie in the vault."""
        return f"runs/{self.pk}"


class Finding(models.Model):
    """A reason to look, kept until a person has decided."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="findings")
    finding_id = models.CharField(max_length=64)
    """The same for the same finding, whenever and by whichever run it is found."""
    score = models.FloatField()
    amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    first_time = models.DateTimeField(null=True, blank=True)
    last_time = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField()
    told = SealedTextField()
    """JSON: subjects and reasons; accounts stand in it."""
    verdict = models.CharField(max_length=10, choices=_choices(Verdict), default=Verdict.OPEN.value)
    why = SealedTextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-score", "-amount", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "finding_id"], name="findings_once_a_run")
        ]
        indexes = [models.Index(fields=["case", "verdict", "-score"], name="findings_of_case")]

    @property
    def subjects(self) -> list[dict[str, str]]:
        return self._data["subjects"]

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Each with ``code`` and ``values``."""
        return self._data["reasons"]

    @property
    def _data(self) -> dict[str, Any]:
        return json.loads(self.told)


class Note(models.Model):
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="notes")
    text = SealedTextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["written_at", "pk"]


class Package(models.Model):
    """An evidence package (证据包): one zip that stands alone, sealed in the vault until it is taken out."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="packages")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=_choices(JobState), default=JobState.WAITING.value)
    share = models.FloatField(default=0)
    cancel_asked = models.BooleanField(default=False)
    problem = SealedTextField(blank=True)
    document_number = SealedTextField()
    """Of the document it goes out with."""
    officers = SealedTextField()
    """JSON: the two officers who extracted it, name and staff number."""
    language = models.CharField(max_length=10)
    findings = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="findings_package_number")
        ]

    @property
    def place(self) -> str:
        """Where it lies in the vault."""
        return f"packages/{self.number}.zip"
