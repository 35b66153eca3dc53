"""The catalogue as published: what each item says now, and which state the whole is in."""

from __future__ import annotations

from django.db import models

from zhoudao.counter.catalog.rules import PROPOSAL_STATES


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
    written_here = models.BooleanField(default=False)
    """Written in the browser and in no file: loading a folder leaves it alone."""

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ItemVersion(models.Model):
    """What an item said in one of its versions: an application keeps to the one it began with. Never changed."""

    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_row_an_item_version")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ItemProposal(models.Model):
    """An item written in the browser, until a second officer confirms or refuses it."""

    code = models.CharField(max_length=60, db_index=True)
    text = models.TextField()
    """The YAML as it was written, comments and all."""
    reason = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=40)
    """An actor's key."""
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=[(state, state) for state in PROPOSAL_STATES])
    decided_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=64, unique=True)
    """Of the form: sent twice, it is proposed once."""

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"proposal {self.pk} of {self.code}"


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
