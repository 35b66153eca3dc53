"""What people have asked for. No personal data: who asked is a code of the register."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from zhoudao.counter.applications.rules import ApplicantKind, Status
from zhoudao.counter.catalog.schema import Channel


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in kind]


class Application(models.Model):
    """Something asked for (申请), whichever way it came in."""

    number = models.CharField(max_length=32, unique=True)
    item = models.CharField(max_length=60)
    """Code of an item of the catalogue."""
    applicant_kind = models.CharField(max_length=16, choices=_choices(ApplicantKind))
    applicant = models.CharField(max_length=64)
    """The register's code for them."""
    point = models.CharField(max_length=20, blank=True)
    """Code of the point it was handed in at; empty when it came in without a visit."""
    channel = models.CharField(max_length=16, choices=_choices(Channel))
    district = models.CharField(max_length=60)
    """Code of the district that answers for it."""
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=_choices(Status))
    promised_workdays = models.PositiveSmallIntegerField()
    """What was promised when it was received; 0: within the visit, or the same day."""

    class Meta:
        ordering = ["received_at", "number"]
        indexes = [
            models.Index(fields=["received_at", "district", "item"], name="application_by_receipt"),
            models.Index(fields=["applicant", "received_at"], name="application_by_applicant"),
            models.Index(fields=["district", "status", "received_at"], name="application_by_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=list(Status)), name="application_has_a_known_status"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(decided_at__gte=F("received_at")),
                name="application_is_received_before_it_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("received_at")),
                name="application_is_received_before_it_is_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"application:{self.number}"
