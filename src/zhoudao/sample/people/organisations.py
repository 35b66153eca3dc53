"""organisations.csv and agents.csv: firms, sole traders and cooperatives, and who acts for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from zhoudao.core.city import City
from zhoudao.core.city.loading import read_part
from zhoudao.core.city.shapes import Settlement
from zhoudao.core.clock import local
from zhoudao.sample import tables
from zhoudao.sample.parts import Making, Part
from zhoudao.sample.people import names, numbers
from zhoudao.sample.people import residents as residents_part
from zhoudao.sample.people.households import age_on
from zhoudao.sample.people.residents import Resident
from zhoudao.sample.seeds import Weighted, generator, pick

FILE, AGENTS_FILE = "organisations.csv", "agents.csv"

FIRM, SOLE_TRADER, COOPERATIVE = "1", "2", "3"
"""The second character of a credit code under registrar 9 (GB 32100-2015, table 1)."""


@dataclass(frozen=True)
class Organisation:
    """A row of organisations.csv. ``trade`` is section and division of GB/T 4754-2017."""

    code: str
    name_zh: str
    credit_code: str
    trade: str
    established_on: date
    district: str
    settlement: str
    address: str
    phone: str
    legal_representative: str


@dataclass(frozen=True)
class Agent:
    """A row of agents.csv: ``resident`` acts for ``organisation``, until a day or (None) until withdrawn."""

    resident: str
    organisation: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class _Trade:
    division: str
    words: tuple[str, ...]
    """What stands between the coined word and the form."""
    category: str


_TRADES = Weighted(
    [
        _Trade("F51", ("贸易", "水产品", "石油化工", "船舶物资", "建材"), FIRM),
        _Trade("F52", ("超市", "便利店", "五金店", "服装店", "水产店"), SOLE_TRADER),
        _Trade("H62", ("海鲜面馆", "小吃店", "饭店", "咖啡馆"), SOLE_TRADER),
        _Trade("H61", ("民宿", "客栈", "渔家旅馆"), SOLE_TRADER),
        _Trade("H61", ("酒店管理", "大酒店"), FIRM),
        _Trade("A04", ("海洋渔业", "远洋渔业", "海水养殖"), FIRM),
        _Trade("A04", ("渔业",), COOPERATIVE),
        _Trade("C13", ("水产食品", "海洋生物", "冷冻食品"), FIRM),
        _Trade("C34", ("机械制造", "螺杆机械", "阀门"), FIRM),
        _Trade("C37", ("船舶修造", "船舶工程", "船用配件"), FIRM),
        _Trade("E48", ("港口工程", "市政建设"), FIRM),
        _Trade("E50", ("装饰工程", "钢结构安装"), FIRM),
        _Trade("G54", ("运输", "物流", "汽车租赁"), FIRM),
        _Trade("G55", ("海运", "船务", "航运"), FIRM),
        _Trade("G58", ("国际货运代理", "供应链管理"), FIRM),
        _Trade("G59", ("仓储", "港口装卸"), FIRM),
        _Trade("I65", ("信息技术", "软件"), FIRM),
        _Trade("K70", ("物业服务", "房地产经纪"), FIRM),
        _Trade("L72", ("保安服务", "人力资源", "旅行社", "企业管理咨询"), FIRM),
        _Trade("M74", ("检测技术", "工程设计"), FIRM),
        _Trade("O80", ("印章刻制社", "家政服务部", "理发店"), SOLE_TRADER),
        _Trade("O81", ("汽车维修",), FIRM),
        _Trade("R90", ("网吧", "歌厅"), SOLE_TRADER),
    ],
    [16, 14, 12, 9, 2, 4, 1, 5, 5, 5, 2, 4, 5, 4, 2, 2, 3, 2, 5, 1.5, 3, 2, 1.5],
)
_FORMS = {FIRM: "有限公司", SOLE_TRADER: "", COOPERATIVE: "专业合作社"}
_FOUNDED_SINCE = 1994
_MIDDLE_AGE_DAYS = 2200
"""Half of the organisations are younger than about four years: many open, few last."""
AGENTS_SHARE = 0.6
"""Share of organisations that sent somebody to the counter."""


def read(making: Making) -> list[Organisation]:
    """The organisations another part of this city was given."""
    return tables.read_as(Organisation, making.folder / FILE)


def read_agents(making: Making) -> list[Agent]:
    """Who acts for them."""
    return tables.read_as(Agent, making.folder / AGENTS_FILE)


def make(making: Making) -> None:
    settlements = read_part(making.city.folder, "settlements.yaml")[0].settlements
    people = residents_part.read(making)
    rows = organisations(making.city, settlements, people, making.seed, making.sample.enterprises)
    tables.write_all(making.folder / FILE, Organisation, rows)
    tables.write_all(making.folder / AGENTS_FILE, Agent, agents(making.city, people, rows, making.seed))


PART = Part("organisations", writes=(FILE, AGENTS_FILE), make=make, needs=("residents",))


def organisations(
    city: City, settlements: Sequence[Settlement], people: Sequence[Resident], seed: int, count: int
) -> list[Organisation]:
    """``count`` organisations, none of which could be registered under its name."""
    chance = generator(seed, "organisations")
    today = local(city.as_of).date()
    where = Weighted(settlements, [settlement.population for settlement in settlements])
    heads = _aged(people, 21, 72, today)  # drawn with repetition, so that some head several
    coined, codes, phones = numbers.Unrepeated(), numbers.Unrepeated(), numbers.Unrepeated()
    rows = []
    for number in range(1, count + 1):
        trade, place = _TRADES.draw(chance), where.draw(chance)
        district = city.district(place.district)
        region = city.name.zh.removesuffix("市") if trade.category == FIRM else district.name.zh
        head = pick(chance, heads)
        rows.append(
            Organisation(
                code=f"E{number:05d}",
                name_zh=region
                + coined.draw(names.coined_word, chance)
                + pick(chance, trade.words)
                + _FORMS[trade.category],
                credit_code=codes.draw(
                    numbers.credit_code, chance, trade.category, numbers.local_region(city)
                ),
                trade=trade.division,
                established_on=_established(chance, today, head),
                district=place.district,
                settlement=place.code,
                address=f"{district.name.zh}{place.name.zh}样例路{int(chance.integers(1, 900))}号",
                phone=phones.draw(numbers.landline, chance, city),
                legal_representative=head.code,
            )
        )
    return rows


def agents(city: City, people: Sequence[Resident], rows: Sequence[Organisation], seed: int) -> list[Agent]:
    """Who acts for whom: the head, or somebody employed; some no longer."""
    chance = generator(seed, "agents")
    today = local(city.as_of).date()
    born = {person.code: person.birth_date for person in people}
    adults = [person.code for person in _aged(people, 20, 62, today)]
    found: list[Agent] = []
    for row in rows:
        if chance.random() >= AGENTS_SHARE:
            continue
        acting = [row.legal_representative] if chance.random() < 0.45 else [pick(chance, adults)]
        if row.name_zh.endswith("公司") and chance.random() < 0.2:
            acting.append(pick(chance, [code for code in adults if code not in acting]))
        for code in acting:
            earliest = max(row.established_on, _birthday_number(born[code], 18))
            starts = earliest + timedelta(days=int(chance.integers(0, (today - earliest).days + 1)))
            ends = _end(chance, starts, today)
            found.append(Agent(code, row.code, starts, ends))
    return found


def _end(chance: np.random.Generator, starts: date, today: date) -> date | None:
    """One in ten has stopped, or is to stop within the year."""
    if chance.random() >= 0.1:
        return None
    return starts + timedelta(days=int(chance.integers(30, (today - starts).days + 365)))


def _aged(people: Sequence[Resident], youngest: int, oldest: int, today: date) -> list[Resident]:
    """Residents and migrants of these ages, both included."""
    return [
        person
        for person in people
        if person.kind != "foreigner" and youngest <= age_on(person.birth_date, today) <= oldest
    ]


def _established(chance: np.random.Generator, today: date, head: Resident) -> date:
    """Never before the head was eighteen, nor before firms were registered as they are now."""
    earliest = max(date(_FOUNDED_SINCE, 7, 1), _birthday_number(head.birth_date, 18))
    span = (today - earliest).days
    return today - timedelta(days=int(chance.exponential(_MIDDLE_AGE_DAYS)) % span)


def _birthday_number(born: date, years: int) -> date:
    """The day someone turns ``years``; for 29 February the day before when there is none."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return born.replace(year=born.year + years, day=28)
