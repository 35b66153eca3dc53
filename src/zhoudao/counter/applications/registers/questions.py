"""What can be asked of a register, and what it may answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError


class Register(StrEnum):
    POPULATION = "population"
    """The population register (人口库): does this number belong to this name."""
    RESIDENCE = "residence"
    """Residence registrations (居住登记): lives here, since when."""
    PHOTO = "photo"
    """Photographs on file (照片库): is there one young enough to be used again."""
    HOME_PROVINCE = "home_province"
    """The province of the household register (户籍地): has it signed off a temporary ID card."""


FIELDS: Mapping[Register, frozenset[str]] = {
    Register.POPULATION: frozenset({"name", "identity_number"}),
    Register.RESIDENCE: frozenset({"identity_number"}),
    Register.PHOTO: frozenset({"identity_number"}),
    Register.HOME_PROVINCE: frozenset({"identity_number", "receipt"}),
}
"""What each is told: no more than it needs to answer (Personal Information Protection Law, art. 6)."""

FACTS: Mapping[Register, frozenset[str]] = {
    Register.POPULATION: frozenset(),
    Register.RESIDENCE: frozenset({"since", "district"}),
    Register.PHOTO: frozenset({"taken_on"}),
    Register.HOME_PROVINCE: frozenset({"signed_on", "office"}),
}
"""What each may add to its verdict; anything else in an answer is dropped unread."""


class Verdict(StrEnum):
    MATCHES = "matches"
    DIFFERS = "differs"
    """The register holds something else; ``differs`` names the fields."""
    UNKNOWN = "unknown"
    """The register holds nothing under this number."""
    UNANSWERED = "unanswered"
    """No answer, or none that can be used: a person has to look it up."""


class BadQuestion(ValueError):
    """A register was asked for something it isn't asked: names the field."""


@dataclass(frozen=True)
class Question:
    register: Register
    fields: Mapping[str, str]

    def __post_init__(self) -> None:
        if set(self.fields) != FIELDS[self.register] or not all(self.fields.values()):
            wanted = ", ".join(sorted(FIELDS[self.register]))
            raise BadQuestion(
                f"{self.register} is asked with {wanted}, each filled; got {', '.join(self.fields)}"
            )


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    differs: tuple[str, ...] = ()
    """Names of the fields the register holds otherwise; never what it holds."""
    facts: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    """For UNANSWERED: what went wrong, without a word of the question."""


class _Wire(BaseModel):
    """The answer as it comes over the wire."""

    model_config = ConfigDict(extra="ignore", strict=True)
    asked: str
    verdict: str
    differs: list[str] = []
    facts: dict[str, str] = {}


def read(body: bytes, key: str, question: Question) -> Answer:
    """The answer in a response. One that can't be used, or contradicts itself, is UNANSWERED and says why."""
    try:
        wire = _Wire.model_validate_json(body)
        verdict = Verdict(wire.verdict)
    except (ValidationError, ValueError):
        return Answer(Verdict.UNANSWERED, why="the answer can't be read")
    if wire.asked != key:
        return Answer(Verdict.UNANSWERED, why="the answer is to another question")
    differs = tuple(sorted(set(wire.differs)))
    if not set(differs) <= set(question.fields) or (verdict is Verdict.DIFFERS) != bool(differs):
        return Answer(Verdict.UNANSWERED, why="the answer contradicts itself")
    if verdict is Verdict.UNANSWERED:
        return Answer(verdict, why="the register has no answer")
    facts = {name: value for name, value in wire.facts.items() if name in FACTS[question.register]}
    return Answer(verdict, differs, facts)
