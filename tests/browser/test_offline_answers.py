"""What a telephone works out without a network is what the server would have said, to the second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta

import numpy as np
import pytest

pytestmark = pytest.mark.browser
SEED, QUESTIONS = 20261124, 60
CITIES, ASKED_OF_EACH = 24, 6
SAID = """
def said(moment):
    return int(moment.timestamp()) if moment else None

def rows(ranked):
    return [
        {
            "point": way.point, "arrive": said(way.arrive), "served": said(way.served_at), "depart": said(way.depart),
            "legs": [
                [leg.mode, leg.start.code, leg.end.code, said(leg.depart), said(leg.arrive), leg.line and leg.line.names[""]]
                for leg in way.legs
            ],
            "leave": said(way.leave_by), "home": way.back.in_time if way.back else None,
        }
        for way in ranked
    ]
"""  # noqa: E501
"""A ranking of the engine's as plain data."""
SAMPLE_CITY = """
import json, random
import django
django.setup()
from datetime import timedelta
from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places import where
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.journeys.doing import doing
from zhoudao.counter.places.journeys.soonest import stay
from zhoudao.engines import wayfinding as engine

network, asks, answers = home.current(), random.Random({seed}), []
settlements, items = where.settlements(city.current().folder), catalog.definitions(SYSTEM)
now = clock.local(clock.now()).replace(minute=0, second=0, microsecond=0)
while len(answers) < {questions}:
    item, place = asks.choice(items), asks.choice(settlements)
    when = now + timedelta(minutes=asks.randrange(14 * 24 * 60))
    found = doing(SYSTEM, item.code, when)
    known = [code for code in found.guides if code in set(network.point_codes)]
    if known:
        ranked = engine.soonest(
            network, tuple(place.at), when, found.hours, candidates=known, service_takes=stay(item)
        )
        answers.append({{"item": item.code, "at": place.code, "when": said(when), "ways": rows(ranked)}})
print(json.dumps(answers))
"""
ANSWER = """
async ([given, questions]) => {
  const { open } = await import("/static/places/offline/store.mjs");
  const { Network } = await import("/static/places/offline/network.mjs");
  const { soonest } = await import("/static/places/offline/soonest.mjs");
  const { lastChance } = await import("/static/places/offline/journey.mjs");
  const facts = given ?? (await open("en")).facts;
  const network = new Network(facts.network);
  const or = (moment) => (moment === Infinity ? null : moment);
  const spot = ({ here, point, stop }) =>
    here ? "" : point === undefined ? facts.network.stops.code[stop] : facts.points[point].code;
  const line = (leg) => leg.line && leg.line.name[""];
  return questions.map(({ item, at, when }) => {
    const number = facts.items.findIndex(({ code }) => code === item);
    return soonest(facts, network, number, network.named(at), when).map((way) => {
      const { journey, question } = way;
      const leave = () => lastChance(network, question.origin, way.goal, way.direct, when, way.served)[0];
      return {
        point: facts.points[way.point].code,
        arrive: or(way.arrive),
        served: or(way.served),
        depart: journey ? journey.depart : null,
        legs: (journey?.legs ?? []).map((leg) => [leg.mode, spot(leg.from), spot(leg.to), leg.depart, leg.arrive, line(leg)]),
        leave: way.served === Infinity ? null : Math.max(leave(), when),
        home: way.served === Infinity ? null : way.getsHome,
      };
    });
  });
}
"""  # noqa: E501


def asked(questions: list[dict]) -> list[dict]:
    return [{key: question[key] for key in ("item", "at", "when")} for question in questions]


def test_in_the_sample_city(visit, watch, environment):
    """Ranking, arrival, service, every leg, when to leave at the latest, and whether one gets home: seeded questions
    over two weeks, from every kind of settlement."""
    if "ZHOUDAO_URL" in os.environ:
        pytest.skip("asks the same questions of the house's own files")
    done = subprocess.run(
        [sys.executable, "-c", SAID + SAMPLE_CITY.format(seed=SEED, questions=QUESTIONS)],
        env=environment | {"DJANGO_SETTINGS_MODULE": "zhoudao.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    questions = json.loads(done.stdout)
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = visit("/")
    page.wait_for_function(
        "async () => Boolean(await (await caches.open('zhoudao map data')).match('/offline/current.json'))"
    )
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    found = page.evaluate(ANSWER, [None, asked(questions)])
    for question, ways in zip(questions, found, strict=True):
        assert ways == question["ways"], (question["item"], question["at"], question["when"])
    legs = [leg for question in questions for way in question["ways"] for leg in way["legs"]]
    assert {leg[0] for leg in legs} == {"walk", "bus", "ferry"}
    assert any(way["arrive"] is None for question in questions for way in question["ways"])
    page.context.set_offline(False)


def test_in_random_cities(visit):
    """Cities the engine's own exactness is tested on: odd calendars, night boats, transfers, forbidden changes."""
    from zhoudao.engines.wayfinding import HoursTable, soonest
    from zhoudao.engines.wayfinding.pocket import pocket
    from zhoudao.engines.wayfinding.tests.cities import (
        FIRST,
        network_of,
        random_city,
        random_moment,
        random_place,
    )
    from zhoudao.engines.wayfinding.tests.made import SHANGHAI, place
    from zhoudao.engines.wayfinding.tests.test_soonest import DAYS, hours_of

    made: dict = {}
    exec(SAID, made)
    page = visit("/")
    told = set()
    for seed in range(CITIES):
        rng = np.random.default_rng(seed)
        city = random_city(seed)
        network = network_of(city)
        codes = list(network.point_codes)
        table = HoursTable.compile(hours_of(city, rng), DAYS, SHANGHAI, FIRST, 60)
        froms = {f"from {number}": place(*random_place(city, rng)) for number in range(ASKED_OF_EACH)}
        questions = []
        for code, at in froms.items():
            when = random_moment(rng) + timedelta(days=1)
            ranked = soonest(network, at, when, table, candidates=codes)
            questions.append({"item": "all", "at": code, "when": made["said"](when), "ways": made["rows"](ranked)})
        facts = {
            "network": pocket(network, FIRST, 28, froms),
            "items": [{"code": "all", "stay": 900}],
            "done": [[[number, int(row), ""] for number, row in enumerate(table.numbers_of(codes))]],
            "points": [{"code": code} for code in codes],
            "hours": {
                "spans": [
                    np.stack([table.opens[a:b], table.closes[a:b]], axis=1).ravel().tolist()
                    for a, b in zip(table.offsets[:-1], table.offsets[1:], strict=True)
                ],
                "always": table.always.tolist(),
                "known_until": table.known_until,
                "table_ends": table.table_ends,
            },
        }
        found = page.evaluate(ANSWER, [facts, asked(questions)])
        for question, ways in zip(questions, found, strict=True):
            assert ways == question["ways"], (seed, question["at"], question["when"])
            told |= {leg[0] for way in ways for leg in way["legs"]}
    assert told == {"walk", "bus", "ferry"}
