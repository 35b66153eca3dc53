"""What pages ask of the directory. Each function costs a fixed number of SQL queries, however many places there
are."""

from zhoudao.counter.places.queries.answers import Answer, answer, popular
from zhoudao.counter.places.queries.directory import directory
from zhoudao.counter.places.queries.opening import LOOK_AHEAD_DAYS, Place
from zhoudao.counter.places.queries.phones import PhoneLine, phones, phones_for
from zhoudao.counter.places.queries.points import (
    Day,
    NotInDirectory,
    OpenNow,
    PointPage,
    counts,
    guide,
    open_now,
    point,
    points,
    points_for,
)

__all__ = [
    "LOOK_AHEAD_DAYS",
    "Answer",
    "Day",
    "NotInDirectory",
    "OpenNow",
    "PhoneLine",
    "Place",
    "PointPage",
    "answer",
    "counts",
    "directory",
    "guide",
    "open_now",
    "phones",
    "phones_for",
    "point",
    "points",
    "points_for",
    "popular",
]
