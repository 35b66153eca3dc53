"""The answer to what someone typed: the item, and where it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.one_look import one_look
from zhoudao.counter.catalog import ports
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.catalog.search import find, triage
from zhoudao.counter.places.journeys.leaving import Leaving
from zhoudao.counter.places.journeys.network import NoNetwork
from zhoudao.counter.places.journeys.rules import BadQuestion
from zhoudao.counter.places.journeys.soonest import SoonestAnswer, Way, soonest
from zhoudao.counter.places.queries.opening import Place
from zhoudao.counter.places.queries.phones import PhoneLine, phones_for
from zhoudao.counter.places.queries.points import points_for
from zhoudao.counter.places.rules import READ_PLACES, OpenState, Position

PHONES_IN_ANSWER = 3
OTHERS_IN_ANSWER = 4


@dataclass(frozen=True)
class Answer:
    """The answer to what someone typed: an item and where it is done, or a question back, or nothing."""

    words: str
    moment: datetime
    item: Item | None
    choices: list[Item]
    """Items about equally likely, when the person has to say which."""
    others: list[Item]
    """What else the words may mean."""
    places: list[Place]
    """Nearest first, when it is known where the person is; else open ones first."""
    phones: list[PhoneLine]
    soonest: SoonestAnswer | None = None
    """The places ranked by when one is served there; None when it isn't known where the person is, or there is no
    network to work it out on."""
    problem: BadQuestion | None = None
    """Why they could not be ranked so, although it is known where the person is."""

    @property
    def open_instead(self) -> Place | None:
        """The first place that is open, where the first of all is not."""
        if not self.places or self.places[0].state.is_open:
            return None
        return next((place for place in self.places if place.state.is_open), None)


@one_look()
def answer(
    actor: Actor,
    words: str,
    near: Position | None = None,
    language: str = "zh",
    item_code: str | None = None,
    moment: datetime | None = None,
    leaving: Leaving | None = None,
) -> Answer:
    """What to do about ``words``: the item, what to bring, whom to call, and the places that do it.

    ``item_code``: which of the choices the person has picked; an unknown one is as if none were picked.
    ``leaving``: when and how the person sets out; with that and ``near``, soonest served first.
    """
    require(actor, READ_PLACES)
    moment = moment or clock.now()
    found = find(words, limit=1 + OTHERS_IN_ANSWER, actor=actor) if words.strip() else []
    items = {item.code: item for item in catalog.definitions(actor)}
    likely = [items[each.item] for each in found if each.item in items]
    picked = items.get(item_code or "")
    question = triage(found) if picked is None else None
    if question is not None:
        choices = [items[choice.item] for choice in question.choices if choice.item in items]
        return Answer(words, moment, None, choices, [item for item in likely if item not in choices], [], [])
    if picked is None and not likely:
        return Answer(words, moment, None, [], [], [], [])
    item = picked or likely[0]
    ranking, problem = _ranking(actor, item, near, leaving)
    if ranking is not None:
        places = [_ranked_place(way) for way in ranking.ways if way.point is not None]
    else:
        places = points_for(actor, item.code, near, moment=moment)
    others = [other for other in likely if other != item][:OTHERS_IN_ANSWER]
    phones = _whom_to_call(actor, item.code, places, near, moment)
    return Answer(words, moment, item, [], others, places, phones, ranking, problem)


def _ranking(
    actor: Actor, item: Item, near: Position | None, leaving: Leaving | None
) -> tuple[SoonestAnswer | None, BadQuestion | None]:
    if near is None or leaving is None:
        return None, None
    try:
        return soonest(actor, item.code, near, leaving.when, leaving.mode), None
    except BadQuestion as problem:
        return None, problem
    except NoNetwork:
        return None, None


def _ranked_place(way: Way) -> Place:
    assert way.point is not None
    return Place(way.point, OpenState(is_open=way.is_open), guide=way.guide)


def popular(actor: Actor, limit: int) -> list[Item]:
    """What people come for most: by the year's applications, or by the catalogue's own ranks where none
    are counted."""
    require(actor, READ_PLACES)
    items = {item.code: item for item in catalog.definitions(actor)}
    ranked = sorted(
        (item for item in items.values() if item.popular_rank), key=lambda item: item.popular_rank or 0
    )
    codes = [*(ports.popular(actor, limit) or []), *(item.code for item in ranked)]
    return [items[code] for code in dict.fromkeys(codes) if code in items][:limit]


def _whom_to_call(
    actor: Actor, item_code: str, places: Sequence[Place], near: Position | None, moment: datetime
) -> list[PhoneLine]:
    """The few numbers worth showing: one of each of the nearest places, where it is known where the person is, and
    those that speak of the item. The city's help line is on every page and not among them."""
    lines = phones_for(actor, item_code, places[0].point.district if near and places else None, moment)
    rank = {place.point.pk: number for number, place in enumerate(places)}
    one_each: dict[int, PhoneLine] = {}
    for line in lines:
        if near and line.entry.point_id in rank:
            one_each.setdefault(rank[line.entry.point_id], line)
    nearest = [one_each[number] for number in sorted(one_each)]
    general = [line for line in lines if line.entry.point_id is None][: PHONES_IN_ANSWER // 2]
    return [*nearest[: PHONES_IN_ANSWER - len(general)], *general]
