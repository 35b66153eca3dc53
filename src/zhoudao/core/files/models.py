"""Who a stored content belongs to. The content itself lies in the store, once, however many rows refer to
it.
"""

from __future__ import annotations

from django.db import models

from zhoudao.core.files.rules import KINDS
from zhoudao.core.keys.fields import SealedTextField


class StoredFile(models.Model):
    address = models.CharField(max_length=64, db_index=True, db_column="sha256")
    """HMAC-SHA-256 of the content (``sealing``); of one kept by a release that didn't seal, its SHA-256."""
    size = models.PositiveBigIntegerField()
    """Bytes."""
    kind = models.CharField(max_length=8, choices=[(kind.code, kind.code) for kind in KINDS])
    name = SealedTextField()
    """As it was called when it came: people put their own names into it."""
    room = models.CharField(max_length=32)
    """The room that decides who may open it."""
    subject = models.CharField(max_length=100)
    """What it belongs to in that room: ``application:17``."""
    stored_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["room", "subject"], name="files_of_subject")]
