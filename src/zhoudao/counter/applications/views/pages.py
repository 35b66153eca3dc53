"""What the room's pages share: the pages of a draft in order, and answers and papers as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhoudao.core import city
from zhoudao.core.access import Actor
from zhoudao.core.look import words
from zhoudao.counter.applications.labels import EVENTS, PAPERS
from zhoudao.counter.applications.models import Draft, Event, Paper, PaperState
from zhoudao.counter.applications.rules import Verb
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.catalog.forms import fields
from zhoudao.counter.catalog.program import Program
from zhoudao.counter.catalog.schema import Item, Material


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def language() -> str:
    return get_language() or "zh-hans"


def item_names(actor: Actor) -> dict[str, str]:
    """What the items that are offered are called, by code."""
    return {each.code: words.text(each.name, language()) for each in catalog.definitions(actor)}


def district_name(code: str) -> str:
    return words.text(city.current().district(code).name, language())


@dataclass(frozen=True)
class Page:
    kind: str
    """question or paper."""
    code: str
    url: str


def pages_of(uid: str, program: Program, answers: forms.Answers) -> list[Page]:
    """Every page before the last look, given the answers so far."""
    asked = [
        Page("question", each.code, reverse("applications:question", args=[uid, each.code]))
        for each in forms.asked(program, answers)
    ]
    papers = [
        Page("paper", each.material, reverse("applications:paper", args=[uid, each.material]))
        for each in forms.papers(program, answers)
    ]
    return asked + papers


def neighbours(draft: Draft, program: Program, answers: forms.Answers, code: str) -> dict[str, Any]:
    """Where a page stands, and what comes before and after it."""
    pages = pages_of(draft.uid, program, answers)
    place = next((index for index, page in enumerate(pages) if page.code == code), 0)
    check = reverse("applications:check", args=[draft.uid])
    return {
        "place": place + 1,
        "total": len(pages) + 1,
        "before": pages[place - 1].url if place else reverse("applications:start", args=[draft.item]),
        "after": pages[place + 1].url if place + 1 < len(pages) else check,
    }


@dataclass(frozen=True)
class Shown:
    """An answer or a paper on a page."""

    code: str
    label: str
    value: str
    url: str
    """Where it is changed."""
    missing: bool = False
    file_id: int | None = None
    asked: bool = False
    """Somebody asked for it to be put right."""


def shown_answers(
    program: Program, answers: forms.Answers, uid: str = "", about: list[str] | None = None
) -> list[Shown]:
    return [
        Shown(
            each.code,
            words.text(each.label, language()),
            fields.shown(each, answers.get(each.code, "")),
            reverse("applications:question", args=[uid, each.code]) if uid else "",
            missing=each.required and not answers.get(each.code),
            asked=each.code in (about or []),
        )
        for each in forms.asked(program, answers)
    ]


def event_label(event: Event, program: Program | None) -> str:
    """What happened; of a slip that was put right also where."""
    label = str(EVENTS[Verb(event.verb)])
    if Verb(event.verb) is not Verb.CORRECT or program is None:
        return label
    names = [words.text(each.label, language()) for each in program.form if each.code in event.about]
    return _("%(what)s: %(where)s") % {
        "what": label,
        "where": ("、" if words.is_chinese(language()) else ", ").join(names),
    }


def shown_papers(
    item: Item, answers: forms.Answers, papers: list[Paper], uid: str = "", about: list[str] | None = None
) -> list[Shown]:
    assert item.program is not None
    have = {paper.material: paper for paper in papers}
    found = []
    for rule in forms.papers(item.program, answers):
        paper = have.get(rule.material)
        found.append(
            Shown(
                rule.material,
                words.text(material_of(item, rule.material).name, language()),
                paper_words(paper) if paper else "",
                reverse("applications:paper", args=[uid, rule.material]) if uid else "",
                missing=rule.required and paper is None,
                file_id=paper.file_id if paper else None,
                asked=rule.material in (about or []),
            )
        )
    return found


def paper_words(paper: Paper) -> str:
    said = str(PAPERS[PaperState(paper.state)])
    if paper.state == PaperState.FILE and paper.file is not None:
        return str(paper.file.name)
    if paper.until is not None:
        return f"{said} · {words.day(paper.until, language())}"
    return f"{said} · {paper.reference}" if paper.reference else said


def material_of(item: Item, code: str) -> Material:
    return next(material for material in item.materials if material.code == code)
