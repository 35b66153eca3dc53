"""How the platform takes and decides an application: the section ``program`` of an item's YAML.

Pure, and data only: a new item needs no code. ``docs/items.md`` explains each key; each field's description is what
an error says was expected there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool, StrictInt, model_validator

from zhoudao.core.city.shapes import Code, Strict
from zhoudao.counter.catalog.texts import Law, Text, refused, unlike_each_other

FIELD_CODE = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
FieldCode = Annotated[str, Field(pattern=FIELD_CODE, max_length=40)]


class ForWhom(StrEnum):
    """Whom an application may be for."""

    SELF = "self"
    ANOTHER = "another"
    """Somebody the applicant acts for: a child, or by a written authorisation; entered at a window."""
    ORGANISATION = "organisation"


class FieldType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long-text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes-no"
    PHONE = "phone"
    IDENTITY_NUMBER = "identity-number"


class FileKind(StrEnum):
    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"


class StepKind(StrEnum):
    ACCEPT = "accept"
    """Is everything there (受理)."""
    REVIEW = "review"
    """Is it right (审核); where there is no second look, this decides."""
    SECOND = "second"
    """Another person decides on what the first proposed (复核)."""
    ISSUE = "issue"
    """Hand over (发证)."""


class StepRole(StrEnum):
    CLERK = "clerk"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"


class Decision(StrEnum):
    """What may be decided at a step."""

    ACCEPT = "accept"
    CORRECT = "correct"
    """Ask for something to be put right (补正), once and completely."""
    APPROVE = "approve"
    REFUSE = "refuse"
    ISSUE = "issue"


class Level(StrEnum):
    """Whose power it is."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"


class Lane(StrEnum):
    ORDINARY = "ordinary"
    ENTERPRISE = "enterprise"
    """Served and reviewed first (为企业服务)."""
    URGENT = "urgent"


class RegisterCheck(StrEnum):
    POPULATION = "population"
    RESIDENCE = "residence"
    PHOTO = "photo"
    HOME_PROVINCE = "home_province"


class Notice(StrEnum):
    LETTERBOX = "letterbox"
    SMS = "sms"


DECIDED_AT: dict[StepKind, frozenset[Decision]] = {
    StepKind.ACCEPT: frozenset({Decision.ACCEPT, Decision.CORRECT, Decision.REFUSE}),
    StepKind.REVIEW: frozenset({Decision.APPROVE, Decision.CORRECT, Decision.REFUSE}),
    StepKind.SECOND: frozenset({Decision.APPROVE, Decision.REFUSE}),
    StepKind.ISSUE: frozenset({Decision.ISSUE}),
}


class ShowIf(Strict):
    """Only when an earlier question was answered so."""

    question: FieldCode = Field(description="the code of an earlier question")
    one_of: list[str] = Field(min_length=1, description='a list of answers; "yes" and "no" for yes-no')


class Choice(Strict):
    code: FieldCode = Field(description="a short English code with underscores")
    name: Text = Field(description="what it is called, zh and en")


class Question(Strict):
    """One question of the form."""

    code: FieldCode = Field(description="a short English code with underscores, unique in the form")
    label: Text = Field(description="the question, zh and en")
    hint: Text | None = Field(None, description="what helps to answer it, zh and en")
    type: FieldType = Field(description=f"one of {', '.join(FieldType)}")
    required: StrictBool = Field(True, description="true or false")
    choices: list[Choice] = Field(default=[], description="for the type choice: two or more, code and name")
    longest: StrictInt | None = Field(None, ge=1, le=2000, description="characters, 1 to 2000")
    least: StrictInt | None = Field(None, description="for a number: the least that is taken")
    most: StrictInt | None = Field(None, description="for a number: the most that is taken")
    days_ago: StrictInt | None = Field(
        None, ge=0, description="for a date: at least that many days before today; 0 means not in the future"
    )
    days_ahead: StrictInt | None = Field(
        None, ge=0, description="for a date: not further ahead of today than that many days"
    )
    show_if: ShowIf | None = Field(None, description="question and one_of; left out when always asked")

    @model_validator(mode="after")
    def fits_its_type(self) -> Question:
        if (self.type is FieldType.CHOICE) != (len(self.choices) >= 2):
            raise refused("choices", "needs two choices or more exactly when its type is choice")
        codes = [choice.code for choice in self.choices]
        if len(set(codes)) != len(codes):
            raise refused("choices", "has two choices of one code")
        if self.type is not FieldType.NUMBER and (self.least is not None or self.most is not None):
            raise refused("least", "gives least or most but is no number")
        if self.type is not FieldType.DATE and (self.days_ago is not None or self.days_ahead is not None):
            raise refused("days_ago", "gives days_ago or days_ahead but is no date")
        return self


class Paper(Strict):
    """A material that is handed in with the application."""

    material: Code = Field(description="the code of one of the item's materials")
    kinds: Annotated[list[FileKind], AfterValidator(unlike_each_other)] = Field(
        min_length=1, description=f"a list of {', '.join(FileKind)}"
    )
    most_mib: StrictInt = Field(5, ge=1, le=20, description="the largest file, 1 to 20 MiB")
    least_width: StrictInt | None = Field(None, ge=1, le=10000, description="pixels, for pictures")
    least_height: StrictInt | None = Field(None, ge=1, le=10000, description="pixels, for pictures")
    required: StrictBool = Field(True, description="true or false")
    show_if: ShowIf | None = Field(None, description="question and one_of; left out when always asked")
    may_follow: StrictInt | None = Field(
        None, ge=1, le=60, description="working days within which it may follow (容缺受理); left out when not"
    )
    commitment: StrictBool = Field(False, description="true when a commitment stands in for it (告知承诺)")
    held: Code | None = Field(
        None, description="the type of a certificate that stands in for it when already held"
    )


class Step(Strict):
    kind: StepKind = Field(description=f"one of {', '.join(StepKind)}")
    role: StepRole = Field(description=f"one of {', '.join(StepRole)}")
    workdays: StrictInt = Field(ge=0, le=365, description="promised working days, 0 for the same day")
    may: Annotated[list[Decision], AfterValidator(unlike_each_other)] = Field(
        min_length=1, description="a list of what may be decided at this kind of step"
    )

    @model_validator(mode="after")
    def decides_what_it_may(self) -> Step:
        odd = sorted(set(self.may) - DECIDED_AT[self.kind])
        if odd:
            raise refused(
                "may",
                "can't {odd} at the step {kind}; expected some of {known}",
                {
                    "odd": ", ".join(odd),
                    "kind": str(self.kind),
                    "known": ", ".join(sorted(DECIDED_AT[self.kind])),
                },
            )
        return self


class CertificateTemplate(Strict):
    """What is issued at the end."""

    type: Code = Field(description="a code such as residence-permit")
    name: Text = Field(description="its name, zh and en")
    valid_months: StrictInt = Field(ge=1, le=600, description="months it is valid")
    endorse_months: StrictInt = Field(0, ge=0, le=60, description="months between endorsements; 0: none")
    physical: StrictBool = Field(False, description="true for a card that is handed over: its serial is kept")
    replaces: StrictBool = Field(
        False, description="true when it takes the place of the one held, which ends with it"
    )
    facts: dict[FieldCode, Text] = Field(
        default={}, description="what else it says: codes of questions, and what each is called"
    )


class Ground(Strict):
    """A legal reason to refuse (不予办理的法定理由)."""

    code: FieldCode = Field(description="a short English code with underscores")
    text: Text = Field(description="the reason with its article, zh and en")


class Program(Strict):
    for_whom: Annotated[list[ForWhom], AfterValidator(unlike_each_other)] = Field(
        min_length=1, description=f"a list of {', '.join(ForWhom)}"
    )
    regions: list[Annotated[str, Field(pattern=r"^[0-9]{2}$")]] = Field(
        default=[], description='first two digits of the identity number, as "33"; left out: from anywhere'
    )
    form: list[Question] = Field(description="the questions, in order; [] when none")
    papers: list[Paper] = Field(default=[], description="materials that are handed in")
    steps: list[Step] = Field(min_length=2, description="accept, review, perhaps second, issue")
    level: Level = Field(description=f"whose power it is: one of {', '.join(Level)}")
    delegation_document: Text | None = Field(
        None, description="the document by which a higher level delegated it, zh and en"
    )
    on_the_spot: StrictBool = Field(
        False,
        description="true when it is decided while the applicant waits; needs the power or its delegation",
    )
    register_checks: Annotated[list[RegisterCheck], AfterValidator(unlike_each_other)] = Field(
        default=[], description=f"a list of {', '.join(RegisterCheck)}"
    )
    certificate: CertificateTemplate | None = Field(None, description="what is issued; left out when nothing")
    endorses: Code | None = Field(
        None, description="the type of a held certificate that an approval endorses (签注); left out when none"
    )
    notices: Annotated[list[Notice], AfterValidator(unlike_each_other)] = Field(
        default=[Notice.LETTERBOX], description="a list of letterbox, sms"
    )
    lane: Lane = Field(Lane.ORDINARY, description=f"one of {', '.join(Lane)}")
    publish_workdays: StrictInt | None = Field(
        None, ge=1, le=60, description="working days within which the decision is published (双公示)"
    )
    rating_workdays: StrictInt = Field(
        5, ge=1, le=60, description="working days within which a bad mark is answered (好差评)"
    )
    reconsider_days: StrictInt = Field(
        60, ge=1, le=365, description="days within which a refusal may be asked to be reconsidered"
    )
    keep_years: StrictInt = Field(
        10, ge=1, le=100, description="years after its end for which what was said and handed in is kept"
    )
    refusal_grounds: list[Ground] = Field(min_length=1, description="legal reasons to refuse, code and text")
    basis: list[Law] = Field(min_length=1, description="what the program's own rules rest on")

    @model_validator(mode="after")
    def fits_together(self) -> Program:
        self._steps_in_order()
        self._questions_are_known()
        if self.on_the_spot and self.level is Level.PROVINCE and self.delegation_document is None:
            raise refused(
                "on_the_spot",
                "is decided on the spot, but the power is the province's and no document delegates it",
            )
        return self

    def step(self, kind: StepKind) -> Step | None:
        return next((step for step in self.steps if step.kind is kind), None)

    def _steps_in_order(self) -> None:
        kinds = [step.kind for step in self.steps]
        full = [StepKind.ACCEPT, StepKind.REVIEW, StepKind.SECOND, StepKind.ISSUE]
        if kinds != [kind for kind in full if kind in kinds] or not {StepKind.ACCEPT, StepKind.REVIEW} <= set(
            kinds
        ):
            raise refused(
                "step_order", "has steps out of order; expected accept, review, perhaps second, perhaps issue"
            )
        if (self.certificate is not None) and StepKind.ISSUE not in kinds:
            raise refused("issue", "names a certificate, but has no step issue")
        if self.endorses is not None and StepKind.ISSUE in kinds:
            raise refused("endorses", "endorses a certificate at its approval; expected no step issue")

    def _questions_are_known(self) -> None:
        seen: dict[str, Question] = {}
        for question in self.form:
            if question.code in seen:
                raise refused("form", "asks {code} twice", {"code": question.code})
            _check_condition(question.show_if, seen)
            seen[question.code] = question
        for paper in self.papers:
            _check_condition(paper.show_if, seen)
        unknown = sorted(set(self.certificate.facts if self.certificate else ()) - set(seen))
        if unknown:
            raise refused(
                "facts", "takes the fact {names}, which no question asks", {"names": ", ".join(unknown)}
            )


def _check_condition(condition: ShowIf | None, seen: dict[str, Question]) -> None:
    if condition is None:
        return
    asked = seen.get(condition.question)
    if asked is None:
        raise refused(
            "show_if", "depends on {code}, which is not asked before it", {"code": condition.question}
        )
    answers = {choice.code for choice in asked.choices} if asked.choices else {"yes", "no"}
    if asked.type not in (FieldType.CHOICE, FieldType.YES_NO) or not set(condition.one_of) <= answers:
        raise refused(
            "show_if",
            "depends on an answer that {code} can't have; expected some of {answers}",
            {"code": condition.question, "answers": ", ".join(sorted(answers))},
        )
