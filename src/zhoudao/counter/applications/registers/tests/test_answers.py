"""Only an answer that is whole, to this question and in itself consistent counts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.counter.applications.registers import BadQuestion, Question, Register, Verdict
from zhoudao.counter.applications.registers.questions import read

QUESTION = Question(Register.POPULATION, {"name": "阿丽", "identity_number": "339999199003074512"})


def said(**answer: object) -> bytes:
    return json.dumps({"asked": "k", "verdict": "matches", **answer}).encode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the answer can't be read"),
        (b"[]", "the answer can't be read"),
        (b"\xff\xfe", "the answer can't be read"),
        (said(verdict="maybe"), "the answer can't be read"),
        (said(differs="name"), "the answer can't be read"),
        (said(asked="another"), "the answer is to another question"),
        (said(differs=["name"]), "the answer contradicts itself"),
        (said(verdict="differs"), "the answer contradicts itself"),
        (said(verdict="differs", differs=["salary"]), "the answer contradicts itself"),
        (said(verdict="unanswered", differs=["name"]), "the answer contradicts itself"),
    ],
)
def test_what_can_not_be_used_is_no_answer(body, why):
    answer = read(body, "k", QUESTION)
    assert (answer.verdict, answer.why) == (Verdict.UNANSWERED, why)


def test_facts_nobody_asked_for_are_dropped():
    question = Question(Register.RESIDENCE, {"identity_number": "339999199003074512"})
    answer = read(said(facts={"since": "2025-01-03", "income": "1"}), "k", question)
    assert dict(answer.facts) == {"since": "2025-01-03"}


@given(st.binary(max_size=300))
def test_no_answer_is_too_strange_to_read(body):
    assert read(body, "k", QUESTION).verdict is Verdict.UNANSWERED


@pytest.mark.parametrize("fields", [{}, {"name": "阿丽"}, {"name": "", "identity_number": "1"}])
def test_a_register_is_told_just_what_it_needs(fields):
    with pytest.raises(BadQuestion, match="identity_number"):
        Question(Register.POPULATION, fields)
    with pytest.raises(BadQuestion):
        Question(Register.PHOTO, {"identity_number": "1", "name": "阿丽"})
