"""What the room does by itself: ask registers after acceptance, erase what is past its term."""

from __future__ import annotations

import json
from datetime import timedelta

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox.jobs import every, job
from zhoudao.counter.applications.actions import erasing, publishing, recounting
from zhoudao.counter.applications.actions.stepping import program_of
from zhoudao.counter.applications.models import Application, RegisterAnswer
from zhoudao.counter.applications.queries.contents import latest_answers
from zhoudao.counter.applications.registers import Answer, Question, Register, Verdict, ask
from zhoudao.counter.applications.registers.questions import FIELDS
from zhoudao.counter.applications.rules import HANDLE


@job("applications.ask_registers")
def ask_registers(application: int) -> None:
    """Ask each register the item names, outside any transaction, and keep what it said beside the application."""
    found = Application.objects.select_related("resident").get(pk=application)
    _item, program = program_of(found)
    for name in program.register_checks:
        answer = _ask(found, Register(name.value))
        with act(SYSTEM, HANDLE, subject=f"application:{found.number}", district=found.district) as entry:
            RegisterAnswer.objects.update_or_create(
                application=found,
                register=name.value,
                defaults={
                    "verdict": answer.verdict.value,
                    "differs": list(answer.differs),
                    "facts": json.dumps(dict(answer.facts)) if answer.facts else "",
                    "why": answer.why[:200],
                    "at": clock.now(),
                },
            )
            entry.note(register=name.value, verdict=str(answer.verdict))


def _ask(application: Application, register: Register) -> Answer:
    resident = application.resident
    if resident is None:
        return Answer(Verdict.UNANSWERED, why="it is for an organisation, which these registers don't hold")
    known = {"name": str(resident.name), "identity_number": str(resident.document_number)}
    given = {**latest_answers(application), **known}
    fields = {name: given.get(name, "") for name in FIELDS[register]}
    if not all(fields.values()):
        return Answer(Verdict.UNANSWERED, why="the application doesn't say what the register is asked with")
    return ask(Question(register, fields))


@job("applications.erase", lease=timedelta(hours=2))
@every(minutes=24 * 60)
def erase() -> None:
    erasing.erase(SYSTEM)


@job("applications.publish")
@every(minutes=60)
def publish() -> None:
    publishing.publish_licences(SYSTEM)


@job("applications.recount")
@every(minutes=60)
def recount() -> None:
    recounting.recount(SYSTEM)
