"""What one person does at the kiosk, from the first touch to the slip. Pure: each step gives the next screen.

A visit lives in the memory of the kiosk's process, and nowhere else; ``Visit()`` is what everybody begins with.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.catalog.program import FieldType, Question
from zhoudao.counter.catalog.schema import Item, Service
from zhoudao.counter.kiosks.machine.bridge import Card
from zhoudao.counter.kiosks.machine.journal import REFERENCE, Outcome

CARD_STANDS_FOR = {"resident_id": frozenset({"id-card"})}
"""Materials of an item that the card itself is."""
PLAIN_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})$", re.ASCII)


class Area(StrEnum):
    """The three areas of work, each by its machine."""

    HOUSEHOLD = Service.KIOSK_HOUSEHOLD.value
    TRAFFIC = Service.KIOSK_TRAFFIC.value
    EXIT_ENTRY = Service.KIOSK_EXIT_ENTRY.value


class Step(StrEnum):
    HOME = "home"
    ITEMS = "items"
    ITEM = "item"
    CARD = "card"
    QUESTION = "question"
    PAPER = "paper"
    CHECK = "check"
    SENDING = "sending"
    """Kept in the journal; the answer may come any moment."""
    ANSWER = "answer"
    LOOK_UP = "look-up"
    """Somebody comes back with a slip that has no number yet."""


@dataclass(frozen=True)
class Visit:
    uid: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    """On every page of the visit: a touch on a page of the visit before counts for nothing."""
    language: str = "zh-hans"
    step: Step = Step.HOME
    area: Area | None = None
    item: Item | None = field(default=None, repr=False)
    version: int = 0
    card: Card | None = None
    answers: dict[str, str] = field(default_factory=dict, repr=False)
    place: int = 0
    """Which of the questions, or of the papers, is asked."""
    papers: tuple[str, ...] = ()
    """Seen by the scanner."""
    problem: forms.BadAnswer | None = None
    lost_reference: bool = False
    """No row here has the reference that was typed."""
    key: str = ""
    """Of the journal's row."""
    outcome: Outcome | None = None
    held: bool = False
    """The answer is late: they needn't wait for it, the slip says how to ask."""
    printed: bool | None = None
    """None until it was tried."""

    @property
    def serial(self) -> str:
        """Changes whenever there is another screen to show."""
        done = "" if self.outcome is None else f"{self.outcome.number}{self.outcome.refused}"
        problem = self.problem.reason if self.problem else ""
        where = (self.uid, self.language, self.step, self.area, self.place, problem)
        return "|".join(str(part) for part in (*where, self.lost_reference, self.key, done, self.held, self.printed))

    @property
    def has_slip(self) -> bool:
        """There is something to take home: a number, or how to ask for it."""
        return self.held if self.outcome is None else bool(self.outcome.number)

    @property
    def reference(self) -> str:
        """On a slip without a number."""
        return self.key[:REFERENCE].upper()

    @property
    def questions(self) -> list[Question]:
        assert self.item is not None
        assert self.item.program is not None  # only such items are offered
        return forms.asked(self.item.program, self.answers)

    @property
    def question(self) -> Question | None:
        return self.questions[self.place] if self.step is Step.QUESTION else None

    @property
    def wanted_papers(self) -> list[str]:
        """Materials that are still to be laid on the scanner: those that are needed, and that the card is not."""
        assert self.item is not None
        assert self.item.program is not None
        assert self.card is not None
        needed = [paper.material for paper in forms.papers(self.item.program, self.answers) if paper.required]
        return [code for code in needed if code not in CARD_STANDS_FOR.get(self.card.kind, ())]

    @property
    def body(self) -> dict[str, Any]:
        """What the journal keeps and the platform is sent."""
        assert self.item is not None
        assert self.item.program is not None
        assert self.card is not None
        stands_for = CARD_STANDS_FOR.get(self.card.kind, frozenset())
        asked = {paper.material for paper in self.item.program.papers}
        return {
            "item": self.item.code,
            "version": self.version,
            "card": {"kind": self.card.kind, "number": self.card.number},
            "answers": forms.kept(self.item.program, self.answers),
            "papers": sorted((stands_for & asked) | set(self.papers)),
        }


def areas(offer: Sequence[tuple[Item, int]]) -> dict[Area, list[Item]]:
    """What can be done here, by area, each in the order of the offer."""
    return {area: [item for item, _ in offer if area in item.served_by] for area in Area}


def choose_area(visit: Visit, named: str) -> Visit:
    return replace(visit, step=Step.ITEMS, area=Area(named)) if named in list(Area) else visit


def choose_item(visit: Visit, code: str, offer: Sequence[tuple[Item, int]]) -> Visit:
    """An item of another way to apply is not in the offer, and so can't be chosen."""
    found = next(((item, version) for item, version in offer if item.code == code), None)
    if found is None or visit.step is not Step.ITEMS:
        return visit
    return replace(visit, step=Step.ITEM, item=found[0], version=found[1])


def begin(visit: Visit) -> Visit:
    return replace(visit, step=Step.CARD) if visit.step is Step.ITEM else visit


def read(visit: Visit, card: Card) -> Visit:
    """The card lies on the reader."""
    return _onward(replace(visit, card=card), 0) if visit.step is Step.CARD else visit


def answer(visit: Visit, said: str, today: date) -> Visit:
    """The next question; or the same with what is wrong, and what was said still there."""
    question = visit.question
    if question is None:
        return visit
    text = _as_date(said) if question.type is FieldType.DATE else said
    answers = {**visit.answers, question.code: text}
    try:
        answers[question.code] = forms.check(question, text, today)
    except forms.BadAnswer as bad:
        return replace(visit, answers=answers, problem=bad)
    return _onward(replace(visit, answers=answers, problem=None), visit.place + 1)


def see(visit: Visit) -> Visit:
    """The scanner has the paper that is asked for."""
    if visit.step is not Step.PAPER:
        return visit
    papers = (*visit.papers, visit.wanted_papers[visit.place])
    return _after_questions(replace(visit, papers=papers), visit.place + 1)


def back(visit: Visit) -> Visit:
    """The screen before. What was handed in can't be taken back here."""
    match visit.step:
        case Step.ITEMS | Step.LOOK_UP:
            return replace(Visit(language=visit.language))
        case Step.ITEM:
            return replace(visit, step=Step.ITEMS, item=None)
        case Step.CARD:
            return replace(visit, step=Step.ITEM)
        case Step.QUESTION if visit.place > 0:
            return replace(visit, place=visit.place - 1, problem=None)
        case Step.QUESTION:
            return replace(visit, step=Step.ITEM, card=None, answers={}, problem=None)
        case Step.PAPER | Step.CHECK if visit.questions:
            return replace(visit, step=Step.QUESTION, place=len(visit.questions) - 1, papers=())
        case Step.PAPER | Step.CHECK:
            return replace(visit, step=Step.ITEM, card=None, papers=())
    return visit


def handed(visit: Visit, key: str) -> Visit:
    """It is in the journal."""
    return replace(visit, step=Step.SENDING, key=key) if visit.step is Step.CHECK else visit


def look_up(visit: Visit) -> Visit:
    return replace(visit, step=Step.LOOK_UP) if visit.step is Step.HOME else visit


def late(visit: Visit) -> Visit:
    """It was handed in and has no answer yet."""
    return replace(visit, held=True) if visit.step is Step.SENDING else visit


def told(visit: Visit, key: str, outcome: Outcome | None) -> Visit:
    """What is known of a row: of the one that was just handed in, or of one on a slip."""
    return replace(visit, step=Step.ANSWER, key=key, outcome=outcome, printed=None)


def _onward(visit: Visit, place: int) -> Visit:
    if place < len(visit.questions):
        return replace(visit, step=Step.QUESTION, place=place)
    return _after_questions(visit, 0)


def _after_questions(visit: Visit, place: int) -> Visit:
    step = Step.PAPER if place < len(visit.wanted_papers) else Step.CHECK
    return replace(visit, step=step, place=place if step is Step.PAPER else 0)


def _as_date(said: str) -> str:
    """Eight digits of the keypad, as a date is kept."""
    found = PLAIN_DATE.match(said.strip())
    return "-".join(found.groups()) if found else said
