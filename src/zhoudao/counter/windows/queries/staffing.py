"""Windows as they are arranged, and whether somebody sits there."""

from __future__ import annotations

from dataclasses import dataclass

from zhoudao.core.access import Actor, require
from zhoudao.counter.windows.models import Sitting, Window
from zhoudao.counter.windows.rules import SEE_QUEUE


@dataclass(frozen=True)
class Staffed:
    window: Window
    is_open: bool


def windows(actor: Actor, point_code: str = "") -> list[Staffed]:
    """The windows of a point, or of all. Two queries."""
    require(actor, SEE_QUEUE)
    found = Window.objects.select_related("point").filter(withdrawn=False, point__withdrawn=False)
    if point_code:
        found = found.filter(point__code=point_code)
    taken = set(Sitting.objects.filter(closed_at=None).values_list("window_id", flat=True))
    return [Staffed(each, each.pk in taken) for each in found.order_by("point__code", "number")]
