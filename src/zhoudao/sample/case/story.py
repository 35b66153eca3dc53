"""What happened: ordinary money, and among it a ring that passes money on within the hour.

Every transfer is written down once, here; the banks' files tell it again, each in its own way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from zhoudao.core.clock import CITY_ZONE
from zhoudao.sample.people import names, numbers
from zhoudao.sample.seeds import generator, pick

BEGIN = datetime(2026, 5, 4, tzinfo=CITY_ZONE)
DAYS = 170
RING = 4
OTHERS = 46
BANK_PREFIX = {"甲": "629991", "乙": "629992", "丙": "629993", "外": "629998"}
"""Issuer numbers that no bank in China has been given: 6299 91 to 98."""


@dataclass(frozen=True)
class Account:
    number: str
    name: str
    holder_id: str
    bank: str
    """甲, 乙, 丙: asked; 外: nobody asked it yet."""


@dataclass(frozen=True)
class Transfer:
    time: datetime
    source: Account
    target: Account
    fen: int
    memo: str
    channel: str
    cash: bool = False
    failed: bool = False


@dataclass(frozen=True)
class Story:
    accounts: list[Account]
    transfers: list[Transfer]
    """In the order of time."""

    @property
    def ring(self) -> list[Account]:
        return self.accounts[:RING]

    @property
    def boss(self) -> Account:
        return self.accounts[RING]

    @property
    def asked(self) -> list[Account]:
        """Whose statements the banks answered with."""
        return [account for account in self.accounts if account.bank != "外"]


def tell(seed: int) -> Story:
    """The same for the same seed."""
    chance = generator(seed, "case")
    accounts = [_account(chance, n) for n in range(RING + 1 + OTHERS)]
    transfers = [*_ordinary(chance, accounts), *_ring(chance, accounts), *_splitting(chance, accounts)]
    return Story(accounts, sorted(transfers, key=lambda each: (each.time, each.source.number, each.fen)))


def _account(chance: np.random.Generator, n: int) -> Account:
    bank = ("甲", "甲", "乙", "乙", "丙")[n] if n <= RING else "外"
    born = int(chance.integers(1965, 2003))
    sex = pick(chance, ("female", "male"))
    name = names.SURNAMES.draw(chance) + names.given_name(chance, born, sex)
    holder = numbers.identity_number(
        chance, pick(chance, numbers.ELSEWHERE), datetime(born, 3, 1, tzinfo=UTC).date(), sex
    )
    body = f"{BANK_PREFIX[bank]}{n:04d}{int(chance.integers(10**8)):08d}"
    return Account(body + _luhn(body), name, holder, bank)


def _luhn(body: str) -> str:
    """The check digit of ISO/IEC 7812-1, annex B."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def _ordinary(chance: np.random.Generator, accounts: list[Account]) -> list[Transfer]:
    """Wages, rent, shops, friends: what every account has."""
    told = []
    people, employer, landlord, shops = accounts[: RING + 1], accounts[-1], accounts[-2], accounts[-12:-2]
    for person in people:
        for month in range(DAYS // 30):
            day = BEGIN + timedelta(days=30 * month + 10, hours=10)
            told.append(
                Transfer(day, employer, person, int(chance.integers(480_000, 900_000)), "工资", "代发")
            )
            told.append(
                Transfer(day + timedelta(days=5, hours=9), person, landlord, 150_000, "房租", "手机银行")
            )
        for _ in range(60):
            at = BEGIN + timedelta(
                days=int(chance.integers(DAYS)), minutes=int(chance.integers(8 * 60, 22 * 60))
            )
            told.append(
                Transfer(
                    at,
                    person,
                    pick(chance, shops),
                    int(chance.integers(800, 40_000)),
                    pick(chance, ("购物", "餐饮", "超市", "充值")),
                    "快捷支付",
                )
            )
    return told


def _ring(chance: np.random.Generator, accounts: list[Account]) -> list[Transfer]:
    """On thirty nights money from many comes into the first, goes round within the hour, and ends with the boss.

    Every third night the boss sends a third of it back to the first: then it is a ring."""
    told = []
    ring, boss, payers = accounts[:RING], accounts[RING], accounts[RING + 1 : -12]
    for place, night in enumerate(sorted(chance.choice(np.arange(60, DAYS - 5), 30, replace=False).tolist())):
        at = BEGIN + timedelta(days=night, hours=22, minutes=int(chance.integers(100)))
        collected = 0
        for _ in range(int(chance.integers(3, 8))):
            at += timedelta(minutes=int(chance.integers(1, 6)), seconds=int(chance.integers(60)))
            fen = int(chance.integers(1, 12)) * 1_000_000
            collected += fen
            told.append(
                Transfer(
                    at, pick(chance, payers), ring[0], fen, pick(chance, ("货款", "往来款", "还款")), "网银"
                )
            )
        for here, there in zip(ring, [*ring[1:], boss], strict=True):
            at += timedelta(minutes=int(chance.integers(4, 14)), seconds=int(chance.integers(60)))
            collected = int(collected * float(chance.uniform(0.97, 0.995))) // 100 * 100
            told.append(
                Transfer(at, here, there, collected, "转账", "手机银行", failed=bool(chance.random() < 0.05))
            )
        if place % 3 == 0:
            back = collected // 300 * 100
            told.append(Transfer(at + timedelta(minutes=17), boss, ring[0], back, "往来款", "手机银行"))
    return told


def _splitting(chance: np.random.Generator, accounts: list[Account]) -> list[Transfer]:
    """The boss draws cash, several times a day just below fifty thousand yuan."""
    boss, counter = accounts[RING], accounts[-3]
    told = []
    for day in range(65, DAYS, 11):
        at = BEGIN + timedelta(days=day, hours=9)
        for _ in range(4):
            at += timedelta(minutes=int(chance.integers(20, 70)))
            told.append(
                Transfer(
                    at, boss, counter, int(chance.integers(460, 499)) * 10_000, "取现", "柜面", cash=True
                )
            )
    return told
