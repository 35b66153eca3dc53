"""Search in plain words over all guides of a city: how fast, and how often right, and beside whom.

    python benchmarks/search.py [--json FILE]

A guide is an item at a place. Cities of 4,000 and of 100,000 guides are made from the catalogue of the sample city
and seeded places; the questions are those of tests/relevance/queries.csv, half of them with a place named before,
after or within. Ours is `find_guides` as the pages call it, no answer kept, against a database in a temporary folder.
Beside it, in the same run, every guide is a row of an SQLite FTS5 table (a column each for its words cut by the same
cutter, their pinyin and its place; all words, or any where none has all) and of a plain table that is scanned with
LIKE. Times are wall-clock milliseconds in this process; processor time beside them is what stays where other work
shares the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
_home = tempfile.TemporaryDirectory(prefix="zhoudao-search-")
os.environ["ZHOUDAO_VAR"] = _home.name
os.environ["DATABASE_URL"] = f"sqlite:///{_home.name}/zhoudao.sqlite3"
os.environ["DJANGO_SETTINGS_MODULE"] = "zhoudao.settings"
os.environ["ZHOUDAO_LOG_LEVEL"] = "ERROR"

import django  # noqa: E402  settings are read from the environment set above

django.setup()

import pypinyin  # noqa: E402
from django.core.management import call_command  # noqa: E402

from zhoudao.core.access import SYSTEM  # noqa: E402
from zhoudao.counter.catalog import actions, queries  # noqa: E402
from zhoudao.counter.catalog.schema import Item  # noqa: E402
from zhoudao.counter.catalog.search import PlaceNames, find, find_guides  # noqa: E402
from zhoudao.counter.catalog.search.find import forget_asked  # noqa: E402
from zhoudao.counter.catalog.search.language import HAN, RUNS, language, normalise  # noqa: E402
from zhoudao.counter.catalog.search.relevance import Query, figures, judge, read_queries  # noqa: E402

SEED = 20261124
SIZES = (4_000, 100_000)
ITEMS_AT_A_PLACE = 62
"""About what a place of the sample city does: 3,994 guides at 65 points."""
SHOWN = 10
SCANS = 60
"""Questions put to the scan, which is slow; the other two get all of them."""
SYLLABLES = (
    "安白北长城大东丰福港高观海横花环黄吉江金晶乐莲里龙梅门明"
    "南宁平浦启泉三沙山上石双松塘桃天文西下小新兴秀洋永云中竹"
)
KINDS = ("派出所", "街道便民服务中心公安窗口", "24小时警务自助站", "交警中队车管站")


@dataclass(frozen=True)
class City:
    """``places``: code to its name and the short one; ``guides``: (item, place code), in order."""

    places: dict[str, tuple[str, str]]
    guides: list[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    query: Query
    words: str
    place: str
    """The short name of the place it names; "" when it names none."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    actions.load_items(SYSTEM, HERE.parent / "cities" / "zhoushan" / "items")
    items = queries.definitions(SYSTEM)
    asked = read_queries(HERE.parent / "tests" / "relevance" / "queries.csv")
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}; {len(items)} items, {len(asked)} questions\n"
    )
    begun = time.perf_counter()
    find("身份证")
    print(
        f"Our index of items, and what reads letters and slips: built in {time.perf_counter() - begun:.2f} s.\n"
    )
    told = {
        "relevance": relevance(items, asked),
        "speed": [row for size in SIZES for row in speed(items, asked, size)],
    }
    show("The item meant: right first / among the first three, nobody naming a place", told["relevance"])
    show("Items and places together", told["speed"])
    if given.json:
        given.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


# What is searched


def made_city(items: list[Item], guides: int) -> City:
    """Places with names made from a seed, each doing a seeded part of the items."""
    chance = random.Random(SEED)
    places: dict[str, tuple[str, str]] = {}
    short = ""
    for number in range(round(guides / ITEMS_AT_A_PLACE)):
        if number % len(KINDS) == 0:
            short = "".join(chance.sample(SYLLABLES, chance.choice((2, 2, 3))))
        places[f"P{number:05}"] = (short + KINDS[number % len(KINDS)], short)
    made = [(item.code, place) for place in places for item in chance.sample(items, ITEMS_AT_A_PLACE)]
    return City(places, made[:guides])


def questions(asked: list[Query], city: City) -> list[Question]:
    """Each query, every other one with a place named that does the item meant."""
    chance = random.Random(SEED)
    done_at: dict[str, list[str]] = {}
    for item, place in city.guides:
        done_at.setdefault(item, []).append(place)
    made = []
    for number, query in enumerate(asked):
        name, short = city.places[chance.choice(done_at[query.item])]
        spelt = "".join(pypinyin.lazy_pinyin(short))
        ways = [
            f"{short} {query.words}",
            f"{query.words} {name}",
            f"{query.words} {spelt}",
            f"在{short}{query.words}",
        ]
        words = chance.choice(ways) if number % 2 else query.words
        made.append(Question(query, words, short if number % 2 else ""))
    return made


# Ours and the peers: each takes words and returns (item, place) pairs, best first


class Ours:
    name = "ours"

    def __init__(self, items: list[Item], city: City) -> None:
        self.names = PlaceNames((code, names) for code, names in city.places.items())
        self.done_at: dict[str, list[str]] = {}
        for item, place in city.guides:
            self.done_at.setdefault(item, []).append(place)

    def __call__(self, words: str) -> list[tuple[str, str]]:
        forget_asked()
        found = find_guides(words, self.names, self.done_at, SHOWN)
        return [(each.found.item, place) for each in found for place in each.places[:SHOWN] or [""]][:SHOWN]


class Fts5:
    name = "SQLite FTS5"

    def __init__(self, items: list[Item], city: City) -> None:
        self.database = sqlite3.connect(Path(_home.name) / f"fts-{len(city.guides)}.sqlite3")
        self.database.execute(
            "CREATE VIRTUAL TABLE guide USING fts5(item UNINDEXED, place UNINDEXED, words, pinyin, name)"
        )
        known = {item.code: cut(text_of(item)) for item in items}
        rows = (
            (
                item,
                place,
                " ".join(known[item]),
                " ".join(map(letters, known[item])),
                " ".join(name_words(*city.places[place])),
            )
            for item, place in city.guides
        )
        self.database.executemany("INSERT INTO guide VALUES (?, ?, ?, ?, ?)", rows)
        self.database.execute("INSERT INTO guide(guide) VALUES ('optimize')")
        self.database.commit()

    def __call__(self, words: str) -> list[tuple[str, str]]:
        terms = [f'"{term}"' + ("*" if term.isascii() else "") for term in cut(words)]
        if not terms:
            return []
        ask = "SELECT item, place FROM guide WHERE guide MATCH ? ORDER BY bm25(guide, 0, 0, 3, 2, 3) LIMIT ?"
        found = self.database.execute(ask, (" AND ".join(terms), SHOWN)).fetchall()
        return found or self.database.execute(ask, (" OR ".join(terms), SHOWN)).fetchall()


class Scan:
    name = "LIKE scan"

    def __init__(self, items: list[Item], city: City) -> None:
        self.database = sqlite3.connect(Path(_home.name) / f"scan-{len(city.guides)}.sqlite3")
        self.database.execute("CREATE TABLE guide (item, place, text)")
        known = {item.code: text_of(item) for item in items}
        self.database.executemany(
            "INSERT INTO guide VALUES (?, ?, ?)",
            ((item, place, f"{known[item]} {city.places[place][0]}") for item, place in city.guides),
        )
        self.database.commit()

    def __call__(self, words: str) -> list[tuple[str, str]]:
        terms = cut(words)
        if not terms:
            return []
        score = " + ".join("(text LIKE ?)" for _ in terms)
        ask = f"SELECT item, place, {score} AS score FROM guide WHERE score > 0 ORDER BY score DESC LIMIT ?"
        found = self.database.execute(ask, (*(f"%{term}%" for term in terms), SHOWN)).fetchall()
        return [(item, place) for item, place, _ in found]


def text_of(item: Item) -> str:
    """What a row of the peers says: the same texts that ours is given."""
    named = [item.name.zh, item.name.en, *item.words.zh, *item.words.en]
    return " ".join([*named, item.summary.zh, item.summary.en, item.who_may_apply.zh, item.who_may_apply.en])


def cut(text: str) -> list[str]:
    """Words of a text, asking and filling words left out, by the same lists and the same cutter as ours."""
    known = language()
    words = [
        word
        for run in RUNS.findall(normalise(text))
        for word in (known.cut(run) if HAN.match(run) else [run])
    ]
    kept = [word for word in words if word not in known.asking and word not in known.filling]
    return list(dict.fromkeys(kept or words))


def name_words(name: str, short: str) -> list[str]:
    return [short, *cut(name.removeprefix(short)), letters(short)]


@cache
def letters(word: str) -> str:
    return "".join(pypinyin.lazy_pinyin(word))


# Measuring


def relevance(items: list[Item], asked: list[Query]) -> list[dict[str, str]]:
    """How often the item meant is found, by half; the peers search a row an item."""
    alone = City({"": ("", "")}, [(item.code, "") for item in items])
    peers = [kind(items, alone) for kind in (Fts5, Scan)]

    def codes(search: Callable[[str], list[tuple[str, str]]]) -> Callable[[str], list[str]]:
        return lambda words: [item for item, _ in search(words)]

    answers = {"ours": lambda words: [each.item for each in find(words, SHOWN)]} | {
        peer.name: codes(peer) for peer in peers
    }
    rows = []
    for name, search in answers.items():
        judged = judge(asked, search)
        halves = {
            "held out": [one for one in judged if one.query.held_out],
            "tuned on": [one for one in judged if not one.query.held_out],
        }
        shares = {half: figures(some) for half, some in halves.items()}
        rows.append(
            {"search": name}
            | {
                f"{half} ({told.queries})": f"{told.first / told.queries:.1%} / {told.few / told.queries:.1%}"
                for half, told in shares.items()
            }
        )
    return rows


def speed(items: list[Item], asked: list[Query], guides: int) -> list[dict[str, str]]:
    city = made_city(items, guides)
    every = questions(asked, city)
    rows = []
    for kind in (Ours, Fts5, Scan):
        begun = time.perf_counter()
        search = kind(items, city)
        prepared = time.perf_counter() - begun
        put = every if kind is not Scan else random.Random(SEED).sample(every, SCANS)
        for question in put[:20]:
            search(question.words)
        times: list[float] = []
        alone: list[float] = []
        items_right: list[bool] = []
        guides_right: list[bool] = []
        for question in put:
            begun, used = time.perf_counter(), time.thread_time()
            found = search(question.words)
            alone.append(time.thread_time() - used)
            times.append(time.perf_counter() - begun)
            item, place = found[0] if found else ("", "")
            items_right.append(item in {question.query.item, *question.query.also})
            if question.place:
                guides_right.append(
                    items_right[-1] and bool(place) and city.places[place][1] == question.place
                )
        rows.append(
            {
                "guides": f"{guides:,}",
                "search": search.name,
                "p50 ms": f"{np.median(times) * 1e3:.2f}",
                "p95 ms": f"{np.percentile(times, 95) * 1e3:.2f}",
                "p95 ms of processor time": f"{np.percentile(alone, 95) * 1e3:.2f}",
                "questions": str(len(put)),
                "prepared in": f"{prepared:.2f} s",
                "item right first": f"{np.mean(items_right):.1%}",
                "and the place named": f"{np.mean(guides_right):.1%}",
            }
        )
    return rows


def show(title: str, rows: list[dict[str, str]]) -> None:
    """A table in Markdown."""
    print(f"### {title}\n\n| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(row.values()) + " |")
    print()


if __name__ == "__main__":
    main()
