"""Files as they came, and each cleaning that made a ledger of them."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.desk.cases.models import Case, Retrieval
from zhoudao.desk.evidence.rules import UNFINISHED, Accounting, CleaningState, FileState


def _choices(values: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in values]


class EvidenceFile(models.Model):
    """A file as it came (原始文件). Its content lies in the vault under its hash, and never changes."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    name = SealedTextField()
    """Path and name as they came."""
    archive = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    """The zip it was in."""
    retrieval = models.ForeignKey(
        Retrieval, null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    """The request it answers."""
    state = models.CharField(max_length=8, choices=_choices(FileState), default=FileState.KEPT.value)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=40)

    class Meta:
        ordering = ["received_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "sha256"], name="evidence_content_once_a_case")
        ]


class Cleaning(models.Model):
    """One run over a case's files (清洗); the newest that is done is the ledger."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="cleanings")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=_choices(CleaningState), default=CleaningState.WAITING.value
    )
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True, blank=True)
    share = models.FloatField(default=0)
    """Done so far, from 0 to 1."""
    doing = SealedTextField(blank=True)
    """The file in hand."""
    cancel_asked = models.BooleanField(default=False)
    problem = SealedTextField(blank=True)
    inputs_sha256 = models.CharField(max_length=64, blank=True)
    """Over the hashes of all its files: what it was made of."""
    ledger_sha256 = models.CharField(max_length=64, blank=True)
    rows_in = models.PositiveBigIntegerField(default=0)
    kept = models.PositiveBigIntegerField(default=0)
    merged = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    lines_skipped = models.PositiveBigIntegerField(default=0)
    transfers = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="evidence_cleaning_number"),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=sorted(each.value for each in UNFINISHED)),
                name="evidence_one_cleaning_at_a_time",
            ),
        ]

    @property
    def accounting(self) -> Accounting:
        return Accounting(
            self.rows_in, self.kept, self.merged, self.refused, self.lines_skipped, self.transfers
        )

    @property
    def folder(self) -> str:
        """Where its tables lie in the vault."""
        return f"ledger/{self.number}"


class ColumnRoles(models.Model):
    """A layout that an analyst confirmed for files whose header looks like this; used in every case from then on."""

    header_sha256 = models.CharField(max_length=64, unique=True)
    """Of the header's texts: a header says nothing of anybody."""
    roles = models.JSONField()
    confirmed_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=40)
