"""What people asked."""

from __future__ import annotations

from django.db import models

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.counter.places.help.rules import Channel, Status


class HelpTicket(models.Model):
    """A question left for a person (帮办单). What was asked and answered, and how to reach who asked, are sealed."""

    number = models.CharField(max_length=12, unique=True)
    status = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Status])
    district = models.CharField(max_length=40)
    point = models.ForeignKey(
        "places.Point", null=True, blank=True, on_delete=models.PROTECT, related_name="help_tickets"
    )
    item = models.CharField(max_length=60, blank=True)
    """Code of an item of the catalogue; empty when nobody said which."""
    message = SealedTextField(blank=True)
    answer = SealedTextField(blank=True)
    contact = SealedTextField(blank=True)
    """A mobile or an e-mail address; empty: the answer is read on the ticket's page."""
    contact_index = models.CharField(max_length=64, blank=True)
    """Blind index of the contact, so that one person can't flood the clerks."""
    channel = models.CharField(
        max_length=6, blank=True, choices=[(each.value, each.value) for each in Channel]
    )
    origin_index = models.CharField(max_length=64)
    """Blind index of the network address it came from, forgotten with the message."""
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True)
    """Key of the account that answered."""
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [
            models.Index(fields=["district", "status", "asked_at"], name="help_by_district_and_status"),
            models.Index(fields=["origin_index", "asked_at"], name="help_by_origin"),
            models.Index(fields=["contact_index", "status"], name="help_by_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.status}"
