"""Applications handed in at windows lately and brought as far as chance says, through the hub's own actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.people.models import Resident, User
from zhoudao.core.workdays import queries as workdays
from zhoudao.core.workdays.rules import Calendar
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.actions import Handed, Request
from zhoudao.counter.applications.models import Application, PaperState
from zhoudao.counter.applications.problems import Incomplete, NotFound, Unusable
from zhoudao.counter.applications.rules import Verb
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.catalog.program import ForWhom, Program, StepKind, StepRole
from zhoudao.counter.catalog.schema import Channel, Item
from zhoudao.sample.hub.answers import answers_to
from zhoudao.sample.parts import Progress
from zhoudao.sample.seeds import Weighted, generator, pick

COUNT = 64
OWN = ("submitted", "supplement", "approved", "finished", "refused")
"""How far those of the first resident who can sign in have come: one of each that a holder meets."""
STATES = {
    "submitted": 22, "correction": 8, "received": 24, "supplement": 8, "second_look": 8, "approved": 8,
    "finished": 16, "refused": 6,
}  # fmt: skip
TRIES = 12
"""Of items, for somebody who can't ask for the first drawn."""
IN_HAND = 2
"""What each officer has taken in hand."""
SAID = "照片背景不清楚，请重新提供；地址请写到门牌号。"
REFUSED = "经核对不符合条件，可以补齐材料后重新申请。"
RANK = {StepRole.CLERK: Role.CLERK, StepRole.REVIEWER: Role.REVIEWER, StepRole.SUPERVISOR: Role.SUPERVISOR}
Officers = dict[tuple[str, Role], list[Actor]]


def load(seed: int, progress: Progress) -> int:
    """How many there are. Loading again changes nothing; a sample without officers gets none."""
    officers = _officers()
    items = [item for item in catalog.definitions(SYSTEM) if _at_a_window(item)]
    if not items or not officers or Application.objects.filter(item_version__gt=0).exists():
        return 0
    chance = generator(seed, "hub")
    states = Weighted(list(STATES), list(STATES.values()))
    owner = Resident.objects.filter(user__role=Role.RESIDENT.value).order_by("pk").first()
    people = list(Resident.objects.filter(document_kind="resident_id").order_by("pk")[:2000])
    wanted = [(owner, state) for state in OWN] if owner else []
    wanted += [(pick(chance, people), states.draw(chance)) for _ in range(COUNT - len(wanted))]
    calendar = workdays.in_force(SYSTEM)
    moments = sorted(_office_moment(chance, calendar) for _ in wanted)
    made = 0
    for (person, state), moment in zip(wanted, moments, strict=True):
        fitting = [item for item in items if state != "second_look" or _has_second(item)] or items
        made += any(
            _make(pick(chance, fitting), person, state, moment, officers, chance, f"sample-{seed}-{made:05d}")
            for _ in range(TRIES)
        )
    for officer in {actor.key: actor for team in officers.values() for actor in team}.values():
        for _ in range(IN_HAND):
            actions.take_next(officer)
    progress(f"applications that run: {made:,}")
    return made


def _at_a_window(item: Item) -> bool:
    program = item.program
    return program is not None and Channel.WINDOW in item.channels and ForWhom.SELF in program.for_whom


def _has_second(item: Item) -> bool:
    return item.program is not None and item.program.step(StepKind.SECOND) is not None


def _officers() -> Officers:
    found: Officers = {}
    for user in User.objects.filter(role__in=[Role.CLERK, Role.REVIEWER, Role.SUPERVISOR]).order_by("pk"):
        for district in city.current().districts:
            if district.code in user.districts or "*" in user.districts:
                found.setdefault((district.code, Role(user.role)), []).append(user.as_actor("command"))
    return found


def _office_moment(chance: np.random.Generator, calendar: Calendar) -> datetime:
    """On a working day of the ten days before the city's, between half past eight and four."""
    today = clock.local(city.current().as_of).replace(hour=8, minute=30, second=0, microsecond=0)
    days = [today - timedelta(days=back) for back in range(1, 11)]
    worked = [day for day in days if calendar.is_workday(day.date()) is not False]
    return pick(chance, worked) + timedelta(minutes=int(chance.integers(0, 450)))


def _make(
    item: Item, person: Resident, state: str, moment: datetime, officers: Officers,
    chance: np.random.Generator, key: str,
) -> int:  # fmt: skip
    """Hand one in and bring it to its state; 0 when this person can't ask for this item."""
    district = person.home_district or city.current().districts[0].code
    clerks = officers.get((district, Role.CLERK))
    if not clerks:
        return 0
    program = item.program
    assert program is not None
    given = answers_to(program, chance, moment.date(), str(person.mobile or "12800990001"), str(person.document_number))
    _, version = catalog.current_version(SYSTEM, item.code)
    seen = {paper.material: Handed(PaperState.SEEN) for paper in forms.papers(program, given) if paper.required}
    asked = Request(item.code, version, given, key.rjust(32, "0"), Channel.WINDOW, district, person.pk, papers=seen)
    with clock.at(moment):
        try:
            number = actions.submit(clerks[0], asked, key=key).number
        except (Incomplete, Unusable, NotFound):
            return 0
    about = [next((paper.material for paper in program.papers), program.form[0].code if program.form else "")]
    for place, (kind, verb) in enumerate(_steps(program, state), 1):
        step = program.step(kind) or program.step(StepKind.REVIEW)
        assert step is not None
        team = officers.get((district, RANK[step.role]))
        if not team or (verb is Verb.ASK and not about[0]):
            return 1
        with clock.at(min(moment + timedelta(hours=place * (2 + chance.random())), city.current().as_of)):
            _take(verb, team[-1 if kind is StepKind.SECOND else 0], number, program, about)
    return 1


def _steps(program: Program, state: str) -> list[tuple[StepKind, Verb]]:
    second = program.step(StepKind.SECOND) is not None
    accept, review = (StepKind.ACCEPT, Verb.ACCEPT), StepKind.REVIEW
    approve = [(review, Verb.APPROVE)]
    if second:
        approve = [(review, Verb.PROPOSE_APPROVAL), (StepKind.SECOND, Verb.APPROVE)]
    refuse = [(review, Verb.PROPOSE_REFUSAL if second else Verb.REFUSE)]
    issue = [(StepKind.ISSUE, Verb.ISSUE)]
    return {
        "submitted": [],
        "correction": [(StepKind.ACCEPT, Verb.ASK)],
        "received": [accept],
        "supplement": [accept, (review, Verb.ASK)],
        "second_look": [accept, approve[0]] if second else [accept],
        "approved": [accept, *approve],
        "finished": [accept, *approve, *issue],
        "refused": [accept, *refuse],
    }[state]


def _take(verb: Verb, officer: Actor, number: str, program: Program, about: list[str]) -> None:
    version = Application.objects.values_list("version", flat=True).get(number=number)
    ground = program.refusal_grounds[0].code
    serial = f"ZD{number[1:].replace('-', '')}" if program.certificate and program.certificate.physical else ""
    steps: dict[Verb, Callable[[], object]] = {
        Verb.ACCEPT: lambda: actions.accept(officer, number, version),
        Verb.ASK: lambda: actions.ask(officer, number, version, SAID, about),
        Verb.APPROVE: lambda: actions.approve(officer, number, version),
        Verb.REFUSE: lambda: actions.refuse(officer, number, version, ground, REFUSED),
        Verb.PROPOSE_APPROVAL: lambda: actions.propose(officer, number, version, verb),
        Verb.PROPOSE_REFUSAL: lambda: actions.propose(officer, number, version, verb, ground, REFUSED),
        Verb.ISSUE: lambda: actions.issue(officer, number, version, serial),
    }
    steps[verb]()
