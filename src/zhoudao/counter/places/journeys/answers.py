"""A ranking as data: what the command prints and the interface sends. Texts are in the language that is active."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhoudao.core import clock
from zhoudao.core.look.words import is_chinese
from zhoudao.counter.places.journeys import words
from zhoudao.counter.places.journeys.soonest import SoonestAnswer, Way


def as_data(answer: SoonestAnswer) -> list[dict[str, Any]]:
    """Every place in its order; see docs/wayfinding.md."""
    return [way_as_data(way) for way in answer.ways]


def way_as_data(way: Way) -> dict[str, Any]:
    """One place. ``served_at`` is None when it does not serve, and ``reason`` says why."""
    name = way.point.name["zh" if is_chinese(words.language()) else "en"] if way.point else words.online()
    return {
        "point": way.code,
        "name": name,
        "item": way.answer.item.code,
        "depart": _iso(way.depart),
        "arrive": _iso(way.arrive),
        "served_at": _iso(way.served_at),
        "legs": legs_as_data(way),
        "return": _return(way),
        "reason": words.reason(way),
        "reasons": [reason.code for reason in way.reasons],
        "queue_known": way.code in way.answer.queues_known,
    }


def legs_as_data(way: Way) -> list[dict[str, Any]]:
    return [
        {
            "mode": leg.mode,
            "from": words.place(leg.start, way),
            "to": words.place(leg.end, way),
            "depart": _iso(leg.depart),
            "arrive": _iso(leg.arrive),
            "line": words.line(leg),
        }
        for leg in way.legs
    ]


def _return(way: Way) -> dict[str, Any] | None:
    """The way home: the last moment of that day to set out from there by bus or boat, the seconds home by streets
    alone, and whether one gets home at all."""
    back = way.back
    if back is None:
        return None
    return {"last": _iso(back.last), "by_street_seconds": back.on_foot, "in_time": back.in_time}


def _iso(moment: datetime | None) -> str | None:
    return clock.local(moment).isoformat() if moment else None
