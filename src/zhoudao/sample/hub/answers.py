"""A plausible answer to each question of a form."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.catalog.program import FieldType, Program, Question
from zhoudao.sample.seeds import pick

WORDS = {
    "address": ("样例路 12 号 301 室", "样例路 8 幢 502 室", "样例路 66 号"),
    "school": ("海岛职业学校", "港城中学", "海洋学院"),
    "employer": ("某水产加工有限公司", "某船舶修造有限公司", "某海岛民宿"),
    "plate": ("浙L00001", "浙L00002"),
}
"""By what the code of a question contains."""
OTHERWISE = ("情况属实，请予办理。", "因生活需要办理。", "原件在家中，已核对。")


def answers_to(program: Program, chance: np.random.Generator, today: date, phone: str, document: str) -> dict[str, str]:
    """Answers that ``forms.check_all`` takes, question by question: what is asked depends on what was answered."""
    given: dict[str, str] = {}
    while True:
        open_ones = [question for question in forms.asked(program, given) if question.code not in given]
        if not open_ones:
            return given
        question = open_ones[0]
        given[question.code] = _answer(question, chance, today, phone, document)


def _answer(question: Question, chance: np.random.Generator, today: date, phone: str, document: str) -> str:
    kind = question.type
    if kind is FieldType.YES_NO:
        return "yes" if chance.random() < 0.7 else "no"
    if kind is FieldType.CHOICE:
        return pick(chance, question.choices).code
    if kind is FieldType.NUMBER:
        low, high = question.least or 1, question.most or 20
        return str(int(chance.integers(low, min(high, low + 30) + 1)))
    if kind is FieldType.DATE:
        if question.days_ahead is not None and question.days_ago is None:
            return (today + timedelta(days=int(chance.integers(0, question.days_ahead + 1)))).isoformat()
        return (today - timedelta(days=(question.days_ago or 0) + int(chance.integers(1, 200)))).isoformat()
    if kind is FieldType.PHONE:
        return phone
    if kind is FieldType.IDENTITY_NUMBER:
        return document
    known = next((words for part, words in WORDS.items() if part in question.code), OTHERWISE)
    return pick(chance, known)[: question.longest or 100]
