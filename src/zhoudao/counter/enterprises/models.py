"""Bundles of applications, officers named for enterprises, and the thread between the two."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.core.people.models import Organisation, User


class Bundle(models.Model):
    """What an agent applies for in one go (一次办)."""

    uid = models.CharField(max_length=32, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="bundles")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    begun_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "owner"], condition=Q(handed_in_at=None), name="one_open_bundle_each"
            )
        ]

    def __str__(self) -> str:
        return f"bundle:{self.uid}"


class Part(models.Model):
    """One item of a bundle: a draft, and once handed in the application of the same ``uid``."""

    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="parts")
    item = models.CharField(max_length=60)
    uid = models.CharField(max_length=32, unique=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["bundle", "item"], name="each_item_once_in_a_bundle")]

    def __str__(self) -> str:
        return f"{self.item} of {self.bundle_id}"


class NamedOfficer(models.Model):
    """The officer who stays with an enterprise (一对一), from when to when."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="named_officers")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(ended_at=None), name="one_officer_an_enterprise"
            )
        ]

    def __str__(self) -> str:
        return f"officer of {self.organisation_id}"


class Message(models.Model):
    """A line of the thread between an enterprise and the officers. Never changed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="messages")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    from_firm = models.BooleanField()
    text = SealedTextField()
    at = models.DateTimeField()
    key = models.CharField(max_length=64, unique=True)
    """Of the form it was written in: pressed twice it is written once."""

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["organisation", "id"], name="message_by_enterprise"),
            models.Index(fields=["at"], name="message_by_age"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} of {self.organisation_id}"
