"""The way to one place for one item: what an address that is handed on shows."""

from __future__ import annotations

from dataclasses import dataclass

from zhoudao.core.access import Actor
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.places.journeys.leaving import Leaving
from zhoudao.counter.places.journeys.network import NoNetwork
from zhoudao.counter.places.journeys.rules import BadQuestion
from zhoudao.counter.places.journeys.soonest import Way, soonest
from zhoudao.counter.places.rules import Position


@dataclass(frozen=True)
class OneWay:
    """What there is to say of it."""

    item: Item
    way: Way | None
    """None while it isn't known where the person is, or why it can't be told (``problem``)."""
    sooner: Way | None
    """Where one would be served sooner."""
    problem: BadQuestion | NoNetwork | None


def one_way(
    actor: Actor, item_code: str, point_code: str, near: Position | None, leaving: Leaving
) -> OneWay:
    """The way from ``near`` to a place that does the item. Raises Forbidden, UnknownItem."""
    item = catalog.item(actor, item_code)
    if near is None:
        return OneWay(item, None, None, None)
    try:
        ranking = soonest(actor, item.code, near, leaving.when, leaving.mode)
    except (BadQuestion, NoNetwork) as problem:
        return OneWay(item, None, None, problem)
    found, first = ranking.way(point_code), ranking.first
    return OneWay(item, found, None if first is found else first, None)
