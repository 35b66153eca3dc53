"""The working-day table, in versions: publishing makes a new one, and the old ones stay to be looked up."""

from __future__ import annotations

from django.db import models


class Version(models.Model):
    """One state of the table. The newest is in force."""

    number = models.PositiveIntegerField(unique=True)
    first_day = models.DateField(help_text="first day the table says anything of")
    last_day = models.DateField(help_text="last day the table says anything of")
    reason = models.CharField(max_length=400)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64, help_text="key of the account, as in the audit trail")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="workdays_span_is_forward"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class ExceptionalDay(models.Model):
    """A day of a version whose weekday does not decide: a holiday, or a make-up working day."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    is_workday = models.BooleanField()
    name_zh = models.CharField(max_length=60, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["version", "day"], name="workdays_one_row_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {'worked' if self.is_workday else 'rest'}"
