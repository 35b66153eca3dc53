"""staff.csv: who can sign in: every staff role in several districts, and a few people who come as themselves.

Passwords and second-factor secrets are drawn from the seed and lie in the file: they exist only where the
sample city runs (``ZHOUDAO_SAMPLE``), and ``zhoudao sample sign-ins`` shows them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from zhoudao.core.access import ALL_DISTRICTS, Role
from zhoudao.core.city import City
from zhoudao.core.clock import local
from zhoudao.sample import tables
from zhoudao.sample.parts import Making, Part
from zhoudao.sample.people import names, organisations, residents
from zhoudao.sample.people.households import age_on
from zhoudao.sample.people.organisations import Agent
from zhoudao.sample.people.residents import Resident
from zhoudao.sample.seeds import generator, pick

FILE = "staff.csv"

EACH_DISTRICT = (Role.CLERK, Role.REVIEWER, Role.SUPERVISOR)
EVERY_SECOND_DISTRICT = (Role.KIOSK_KEEPER, Role.INSPECTOR, Role.ANTIFRAUD_OFFICER)
"""One account for two neighbouring districts."""
WHOLE_CITY = {
    Role.ANALYST: 2,
    Role.TAX_OFFICER: 2,
    Role.COMMANDER: 1,
    Role.ADMINISTRATOR: 1,
    Role.SECURITY_OFFICER: 1,
    Role.AUDITOR: 1,
}

_WORDS = (
    "anchor",
    "beacon",
    "breeze",
    "buoy",
    "cable",
    "canvas",
    "compass",
    "coral",
    "cove",
    "current",
    "delta",
    "dolphin",
    "dune",
    "ferry",
    "gull",
    "harbour",
    "heron",
    "jetty",
    "kelp",
    "lagoon",
    "lantern",
    "ledger",
    "lighthouse",
    "mast",
    "mooring",
    "oar",
    "pebble",
    "pilot",
    "plover",
    "quay",
    "reef",
    "rudder",
    "sail",
    "sandbar",
    "shoal",
    "signal",
    "starfish",
    "tern",
    "tide",
    "trawler",
    "wharf",
    "willow",
)


@dataclass(frozen=True)
class Account:
    """A row of staff.csv."""

    username: str
    display_name: str
    role: str
    districts: str
    staff_number: str
    resident: str
    organisation: str
    password: str
    totp_secret: str


def read(making: Making) -> list[Account]:
    return tables.read_as(Account, making.folder / FILE)


def make(making: Making) -> None:
    rows = accounts(making.city, residents.read(making), organisations.read_agents(making), making.seed)
    tables.write_all(making.folder / FILE, Account, rows)


PART = Part("staff", writes=(FILE,), make=make, needs=("residents", "organisations"))


def accounts(city: City, people: Sequence[Resident], agents: Sequence[Agent], seed: int) -> list[Account]:
    """Staff first, then people who sign in as themselves."""
    chance = generator(seed, "staff")
    staff = [
        Account(
            username=username,
            display_name=_display_name(chance),
            role=role,
            districts=districts,
            staff_number=f"12{number:04d}",
            resident="",
            organisation="",
            password=_password(chance),
            totp_secret=_second_factor(chance),
        )
        for number, (username, role, districts) in enumerate(_posts(city), 1)
    ]
    return staff + list(_public(chance, city, people, agents))


def _posts(city: City) -> Iterator[tuple[str, Role, str]]:
    """User name, role and districts of each post."""
    codes = [district.code for district in city.districts]
    for role in EACH_DISTRICT:
        for code in codes:
            yield f"{role}.{code}", role, code
    for role in EVERY_SECOND_DISTRICT:
        for place in range(0, len(codes), 2):
            yield f"{role}.{codes[place]}", role, "|".join(codes[place : place + 2])
    for role, count in WHOLE_CITY.items():
        for number in range(1, count + 1):
            yield (f"{role}{number}" if count > 1 else str(role)), role, ALL_DISTRICTS


def _public(
    chance: np.random.Generator, city: City, people: Sequence[Resident], agents: Sequence[Agent]
) -> Iterator[Account]:
    """A registered resident, a migrant, a foreigner and two agents, each of age and with a telephone; where a
    very small city has none of a kind, none signs in.
    """
    today = local(city.as_of).date()
    known = {person.code: person for person in people}
    for kind in ("resident", "migrant", "foreigner"):
        able = [person for person in people if person.kind == kind and _can_sign_in(person, today)]
        if able:
            yield _self(chance, kind, Role.RESIDENT, pick(chance, able), "")
    acting = [
        agent for agent in agents if agent.valid_until is None and _can_sign_in(known[agent.resident], today)
    ]
    for number, place in enumerate(chance.permutation(len(acting))[:2].tolist(), 1):
        agent = acting[place]
        yield _self(chance, f"agent{number}", Role.AGENT, known[agent.resident], agent.organisation)


def _can_sign_in(person: Resident, today: date) -> bool:
    return bool(person.mobile) and 20 <= age_on(person.birth_date, today) <= 60


def _self(
    chance: np.random.Generator, username: str, role: Role, person: Resident, organisation: str
) -> Account:
    return Account(
        username,
        person.name_latin or person.name_zh,
        role,
        "",
        "",
        person.code,
        organisation,
        _password(chance),
        "",
    )


def _display_name(chance: np.random.Generator) -> str:
    born, sex = int(chance.integers(1970, 2001)), pick(chance, ("female", "male"))
    return names.SURNAMES.draw(chance) + names.given_name(chance, born, sex)


def _password(chance: np.random.Generator) -> str:
    """Four words and two digits: long enough for the rules, short enough to type."""
    return "-".join(pick(chance, _WORDS) for _ in range(4)) + f"-{int(chance.integers(10, 100))}"


def _second_factor(chance: np.random.Generator) -> str:
    """160 bits in Base32, as RFC 4226 recommends for a shared secret."""
    return base64.b32encode(chance.bytes(20)).decode("ascii")
