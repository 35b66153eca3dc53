"""Which questions are asked after which answers, and what a good answer is. Pure.

Answers are text, by the code of their question: dates as 2026-11-24, choices by their code, yes-no as "yes" or "no".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from zhoudao.core.people.rules import numbers
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.counter.catalog.program import FieldType, Paper, Program, Question, ShowIf

Answers = Mapping[str, str]
LONGEST = {FieldType.TEXT: 120, FieldType.LONG_TEXT: 1000}
"""Characters, where the question itself sets no limit."""
PHONE = re.compile(r"^[0-9+][0-9-]{5,19}$")


class BadAnswer(ValueError):
    """An answer that isn't taken: ``reason`` is a word for programs, ``limit`` what it broke."""

    def __init__(self, question: str, reason: str, limit: object = "") -> None:
        super().__init__(f"{question}: {reason} {limit}".strip())
        self.question, self.reason, self.limit = question, reason, limit


def is_asked(condition: ShowIf | None, answers: Answers) -> bool:
    return condition is None or answers.get(condition.question) in condition.one_of


def asked(program: Program, answers: Answers) -> list[Question]:
    """The questions that are asked, given the answers so far, in order.

    An answer to a question that is no longer asked counts for nothing.
    """
    counting: dict[str, str] = {}
    found = []
    for question in program.form:
        if is_asked(question.show_if, counting):
            found.append(question)
            if question.code in answers:
                counting[question.code] = answers[question.code]
    return found


def papers(program: Program, answers: Answers) -> list[Paper]:
    """The materials that are handed in, given the answers."""
    counting = kept(program, answers)
    return [paper for paper in program.papers if is_asked(paper.show_if, counting)]


def kept(program: Program, answers: Answers) -> dict[str, str]:
    """The answers that count: those to questions that are asked."""
    return {
        question.code: answers[question.code]
        for question in asked(program, answers)
        if question.code in answers
    }


def check_all(program: Program, answers: Answers, today: date) -> tuple[dict[str, str], list[BadAnswer]]:
    """``(good answers, every problem)``: what is missing is a problem as well, so that it is told at once."""
    good: dict[str, str] = {}
    problems: list[BadAnswer] = []
    for question in asked(program, answers):
        try:
            value = check(question, answers.get(question.code, ""), today)
        except BadAnswer as bad:
            problems.append(bad)
        else:
            if value:
                good[question.code] = value
    return good, problems


def check(question: Question, text: str, today: date) -> str:
    """The answer in its stored form, empty when there is none and none is needed. Raises BadAnswer."""
    value = unicodedata.normalize("NFC", text).strip()
    if not value:
        if question.required:
            raise BadAnswer(question.code, "missing")
        return ""
    if any(unicodedata.category(character) == "Cc" and character not in "\r\n\t" for character in value):
        raise BadAnswer(question.code, "characters")
    if question.type is FieldType.NUMBER:
        return _number(question, value)
    if question.type is FieldType.DATE:
        return _date(question, value, today)
    if question.type is FieldType.IDENTITY_NUMBER:
        try:
            return numbers.parse_identity_number(value, today).number
        except BadInput:
            raise BadAnswer(question.code, "identity_number") from None
    if question.type in (FieldType.CHOICE, FieldType.YES_NO):
        if value not in list(_choices(question)):
            raise BadAnswer(question.code, "choice")
        return value
    if question.type is FieldType.PHONE and not PHONE.match(value):
        raise BadAnswer(question.code, "phone")
    limit = question.longest or LONGEST.get(question.type, 120)
    if len(value) > limit:
        raise BadAnswer(question.code, "longest", limit)
    return value


def _choices(question: Question) -> Iterator[str]:
    if question.type is FieldType.YES_NO:
        yield from ("yes", "no")
    yield from (choice.code for choice in question.choices)


def _number(question: Question, value: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,12}", value, re.ASCII):
        raise BadAnswer(question.code, "number")
    number = int(value)
    if question.least is not None and number < question.least:
        raise BadAnswer(question.code, "least", question.least)
    if question.most is not None and number > question.most:
        raise BadAnswer(question.code, "most", question.most)
    return str(number)


def _date(question: Question, value: str, today: date) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadAnswer(question.code, "date") from None
    if day.year < 1900:
        raise BadAnswer(question.code, "date")
    if question.days_ago is not None and day > today - timedelta(days=question.days_ago):
        raise BadAnswer(question.code, "days_ago", question.days_ago)
    if question.days_ahead is not None and day > today + timedelta(days=question.days_ahead):
        raise BadAnswer(question.code, "days_ahead", question.days_ahead)
    return day.isoformat()
