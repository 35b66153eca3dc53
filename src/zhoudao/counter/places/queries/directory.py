"""The whole directory as records, for files."""

from __future__ import annotations

from zhoudao.core.access import Actor, require
from zhoudao.counter.places.exchange.records import (
    GUIDES,
    PHONES,
    POINTS,
    GuideRecord,
    PhoneRecord,
    PointRecord,
)
from zhoudao.counter.places.models import Guide, PhoneEntry, Point
from zhoudao.counter.places.queries.phones import entries
from zhoudao.counter.places.rules import EXPORT_PLACES


def directory(actor: Actor) -> dict[str, list[PointRecord] | list[PhoneRecord] | list[GuideRecord]]:
    """All points in the directory, phone entries and guides, as records by table, ordered by code."""
    require(actor, EXPORT_PLACES)
    return {
        POINTS: [_point_record(point) for point in Point.objects.filter(withdrawn=False)],
        PHONES: [_phone_record(entry) for entry in entries()],
        GUIDES: [
            GuideRecord(guide.point.code, guide.item, guide.hours, guide.phone, guide.note_zh, guide.note_en)
            for guide in Guide.objects.filter(point__withdrawn=False).select_related("point")
        ],
    }


def _point_record(point: Point) -> PointRecord:
    return PointRecord(
        code=point.code,
        name_zh=point.name_zh,
        name_en=point.name_en,
        kind=point.kind,
        district=point.district,
        address_zh=point.address_zh,
        address_en=point.address_en,
        longitude=point.longitude,
        latitude=point.latitude,
        hours=point.hours,
        phone=point.phone,
        step_free=point.step_free,
        services=tuple(point.services),
    )


def _phone_record(entry: PhoneEntry) -> PhoneRecord:
    return PhoneRecord(
        code=entry.code,
        name_zh=entry.name_zh,
        name_en=entry.name_en,
        kind=entry.kind,
        phone=entry.phone,
        district=entry.district,
        point=entry.point.code if entry.point else "",
        hours=entry.hours,
    )
