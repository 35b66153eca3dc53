"""What was told to the administrators, so that it is told once."""

from __future__ import annotations

from django.db import models

from zhoudao.core.signs import Level


class Alarm(models.Model):
    """A vital sign that is not well, or was: one row a sign."""

    sign = models.CharField(max_length=60, unique=True)
    level = models.CharField(max_length=8, choices=[(level.value, level.value) for level in Level])
    since = models.DateTimeField()
    """When it took this level."""
    told_at = models.DateTimeField(null=True, blank=True)
    """When the administrators were last told; empty once it is well again."""
