"""Numbers of tickets: one row a lane of a point a day, counted under the queue's lock, so that none comes twice."""

from __future__ import annotations

from datetime import date

from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.models import TicketCounter
from zhoudao.counter.windows.rules import APPOINTED_LETTER, LETTERS, Lane


def next_number(point: Point, day: date, lane: Lane, appointed: bool = False) -> str:
    """ "A017": the lane's letter and a count within the day. In the caller's turn."""
    letter = APPOINTED_LETTER if appointed else LETTERS[lane]
    counter, _ = TicketCounter.objects.get_or_create(point=point, day=day, letter=letter)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{letter}{counter.last:03d}"
