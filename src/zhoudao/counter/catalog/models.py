"""The catalogue as published: what each item says now, and which state the whole is in."""

from __future__ import annotations

from django.db import models


class PublishedItem(models.Model):
    """An item (事项) people can apply for. Never deleted: applications and the audit trail name it."""

    code = models.CharField(max_length=60, unique=True)
    category = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=1)
    """Counts up each time the item says something else."""
    definition = models.JSONField()
    """The keys of ``schema.Item``."""
    published_at = models.DateTimeField()
    """Since when this version holds."""
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class CatalogVersion(models.Model):
    """One row: the state of the whole catalogue, by which what is built from it knows that it is stale."""

    number = models.PositiveIntegerField(default=0)
    """Counts loads that changed something; for people."""
    fingerprint = models.BigIntegerField(default=0)
    """``rules.fingerprint`` of the items that are not withdrawn; for programs. 0: nothing was loaded yet."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_catalog_version")]

    def __str__(self) -> str:
        return f"catalogue {self.number}"
