"""Numbers that are well formed and belong to nobody.

An identity number keeps a real province prefix with an unassigned county (339999); a mobile number, and the
local part of a landline, begin with 12, which no network assigns; a passport carries UTO, the specimen state
of ICAO Doc 9303; a credit code names the same unassigned county as registrar.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from zhoudao.core.city import City
from zhoudao.core.people.rules.numbers import (
    CREDIT_ALPHABET,
    credit_code_check_character,
    identity_check_character,
)

ELSEWHERE = ("419999", "519999", "369999", "529999", "429999", "459999")
"""Unassigned counties of Henan, Sichuan, Jiangxi, Guizhou, Hubei and Guangxi."""
MINORITY_REGION = "659999"
"""An unassigned county of Xinjiang."""
SPECIMEN_STATE = "UTO"
_UNASSIGNED = "9999"
"""No province has a prefecture 99; GB/T 2260 leaves it free."""


def local_region(city: City) -> str:
    """The unassigned county that stands for the city: the first of the pack's ``sample_region_codes``."""
    return city.sample_region_codes[0]


def nearby_regions(city: City) -> list[str]:
    """Unassigned counties of the provinces around, where most migrants come from."""
    return list(city.sample_region_codes[1:]) or list(ELSEWHERE)


class Unrepeated:
    """Draws until it finds something it has not given before."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def draw(self, propose: Callable[..., str], *arguments: object) -> str:
        """What ``propose(*arguments)`` gives, once it is new. Raises RuntimeError when it hardly ever is."""
        for _ in range(10_000):
            proposed = propose(*arguments)
            if proposed not in self._given:
                self._given.add(proposed)
                return proposed
        raise RuntimeError("10,000 draws in a row were taken: the range is too small for this size")


# Documents ------------------------------------------------------------


def identity_number(chance: np.random.Generator, region: str, born: date, sex: str) -> str:
    """GB 11643-1999: region, birth date, an order (odd for a man, even for a woman), check character."""
    order = int(chance.integers(1, 500)) * 2 - (1 if sex == "male" else 0)
    body = f"{region}{born:%Y%m%d}{order:03d}"
    return body + identity_check_character(body)


def passport(chance: np.random.Generator) -> str:
    return f"{SPECIMEN_STATE}{int(chance.integers(0, 10**6)):06d}"


_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code(chance: np.random.Generator, category: str, region: str) -> str:
    """GB 32100-2015: registrar 9, ``category``, region, organisation code, check character.

    ``category`` is 1 for a firm, 2 for a sole trader, 3 for a cooperative (table 1, under registrar 9).
    """
    organisation = "MA" + "".join(CREDIT_ALPHABET[place] for place in chance.integers(0, 31, 6).tolist())
    body = f"9{category}{region}{organisation}{_organisation_check(organisation)}"
    return body + credit_code_check_character(body)


def _organisation_check(organisation: str) -> str:
    """GB 11714-1997: the ninth character of an organisation's own code, by MOD 11."""
    total = sum(
        weight * int(letter, 36) for weight, letter in zip(_ORGANISATION_WEIGHTS, organisation, strict=True)
    )
    return "0123456789X"[(11 - total % 11) % 11]


# Telephones ------------------------------------------------------------


def mobile(chance: np.random.Generator) -> str:
    """Eleven digits from 12, where China assigns no mobile range."""
    return f"12{int(chance.integers(0, 10**9)):09d}"


def landline(chance: np.random.Generator, city: City) -> str:
    """The city's area code, then 12 and five digits: local numbers begin with 2 to 8."""
    return f"{city.area_code}-12{int(chance.integers(0, 10**5)):05d}"


def region_is_unassigned(region: str) -> bool:
    return len(region) == 6 and region.isdecimal() and region.endswith(_UNASSIGNED)
