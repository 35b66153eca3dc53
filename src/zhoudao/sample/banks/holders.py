"""Accounts and who holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from zhoudao.core import city as packs
from zhoudao.core.people.rules.numbers import identity_check_character
from zhoudao.sample.people.names import SURNAMES, coined_word, given_name
from zhoudao.sample.people.numbers import local_region
from zhoudao.sample.seeds import generator

NOBODYS_BANK = "6299"
FIRM_SHARE = 0.02
_KINDS = (
    "贸易有限公司",
    "水产有限公司",
    "建材商行",
    "餐饮管理有限公司",
    "物流有限公司",
    "船舶修造有限公司",
    "百货店",
)


@dataclass(frozen=True)
class Holders:
    """``bank`` of each account; ``firm``: its holder is one. The last account is the tax office's (国库)."""

    number: list[str]
    name: list[str]
    identity: list[str]
    bank: NDArray[np.int8]
    firm: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.number)


def holders(seed: int, count: int, shares: list[float]) -> Holders:
    """``count`` accounts, spread over banks by ``shares``."""
    chance = generator(seed, "banks/holders")
    bank = chance.choice(len(shares), count, p=np.array(shares) / sum(shares)).astype(np.int8)
    firm = chance.random(count) < FIRM_SHARE
    firm[-1] = True
    county = local_region(packs.current())
    numbers, names, identities = [], [], []
    for account in range(count):
        digits = f"{NOBODYS_BANK}{int(bank[account]):02d}{account * 7 + 13:012d}"
        numbers.append(digits + _luhn(digits))
        if firm[account]:
            names.append(coined_word(chance) + _KINDS[int(chance.integers(len(_KINDS)))])
            identities.append(f"91{county}MA{account:07d}X")
            continue
        born = date(1955, 1, 1) + timedelta(days=int(chance.integers(50 * 365)))
        sex = "female" if chance.random() < 0.5 else "male"
        names.append(SURNAMES.draw(chance) + given_name(chance, born.year, sex))
        body = f"{county}{born:%Y%m%d}{account % 1000:03d}"
        identities.append(body + identity_check_character(body))
    names[-1] = f"国家金库{packs.current().name.zh}支库"
    return Holders(numbers, names, identities, bank, firm)


def _luhn(digits: str) -> str:
    """The check digit of a card number (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
