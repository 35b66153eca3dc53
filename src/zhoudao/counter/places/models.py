"""The directory of places (五要素: 点、事、引、电、路 - point, item, guide, phone; the route is computed)."""

from __future__ import annotations

from django.db import models

from zhoudao.counter.places.rules import PhoneKind, PointKind, Position

Text = dict[str, str]


def _kinds(kinds: type[PointKind] | type[PhoneKind]) -> list[tuple[str, str]]:
    return [(kind.value, kind.value) for kind in kinds]


class Point(models.Model):
    """A place that serves people (点位): a counter, a station, a kiosk, an enterprise window."""

    code = models.CharField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=_kinds(PointKind))
    district = models.CharField(max_length=40)
    address_zh = models.CharField(max_length=200)
    address_en = models.CharField(max_length=240)
    longitude = models.FloatField()
    """WGS-84 degrees."""
    latitude = models.FloatField()
    hours = models.CharField(max_length=255)
    """OpenStreetMap opening_hours syntax."""
    phone = models.CharField(max_length=24, blank=True)
    step_free = models.BooleanField()
    services = models.JSONField(default=list)
    """Codes of the desks and machines here, in alphabetical order."""
    withdrawn = models.BooleanField(default=False)
    """No longer in the directory; kept because applications and the audit trail name it."""
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["district", "kind"], name="point_by_district_and_kind")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90
                ),
                name="point_is_on_earth",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def name(self) -> Text:
        return {"zh": self.name_zh, "en": self.name_en}

    @property
    def address(self) -> Text:
        return {"zh": self.address_zh, "en": self.address_en}

    @property
    def position(self) -> Position:
        return Position(self.longitude, self.latitude)


class PhoneEntry(models.Model):
    """A number people look up (查询条目), of a point, a district or the whole city."""

    code = models.CharField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=_kinds(PhoneKind))
    phone = models.CharField(max_length=24)
    district = models.CharField(max_length=40, blank=True)
    """Empty: the whole city."""
    point = models.ForeignKey(Point, null=True, blank=True, on_delete=models.PROTECT, related_name="phones")
    hours = models.CharField(max_length=255, blank=True)
    """OpenStreetMap opening_hours syntax; empty: the point's own, or not known."""
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "phone entries"
        indexes = [models.Index(fields=["district", "kind"], name="phone_by_district_and_kind")]

    def __str__(self) -> str:
        return f"{self.code} {self.phone}"

    @property
    def name(self) -> Text:
        return {"zh": self.name_zh, "en": self.name_en}


class Guide(models.Model):
    """How one item is done at one point (指南). Empty hours or phone: the point's own."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="guides")
    item = models.CharField(max_length=60)
    """Code of an item of the catalogue."""
    hours = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=24, blank=True)
    note_zh = models.CharField(max_length=500, blank=True)
    note_en = models.CharField(max_length=600, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["point__code", "item"]
        indexes = [models.Index(fields=["item"], name="guide_by_item")]
        constraints = [models.UniqueConstraint(fields=["point", "item"], name="one_guide_an_item_at_a_point")]

    def __str__(self) -> str:
        return f"{self.item} at {self.point_id}"

    @property
    def note(self) -> Text:
        return {"zh": self.note_zh, "en": self.note_en}


class Closure(models.Model):
    """A time when a point is shut although its hours say open (临时关闭)."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="closures")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason_zh = models.CharField(max_length=200)
    reason_en = models.CharField(max_length=240)

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["point", "ends_at"], name="closure_by_point_and_end")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="closure_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.point_id} shut from {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def reason(self) -> Text:
        return {"zh": self.reason_zh, "en": self.reason_en}


class DirectoryVersion(models.Model):
    """One row whose stamp differs after every change of the directory (目录版本): what is kept in memory is good
    as long as it stays."""

    stamp = models.BigIntegerField()
    """Random, not counted: a change that was rolled back must not look like the one that came after it."""


class Visit(models.Model):
    """How often something was looked at on a day (访问计数). Nothing in it leads to whoever looked."""

    day = models.DateField()
    kind = models.CharField(max_length=8)
    """page, item or point."""
    code = models.CharField(max_length=60)
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["day", "kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "code"], name="one_visit_counter_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.code}: {self.count}"


from zhoudao.counter.places.coverage.models import Settlement  # noqa: E402, F401  a table of this room
from zhoudao.counter.places.editing.models import Change, Check, MistakeReport  # noqa: E402, F401  likewise
from zhoudao.counter.places.help.models import HelpTicket  # noqa: E402, F401  likewise
