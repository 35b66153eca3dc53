"""Kiosks and the nonces they used lately."""

from __future__ import annotations

from django.db import models

from zhoudao.counter.places.models import Point


class Kiosk(models.Model):
    """A device. It has no key until it is enrolled."""

    code = models.CharField(max_length=12, unique=True)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="kiosk_devices")
    public_key = models.CharField(max_length=64, blank=True)
    """Ed25519, 32 bytes in hexadecimal."""
    enrol_index = models.CharField(max_length=64, blank=True)
    """Blind index of the code it enrols with; empty once it has."""
    enrol_until = models.DateTimeField(null=True, blank=True)
    enrolled_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    lock_reason = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=20, blank=True)
    """Of its software, as it says."""
    paper = models.PositiveSmallIntegerField(default=100)
    """Percent."""
    waiting = models.PositiveIntegerField(default=0, db_default=0)
    """Applications it holds and couldn't hand in yet."""
    needs = models.JSONField(default=list)
    """What its keeper has to see to: ``rules.Fault``."""
    seen_at = models.DateTimeField(null=True, blank=True)
    alerts = models.PositiveIntegerField(default=0)
    """How often its keeper was told."""

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["enrol_index"], name="kiosk_by_enrol_code")]

    def __str__(self) -> str:
        return f"kiosk:{self.code}"


class SeenNonce(models.Model):
    """A request that was taken: the same one again is refused."""

    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField()
    """By the machine's clock."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kiosk", "nonce"], name="a_nonce_is_used_once")]
        indexes = [models.Index(fields=["at"], name="kiosk_nonce_by_time")]

    def __str__(self) -> str:
        return f"nonce of {self.kiosk_id}"
