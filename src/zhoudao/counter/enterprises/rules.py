"""Who may do what for and with enterprises, and what of several items is the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from zhoudao.core.access import Permission, Role
from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.catalog.program import Paper, Program, Question

BUNDLE = Permission(
    "enterprises.bundle",
    "apply for several things of an enterprise at once: its agent, or a clerk with them at a window",
    {Role.AGENT, Role.CLERK},
)
SEE_OWN = Permission(
    "enterprises.see_own", "see one's own enterprise: its officer, agents and promises", {Role.AGENT}
)
WRITE = Permission("enterprises.write", "write to the officer named for one's enterprise", {Role.AGENT})
SEE = Permission(
    "enterprises.see",
    "see the enterprises of one's districts: officer, agents, thread, promises",
    {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
ANSWER = Permission(
    "enterprises.answer",
    "answer an enterprise in its thread",
    {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
NAME_OFFICER = Permission(
    "enterprises.name_officer",
    "name the officer who stays with an enterprise",
    {Role.SUPERVISOR},
    by_district=True,
)
FORGET = Permission("enterprises.forget", "forget old messages", ())
"""Nobody but the platform itself, by its daily job."""

MOST_ITEMS = 8
"""In one bundle."""
LONGEST_MESSAGE = 1000
KEPT = timedelta(days=3 * 365)
"""How long a message is kept."""


@dataclass(frozen=True)
class Asked:
    """What several items ask together, each thing once."""

    questions: tuple[Question, ...]
    papers: tuple[Paper, ...]


def asked_once(parts: Sequence[tuple[Program, Mapping[str, str]]]) -> Asked:
    """Of items with their answers so far: questions that are the same are one, and so are papers of one material.

    Two questions are the same when code, words and kind are; otherwise each item asks its own, on its own page.
    A paper of two items takes only what both take.
    """
    questions: dict[str, Question] = {}
    own: set[str] = set()
    for program, answers in parts:
        for question in forms.asked(program, answers):
            first = questions.setdefault(question.code, question)
            if not same(first, question):
                own.add(question.code)
    return Asked(
        tuple(each for code, each in questions.items() if code not in own),
        tuple(_strictest(found) for found in _by_material(parts)),
    )


def same(one: Question, other: Question) -> bool:
    return (one.code, one.label, one.type, one.choices) == (
        other.code,
        other.label,
        other.type,
        other.choices,
    )


def _by_material(parts: Sequence[tuple[Program, Mapping[str, str]]]) -> Iterable[list[Paper]]:
    found: dict[str, list[Paper]] = {}
    for program, answers in parts:
        for paper in forms.papers(program, answers):
            found.setdefault(paper.material, []).append(paper)
    return found.values()


def _strictest(papers: Sequence[Paper]) -> Paper:
    first = papers[0]
    follow = [each.may_follow for each in papers]
    return first.model_copy(
        update={
            "kinds": [kind for kind in first.kinds if all(kind in each.kinds for each in papers)]
            or first.kinds,
            "most_mib": min(each.most_mib for each in papers),
            "required": any(each.required for each in papers),
            "may_follow": None if None in follow else min(days for days in follow if days is not None),
            "commitment": all(each.commitment for each in papers),
        }
    )
