"""How many people live where, as statistics publish it: a head-count a settlement, no person."""

from __future__ import annotations

from django.db import models

Text = dict[str, str]


class Settlement(models.Model):
    """A town, a neighbourhood or a village (聚落) and its head-count."""

    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    district = models.CharField(max_length=40)
    island = models.CharField(max_length=60, blank=True)
    longitude = models.FloatField()
    """Of its middle, WGS-84 degrees."""
    latitude = models.FloatField()
    population = models.PositiveIntegerField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.population}"

    @property
    def name(self) -> Text:
        return {"zh": self.name_zh, "en": self.name_en}
