"""residents.csv: everyone the counter knows, in households."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from zhoudao.core.city import City
from zhoudao.core.city.loading import read_part
from zhoudao.core.city.shapes import Settlement
from zhoudao.core.clock import local
from zhoudao.sample import tables
from zhoudao.sample.parts import Making, Part
from zhoudao.sample.people import households, names, numbers
from zhoudao.sample.people.households import Member, age_on
from zhoudao.sample.seeds import Weighted, generator, pick

FILE = "residents.csv"

MIGRANT_SHARE, FOREIGNER_SHARE = 0.24, 0.01
MOVED_IN_SHARE = 0.07
"""Registered residents whose number names another province: a number is for life, people move."""
RARE_NAMES_IN, DOTTED_NAMES_IN = 500, 600
"""One resident in so many, at least six of each in any city."""
AT_LEAST = 6
_MIDDLE_STAY_DAYS = 700
"""Half of the migrants came within about a year and a half."""


@dataclass(frozen=True)
class Resident:
    """A row of residents.csv."""

    code: str
    kind: str
    name_zh: str
    name_latin: str
    document_kind: str
    identity_number: str
    birth_date: date
    sex: str
    mobile: str
    district: str
    settlement: str
    household: str
    arrived_on: date | None


@dataclass(frozen=True)
class _Home:
    """A household in its place."""

    kind: str
    region: str
    district: str
    settlement: str
    arrived_on: date | None
    members: list[Member]


def read(making: Making) -> list[Resident]:
    """The residents another part of this city was given."""
    return tables.read_as(Resident, making.folder / FILE)


def make(making: Making) -> None:
    settlements = read_part(making.city.folder, "settlements.yaml")[0].settlements
    rows = residents(making.city, settlements, making.seed, making.sample.residents)
    tables.write_all(making.folder / FILE, Resident, rows)


PART = Part("residents", writes=(FILE,), make=make)


def residents(city: City, settlements: Sequence[Settlement], seed: int, count: int) -> list[Resident]:
    """Exactly ``count`` people: registered residents first, then migrants, then foreigners."""

    def chance(label: str) -> np.random.Generator:
        return generator(seed, f"residents/{label}")

    today = local(city.as_of).date()
    foreigners = round(count * FOREIGNER_SHARE)
    migrants = round(count * MIGRANT_SHARE)
    homes = [
        *_homes(city, settlements, chance("locals"), "resident", count - migrants - foreigners, today),
        *_homes(city, settlements, chance("migrants"), "migrant", migrants, today),
        *_homes(city, settlements, chance("foreigners"), "foreigner", foreigners, today),
    ]
    rows = _numbered(city, chance("names"), homes, today)
    return _with_unusual_names(chance("unusual-names"), rows)


def _homes(
    city: City,
    settlements: Sequence[Settlement],
    chance: np.random.Generator,
    kind: str,
    people: int,
    today: date,
) -> list[_Home]:
    """Households until there are ``people`` in them; the last one is cut to fit."""
    where = Weighted(settlements, [settlement.population for settlement in settlements])
    origins = Weighted(*_origins(city))
    homes: list[_Home] = []
    left = people
    while left > 0:
        place = where.draw(chance)
        if kind == "foreigner":
            members = [_foreigner(chance, today)]
        else:
            shapes = households.LOCAL if kind == "resident" else households.MIGRANT
            members = households.household(chance, shapes, today)
        region = origins.draw(chance) if kind == "migrant" else numbers.local_region(city)
        arrived = _arrival(chance, today) if kind != "resident" else None
        homes.append(_Home(kind, region, place.district, place.code, arrived, members[:left]))
        left -= len(homes[-1].members)
    return homes


def _origins(city: City) -> tuple[list[str], list[float]]:
    """Unassigned counties that migrants come from: two thirds from the provinces around."""
    nearby = numbers.nearby_regions(city)
    weights = [4.0] + [1.0] * (len(nearby) - 1)
    near_total = sum(weights)
    elsewhere = [region for region in numbers.ELSEWHERE if region not in nearby]
    return nearby + elsewhere, weights + [near_total / 2 / len(elsewhere)] * len(elsewhere)


def _foreigner(chance: np.random.Generator, today: date) -> Member:
    age = int(chance.integers(20, 62))
    born = today - timedelta(days=age * 365 + int(chance.integers(1, 365)))
    return Member(born, pick(chance, ("female", "male", "male")), surname="")


def _arrival(chance: np.random.Generator, today: date) -> date:
    return today - timedelta(days=min(int(chance.exponential(_MIDDLE_STAY_DAYS)) + 3, 20 * 365))


def _numbered(city: City, chance: np.random.Generator, homes: list[_Home], today: date) -> list[Resident]:
    """Each member with a name, a document and, where old enough, a telephone."""
    documents, mobiles = numbers.Unrepeated(), numbers.Unrepeated()
    elsewhere = Weighted(*_origins(city))
    rows: list[Resident] = []
    for number, home in enumerate(homes, 1):
        for member in home.members:
            foreign = home.kind == "foreigner"
            if foreign:
                latin, chinese = names.foreign_name(chance, member.sex)
                document = documents.draw(numbers.passport, chance)
            else:
                latin, chinese = "", member.surname + names.given_name(chance, member.born.year, member.sex)
                moved_in = home.kind == "resident" and chance.random() < MOVED_IN_SHARE
                region = elsewhere.draw(chance) if moved_in else home.region
                document = documents.draw(numbers.identity_number, chance, region, member.born, member.sex)
            reachable = chance.random() < _phone_share(age_on(member.born, today))
            rows.append(
                Resident(
                    code=f"R{len(rows) + 1:05d}",
                    kind=home.kind,
                    name_zh=chinese,
                    name_latin=latin,
                    document_kind="passport" if foreign else "resident_id",
                    identity_number=document,
                    birth_date=member.born,
                    sex=member.sex,
                    mobile=mobiles.draw(numbers.mobile, chance) if reachable else "",
                    district=home.district,
                    settlement=home.settlement,
                    household=f"H{number:05d}",
                    arrived_on=max(home.arrived_on, member.born) if home.arrived_on else None,
                )
            )
    return rows


def _phone_share(age: int) -> float:
    """Share of people of this age with a telephone of their own."""
    if age < 12:
        return 0.0
    return 0.99 if 18 <= age < 70 else 0.75


def _with_unusual_names(chance: np.random.Generator, rows: list[Resident]) -> list[Resident]:
    """The same people, some with rare characters and some migrants with middle dots in their names."""
    rows = list(rows)
    local_places = [place for place, row in enumerate(rows) if row.kind == "resident"]
    for which, place in enumerate(_sample(chance, local_places, max(AT_LEAST, len(rows) // RARE_NAMES_IN))):
        row = rows[place]
        given = names.rare_given_name(chance, row.birth_date.year, row.sex, which)
        rows[place] = replace(row, name_zh=_surname(row.name_zh) + given)
    lone, documents = _lone_migrants(rows), numbers.Unrepeated()
    for place in _sample(chance, lone, max(AT_LEAST, len(rows) // DOTTED_NAMES_IN)):
        row = rows[place]
        document = documents.draw(
            numbers.identity_number, chance, numbers.MINORITY_REGION, row.birth_date, row.sex
        )
        rows[place] = replace(row, name_zh=names.dotted_name(chance, row.sex), identity_number=document)
    return rows


def _surname(name: str) -> str:
    return name[:2] if name[:2] in names.SURNAMES.things else name[:1]


def _lone_migrants(rows: list[Resident]) -> list[int]:
    """Places of migrants who live alone: changing one's name then splits no family."""
    size: dict[str, int] = {}
    for row in rows:
        size[row.household] = size.get(row.household, 0) + 1
    return [place for place, row in enumerate(rows) if row.kind == "migrant" and size[row.household] == 1]


def _sample(chance: np.random.Generator, places: list[int], count: int) -> list[int]:
    return [places[place] for place in sorted(chance.permutation(len(places))[:count].tolist())]
