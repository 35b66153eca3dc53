"""Appointments. Who can be told of one is sealed, and forgotten once it is over."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.counter.windows.booking.rules import Booking


class Appointment(models.Model):
    code = models.CharField(max_length=9, unique=True)
    """What its holder finds it by."""
    point = models.ForeignKey("places.Point", on_delete=models.PROTECT, related_name="appointments")
    window = models.ForeignKey("windows.Window", on_delete=models.PROTECT, related_name="appointments")
    """Whose half hour it takes; any window that does it may call."""
    starts_at = models.DateTimeField()
    service = models.CharField(max_length=40)
    item = models.CharField(max_length=60, blank=True)
    lane = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Booking])
    holder = models.ForeignKey("people.User", on_delete=models.SET_NULL, null=True, related_name="+")
    mobile = SealedTextField(blank=True)
    """Where the reminder goes of somebody without an account."""
    mobile_index = models.CharField(max_length=64, blank=True)
    origin_index = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10)
    booked_at = models.DateTimeField()
    moves = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When they came, cancelled, or it was released."""
    ticket = models.OneToOneField(
        "windows.Ticket", on_delete=models.SET_NULL, null=True, related_name="appointment"
    )

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["window", "starts_at"],
                condition=Q(state__in=[Booking.BOOKED.value, Booking.ARRIVED.value]),
                name="one_appointment_a_half_hour_of_a_window",
            )
        ]
        indexes = [
            models.Index(fields=["point", "state", "starts_at"], name="appointment_by_point"),
            models.Index(fields=["state", "starts_at"], name="appointment_by_time"),
            models.Index(fields=["mobile_index", "state"], name="appointment_by_mobile"),
        ]

    def __str__(self) -> str:
        return f"appointment:{self.code}"
