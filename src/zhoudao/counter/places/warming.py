"""What a web process loads before anybody asks: the search's index, the network, compiled kernels, the coast.

Two seconds of work that the first visitors would otherwise wait for, each of them doing it again beside the others.
"""

from __future__ import annotations

import gc
import logging

from django.db import connection
from django.utils import translation

from zhoudao.core import city
from zhoudao.core.access import VISITOR
from zhoudao.counter.places import live_map, outline, queries, where
from zhoudao.counter.places.journeys.leaving import Leaving
from zhoudao.counter.places.rules import Position

YOUNG_OBJECTS = 20_000
"""How many new objects the collector lets come together before it looks at them."""

log = logging.getLogger(__name__)


def get_ready() -> None:
    """Everything a web process does before it is at its best."""
    warm()
    settle()


def warm() -> None:
    """Ask one question as a visitor would, from the city's first settlement. Never raises: an empty house has nothing
    to load, and says so when somebody asks."""
    try:
        here = city.current()
        settlements = where.settlements(here.folder)
        popular = queries.popular(VISITOR, 1)
        if not settlements or not popular:
            return
        with translation.override("zh-hans"):
            here_now = Position(*settlements[0].at)
            answer = queries.answer(VISITOR, popular[0].name.zh, here_now, "zh-hans", leaving=Leaving())
            first = answer.soonest.first if answer.soonest else None
            live_map.data_of(VISITOR, answer.places, here_now, first)
            outline.view_of(here.folder, where.bounds_of(here), [place.point.position for place in answer.places])
    except Exception:
        log.warning("what the first visitors need could not be loaded beforehand", exc_info=True)
    finally:
        connection.close()  # it belongs to this thread, which ends


def settle() -> None:
    """Take what is loaded out of the garbage collector's sight: half a million objects that stay as long as the
    process does, and that it would look through again and again, a fifth of a second each time, while people wait."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
