"""Who lives together: ages, sexes and surnames that fit each other.

Weights follow an ageing archipelago: about three in ten registered residents are sixty or older, about one in
ten is a child, a household has a little over two people (the seventh census, 2020, in round figures).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from zhoudao.sample.people.names import SURNAMES
from zhoudao.sample.seeds import Weighted, pick


@dataclass(frozen=True)
class Member:
    """One person of a household, before names and numbers."""

    born: date
    sex: str
    surname: str


@dataclass(frozen=True)
class _Shape:
    """Who is in a household of this kind. Ages are of the first adult, in whole years, both ends included."""

    ages: tuple[int, int]
    couple: bool = False
    children: int = 0
    grandparents: int = 0


LOCAL = Weighted(
    [
        _Shape((64, 94)),
        _Shape((60, 88), couple=True),
        _Shape((22, 60)),
        _Shape((26, 59), couple=True),
        _Shape((26, 50), couple=True, children=1),
        _Shape((28, 48), couple=True, children=2),
        _Shape((30, 50), couple=True, children=1, grandparents=1),
        _Shape((30, 48), couple=True, children=1, grandparents=2),
        _Shape((28, 52), children=1),
    ],
    [13, 22, 16, 21, 17, 3.5, 3.5, 2.5, 2.5],
)
"""Households of registered residents (户籍)."""

MIGRANT = Weighted(
    [
        _Shape((18, 58)),
        _Shape((24, 55), couple=True),
        _Shape((25, 45), couple=True, children=1),
        _Shape((27, 45), couple=True, children=2),
    ],
    [60, 22, 14, 4],
)
"""Households of people registered elsewhere: workers first, some with family."""


def household(chance: np.random.Generator, shapes: Weighted[_Shape], today: date) -> list[Member]:
    """The members of one household on the day ``today``, adults first."""
    shape = shapes.draw(chance)
    age = int(chance.integers(shape.ages[0], shape.ages[1] + 1))
    # Women live longer, and more of the old who live alone are women.
    alone_sex = "female" if chance.random() < (0.62 if age >= 64 else 0.48) else "male"
    first = Member(
        _birthday(chance, today, age), "male" if shape.couple else alone_sex, SURNAMES.draw(chance)
    )
    members = [first]
    mother_age, father_age = age, age
    if shape.couple:
        mother_age = max(22, age + int(chance.integers(-5, 3)))
        members.append(Member(_birthday(chance, today, mother_age), "female", SURNAMES.draw(chance)))
    oldest = min(mother_age, father_age) - 21
    child_surname = pick(chance, members).surname if chance.random() < 0.06 else first.surname
    for _ in range(shape.children):
        child_age = min(int(chance.integers(0, 21)), oldest)
        sex = "female" if chance.random() < 0.48 else "male"
        members.append(Member(_birthday(chance, today, max(child_age, 0)), sex, child_surname))
    for place in range(shape.grandparents):
        older = min(age + int(chance.integers(22, 32)), 96)
        sex = "female" if place == 0 else "male"
        surname = first.surname if sex == "male" else SURNAMES.draw(chance)
        members.append(Member(_birthday(chance, today, older), sex, surname))
    return members


def age_on(born: date, day: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _birthday(chance: np.random.Generator, today: date, age: int) -> date:
    """A day on which someone who is ``age`` today was born; never in the future."""
    try:
        latest = today.replace(year=today.year - age)
    except ValueError:  # 29 February
        latest = today.replace(year=today.year - age, day=28)
    return latest - timedelta(days=int(chance.integers(0, 365)))
