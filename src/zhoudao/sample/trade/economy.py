"""Who there is in the economy, and who trades how much of what with whom.

Demand runs from the end of each chain to its beginning: exporters and shops sell to the outside, and buy what they
sell; traders pass it on; makers buy what their goods are made from. So goods that go out of an honest firm came in,
or were made from what came in. What also happens in honest life is here on purpose: firms that share a bookkeeper's
telephone, a business park's address and line, or an owner; young firms that grow fast; firms that fail.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from zhoudao.core import city as packs
from zhoudao.sample.people import names, numbers
from zhoudao.sample.seeds import pick
from zhoudao.sample.trade.goods import BY_NAME, EXPORTED, GOODS, SERVICES

BEGINS, ENDS = date(2024, 11, 1), date(2026, 10, 31)
"""Two years of records."""
MONTHS = 24
AWAY = ("319999", "329999", "349999", "359999", "369999", "419999", "429999", "449999", "519999")
"""Unassigned counties of other provinces."""
_REGION_WEIGHTS = (0.34, 0.08, 0.14, 0.08, 0.05, 0.05, 0.06, 0.06, 0.1, 0.04)


class Kind(StrEnum):
    MAKER = "maker"
    TRADER = "trader"
    EXPORTER = "exporter"
    SHOP = "shop"
    SERVICE = "service"


_SHARES = {Kind.MAKER: 0.34, Kind.TRADER: 0.27, Kind.EXPORTER: 0.08, Kind.SHOP: 0.23, Kind.SERVICE: 0.08}
_TRADES = {Kind.MAKER: "C", Kind.TRADER: "F51", Kind.EXPORTER: "F51", Kind.SHOP: "F52", Kind.SERVICE: "L72"}
_SUFFIXES = {
    Kind.MAKER: "制造有限公司",
    Kind.TRADER: "贸易有限公司",
    Kind.EXPORTER: "进出口有限公司",
    Kind.SHOP: "商贸有限公司",
    Kind.SERVICE: "服务有限公司",
}
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任"
)
_PLACES = {
    "319999": "上海", "329999": "江苏", "349999": "安徽", "359999": "福建", "369999": "江西",
    "419999": "河南", "429999": "湖北", "449999": "广东", "519999": "四川",
}  # fmt: skip


def home() -> str:
    """The unassigned county that stands for the city."""
    return numbers.local_region(packs.current())


def regions() -> tuple[str, ...]:
    """Where firms are: the city first, then other provinces."""
    return (home(), *AWAY)


def place_of(region: str) -> str:
    """What addresses and names of firms begin with there: the city's own name at home."""
    return packs.current().name.zh.removesuffix("市") if region == home() else _PLACES[region]


@dataclass(frozen=True)
class Person:
    """Known by an identity number whose county nobody is registered in."""

    number: str
    name: str


@dataclass
class Account:
    number: str
    holder_id: str
    holder_name: str
    holder_kind: str
    bank: str
    opened_on: date


@dataclass
class Firm:
    """One firm and how it does business."""

    code: str
    name: str
    kind: Kind
    registered_on: date
    region: str
    address: str
    phone: str
    head: Person
    finance: Person
    clerk: Person
    collector: Person
    """Who collects its invoices from the tax office (领票人)."""
    issuer: str
    """Name on its invoices."""
    device: str
    ip: str
    goods: list[int]
    """What it sells: numbers in GOODS."""
    monthly: float
    """Yuan it sells for in an ordinary month, net."""
    quota: int = 0
    ends_on: date = ENDS
    status: list[tuple[str, date]] = field(default_factory=list)
    employees: int = 1
    works: bool = True
    """Whether anything is made or stored there; a shell burns no electricity."""
    account: Account | None = None

    @property
    def begins_on(self) -> date:
        """When it first sells: two weeks after it is registered, or with the records."""
        return max(BEGINS, self.registered_on + timedelta(days=14))


@dataclass
class Edge:
    """A standing trade: ``seller`` and ``buyer`` are numbers of firms, ``monthly`` yuan net."""

    seller: int
    buyer: int
    good: int
    monthly: float


class Names:
    """Draws people, firms, accounts and machines, none twice."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.chance = chance
        self._codes, self._words, self._ids = numbers.Unrepeated(), numbers.Unrepeated(), numbers.Unrepeated()
        self._phones, self._accounts, self._machines = (
            numbers.Unrepeated(),
            numbers.Unrepeated(),
            numbers.Unrepeated(),
        )

    def person(self, region: str | None = None) -> Person:
        chance = self.chance
        sex = "female" if chance.random() < 0.38 else "male"
        born = date(1962, 1, 1) + timedelta(days=int(chance.integers(0, 14_600)))
        number = self._ids.draw(numbers.identity_number, chance, region or pick(chance, regions()), born, sex)
        return Person(number, pick(chance, _SURNAMES) + names.given_name(chance, born.year, sex))

    def firm_code(self, region: str) -> str:
        return self._codes.draw(numbers.credit_code, self.chance, "1", region)

    def firm_name(self, region: str, kind: Kind) -> str:
        return f"{place_of(region)}{self._words.draw(names.coined_word, self.chance)}{_SUFFIXES[kind]}"

    def phone(self) -> str:
        return self._phones.draw(numbers.mobile, self.chance)

    def machine(self) -> str:
        """A MAC address with the bit set that says nobody assigned it."""
        return self._machines.draw(_machine, self.chance)

    def ip(self) -> str:
        """From the blocks kept for documentation and benchmarks (RFC 5737, RFC 2544): on no network."""
        return f"198.{18 + int(self.chance.integers(2))}.{self.chance.integers(256)}.{self.chance.integers(1, 255)}"

    def account(self, holder: Person | Firm, opened_on: date) -> Account:
        number = self._accounts.draw(_account_number, self.chance)
        bank = pick(self.chance, ("沧海银行", "蓬莱商业银行", "东极农村商业银行", "桃花岛银行"))
        if isinstance(holder, Person):
            return Account(number, holder.number, holder.name, "person", bank, opened_on)
        return Account(number, holder.code, holder.name, "firm", bank, opened_on)


def _machine(chance: np.random.Generator) -> str:
    return ":".join(["02", *(f"{byte:02X}" for byte in chance.integers(0, 256, 5).tolist())])


def _account_number(chance: np.random.Generator) -> str:
    """Nineteen digits from 99, which no card scheme issues."""
    return "99" + "".join(map(str, chance.integers(0, 10, 17).tolist()))


@dataclass
class Economy:
    firms: list[Firm]
    edges: list[Edge]
    names: Names
    people: list[Account]
    """Accounts of persons who have firms."""
    workers: list[Account] = field(init=False, default_factory=list)
    """Accounts of persons who have none."""
    taxes: Account
    """The treasury (国库)."""
    payroll: Account
    """A bank's internal account that wages go through."""
    exchange: Account
    """A bank's internal account that foreign money is turned into yuan through."""

    def sellers_of(self, good: int) -> list[int]:
        return [number for number, firm in enumerate(self.firms) if good in firm.goods]


def build(chance: np.random.Generator, firms: int) -> Economy:
    """An honest economy of so many firms."""
    draw = Names(chance)
    made = [_firm(draw, kind) for kind in _kinds(chance, firms)]
    _share_bookkeepers(draw, made)
    _share_parks(draw, made)
    _share_owners(draw, made)
    _found_together(draw, made)
    for firm in made:
        firm.account = draw.account(firm, firm.registered_on + timedelta(days=int(chance.integers(3, 40))))
    bank = [Person("", name) for name in ("国家金库", "代发工资专户", "结售汇专户")]
    taxes, payroll, exchange = (draw.account(holder, BEGINS - timedelta(days=4000)) for holder in bank)
    for internal in (taxes, payroll, exchange):
        internal.holder_kind = "bank"
    economy = Economy(made, [], draw, [], taxes, payroll, exchange)
    economy.edges = _edges(chance, economy)
    economy.people = [draw.account(firm.head, firm.registered_on) for firm in made if chance.random() < 0.5]
    opened = BEGINS - timedelta(days=900)
    economy.workers = [draw.account(draw.person(), opened) for _ in range(firms // 3)]
    for firm in made:
        _settle(chance, firm)
    return economy


def _kinds(chance: np.random.Generator, firms: int) -> Sequence[Kind]:
    drawn = chance.choice(len(_SHARES), firms, p=list(_SHARES.values()))
    return [list(_SHARES)[number] for number in drawn.tolist()]


def new_firm(draw: Names, kind: Kind, region: str, registered_on: date, head: Person) -> Firm:
    """A firm with people, telephone and machine of its own, and nothing to sell yet."""
    clerk = draw.person(region)
    return Firm(
        code=draw.firm_code(region),
        name=draw.firm_name(region, kind),
        kind=kind,
        registered_on=registered_on,
        region=region,
        address=f"{place_of(region)}样例路{draw.chance.integers(1, 999)}号{draw.chance.integers(101, 2999)}室",
        phone=draw.phone(),
        head=head,
        finance=draw.person(region),
        clerk=clerk,
        collector=clerk,
        issuer=clerk.name,
        device=draw.machine(),
        ip=draw.ip(),
        goods=[],
        monthly=0.0,
    )


def _firm(draw: Names, kind: Kind) -> Firm:
    chance = draw.chance
    region = regions()[int(chance.choice(len(_REGION_WEIGHTS), p=_REGION_WEIGHTS))]
    age = int(min(chance.exponential(2200), 9000)) + 20
    firm = new_firm(draw, kind, region, ENDS - timedelta(days=age), draw.person(region))
    firm.goods = _range(chance, kind)
    if chance.random() < 0.45:  # small firms: the head does the books
        firm.finance = firm.head
    end = chance.random()
    lived = (ENDS - firm.begins_on).days
    if end < 0.035 and lived > 120:
        firm.ends_on = firm.begins_on + timedelta(days=int(chance.integers(90, lived)))
        gone = "lost" if end < 0.006 else "cancelled"
        firm.status.append((gone, firm.ends_on + timedelta(days=int(chance.integers(10, 60)))))
    return firm


def _range(chance: np.random.Generator, kind: Kind) -> list[int]:
    """What a firm sells. Some traders and exporters sell a bit of everything."""
    if kind is Kind.SERVICE:
        return [SERVICES[int(chance.integers(len(SERVICES)))]]
    pool = EXPORTED if kind is Kind.EXPORTER else tuple(set(range(len(GOODS))) - set(SERVICES))
    mixed = kind in (Kind.TRADER, Kind.EXPORTER) and chance.random() < 0.12
    most = {Kind.MAKER: 2, Kind.TRADER: 4, Kind.EXPORTER: 4, Kind.SHOP: 6, Kind.SERVICE: 1}[kind]
    count = int(chance.integers(7, 12)) if mixed else int(chance.integers(1, most + 1))
    return sorted(int(pool[place]) for place in chance.permutation(len(pool))[:count])


# What honest firms share ----------------------------------------------------------------------------------------------


def _groups(
    chance: np.random.Generator, firms: list[Firm], share: float, low: int, high: int
) -> list[list[Firm]]:
    """Disjoint groups, together about ``share`` of all, each of firms of one region."""
    groups: list[list[Firm]] = []
    for region in regions():
        local = [firm for firm in firms if firm.region == region]
        chosen = [local[place] for place in chance.permutation(len(local))[: round(len(local) * share)]]
        while chosen:
            size = int(chance.integers(low, high + 1))
            groups.append(chosen[:size])
            chosen = chosen[size:]
    return [group for group in groups if len(group) > 1]


def _share_bookkeepers(draw: Names, firms: list[Firm]) -> None:
    """A bookkeeping agency (代账) is finance officer, tax clerk, telephone and machine of all it serves."""
    for group in _groups(draw.chance, firms, 0.1, 6, 30):
        keeper, phone, device, ip = draw.person(), draw.phone(), draw.machine(), draw.ip()
        for firm in group:
            firm.finance = firm.clerk = firm.collector = keeper
            firm.issuer, firm.phone, firm.device, firm.ip = keeper.name, phone, device, ip


def _share_parks(draw: Names, firms: list[Firm]) -> None:
    """A business park: one address, and often one line to the network."""
    for group in _groups(draw.chance, firms, 0.12, 4, 40):
        ip = draw.ip()
        for firm in group:
            firm.address = group[0].address
            if draw.chance.random() < 0.7:
                firm.ip = ip


def _share_owners(draw: Names, firms: list[Firm]) -> None:
    """One person with two to four firms, as families have."""
    for group in _groups(draw.chance, firms, 0.07, 2, 4):
        for firm in group:
            firm.head = group[0].head
            if draw.chance.random() < 0.5:
                firm.phone = group[0].phone


def _found_together(draw: Names, firms: list[Firm]) -> None:
    """Friends or a family who found two to four firms within weeks and keep each other's books, honestly."""
    chance = draw.chance
    young = [firm for firm in firms if (ENDS - firm.registered_on).days < 800 and firm.ends_on == ENDS]
    for group in _groups(chance, young, 0.12, 2, 4):
        phone, device, ip = draw.phone(), draw.machine(), draw.ip()
        first = min(firm.registered_on for firm in group)
        for place, firm in enumerate(group):
            firm.registered_on = first + timedelta(days=int(chance.integers(0, 40)))
            firm.phone = phone
            if chance.random() < 0.6:
                firm.device, firm.ip = device, ip
            if chance.random() < 0.6:
                firm.finance = firm.clerk = firm.collector = group[place - 1].head
                firm.issuer = firm.clerk.name


# Who trades with whom -------------------------------------------------------------------------------------------------


def _edges(chance: np.random.Generator, economy: Economy) -> list[Edge]:
    """From the ends of the chains to their beginnings; a firm's own sales are what was bought from it."""
    firms, edges = economy.firms, []
    by_kind: dict[Kind, dict[int, list[int]]] = {kind: {} for kind in Kind}
    for number, firm in enumerate(firms):
        for good in firm.goods:
            by_kind[firm.kind].setdefault(good, []).append(number)
    demand: dict[tuple[int, int], float] = {}

    def buy(buyer: int, good: int, monthly: float, sources: list[int]) -> None:
        others = [seller for seller in sources if seller != buyer]
        if not others or monthly <= 0:
            return
        near = np.array([3.0 if firms[each].region == firms[buyer].region else 1.0 for each in others])
        size = np.array([_standing(firms[each]) for each in others])
        count = min(len(others), int(chance.integers(1, 5)))
        chosen = chance.choice(len(others), count, replace=False, p=near * size / (near * size).sum())
        for share, place in zip(chance.dirichlet([1.5] * count), chosen.tolist(), strict=True):
            seller = others[place]
            edges.append(Edge(seller, buyer, good, monthly * float(share)))
            demand[seller, good] = demand.get((seller, good), 0.0) + monthly * float(share)

    for number, firm in enumerate(firms):
        if firm.kind in (Kind.EXPORTER, Kind.SHOP):
            sold = float(chance.lognormal(12.6 if firm.kind is Kind.EXPORTER else 11.2, 0.9))
            for good in firm.goods:
                demand[number, good] = sold / len(firm.goods)
                sources = by_kind[Kind.MAKER].get(good, []) + by_kind[Kind.TRADER].get(good, [])
                buy(number, good, sold / len(firm.goods) * float(chance.uniform(0.8, 0.94)), sources)
    for good in _ends_first():
        for number in by_kind[Kind.TRADER].get(good, []):
            wanted = demand.get((number, good), 0.0) * float(chance.uniform(0.86, 0.97))
            buy(number, good, wanted, by_kind[Kind.MAKER].get(good, []))
        inputs = [BY_NAME[name] for name in GOODS[good].made_from]
        for number in by_kind[Kind.MAKER].get(good, []):
            wanted = demand.get((number, good), 0.0) * float(chance.uniform(0.45, 0.7))
            for needed in inputs:
                sources = by_kind[Kind.MAKER].get(needed, []) + by_kind[Kind.TRADER].get(needed, [])
                buy(number, needed, wanted / len(inputs), sources)
    for number, firm in enumerate(firms):
        sold = sum(demand.get((number, good), 0.0) for good in firm.goods)
        good = SERVICES[int(chance.integers(len(SERVICES)))]
        buy(number, good, sold * float(chance.uniform(0.01, 0.05)), by_kind[Kind.SERVICE].get(good, []))
    for number, firm in enumerate(firms):
        firm.monthly = sum(demand.get((number, good), 0.0) for good in firm.goods)
    return edges


def _standing(firm: Firm) -> float:
    """Long-lived firms have more customers."""
    return 0.3 + min((ENDS - firm.registered_on).days, 3000) / 1000


def _ends_first() -> list[int]:
    """Goods before what they are made from."""
    order: list[int] = []

    def visit(good: int) -> None:
        if good not in order:
            for name in GOODS[good].made_from:
                visit(BY_NAME[name])
            order.append(good)

    for number in range(len(GOODS)):
        visit(number)
    return order[::-1]


def _settle(chance: np.random.Generator, firm: Firm) -> None:
    """Quota, people and standing that fit what the firm sells."""
    firm.quota = max(10, math.ceil(firm.monthly * float(chance.uniform(1.05, 4.0)) / 10_000)) * 1_000_000
    per_head = {Kind.MAKER: 60_000, Kind.SERVICE: 30_000}.get(firm.kind, 220_000)
    if firm.kind is not Kind.MAKER and chance.random() < 0.2:
        firm.works = False  # a desk in somebody else's office, with no meter of its own
    firm.employees = max(1, round(firm.monthly / per_head * float(chance.lognormal(0, 0.4))))
    if firm.monthly * 12 > 5_000_000 or chance.random() < 0.6:
        firm.status.insert(
            0, ("general_taxpayer", firm.registered_on + timedelta(days=int(chance.integers(5, 90))))
        )
