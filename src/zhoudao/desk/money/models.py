"""Views that people saved into a case."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from zhoudao.core.keys.fields import SealedTextField
from zhoudao.desk.cases.models import Case
from zhoudao.desk.money.rules import ViewKind


class View(models.Model):
    """A graph, a trace or a ring as somebody left it: what was asked for, and where each account stood."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="views")
    kind = models.CharField(max_length=10, choices=[(each.value, each.value) for each in ViewKind])
    title = SealedTextField()
    told = SealedTextField()
    """JSON: ``query`` (an address's), and of a graph ``places`` and ``groups``. Accounts stand in it as references."""
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-pk"]

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(self.told)
