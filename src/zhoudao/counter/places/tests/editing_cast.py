"""Who edits in these tests: a clerk and two supervisors of the first district, one of the second, one of the city."""

from __future__ import annotations

from dataclasses import dataclass

from zhoudao.core.access import ALL_DISTRICTS, Actor, Role
from zhoudao.core.people.models import User
from zhoudao.counter.places.editing import actions, entries
from zhoudao.counter.places.editing.models import Change
from zhoudao.counter.places.editing.rules import Kind, Subject, Value
from zhoudao.counter.places.tests import directory as small

P001 = Subject(Kind.POINT, "P001")
P005 = Subject(Kind.POINT, "P005")
T005 = Subject(Kind.PHONE, "T005")
GUIDE = Subject(Kind.GUIDE, "P001/id-card-replacement")
LONGER = "Mo-Fr 08:30-17:30; PH off"


def officer(name: str, role: Role, number: str, *districts: str) -> Actor:
    user = User.objects.create(username=name, role=role.value, staff_number=number, districts=list(districts))
    return user.as_actor(origin="192.0.2.9")


@dataclass(frozen=True)
class Cast:
    clerk: Actor
    supervisor: Actor
    second: Actor
    elsewhere: Actor
    """Supervisor of the other district."""
    everywhere: Actor
    same_person: Actor
    """The clerk's other account, a supervisor's."""


def cast() -> Cast:
    here, there, *_ = small.districts()
    return Cast(
        officer("kept.clerk", Role.CLERK, "330001", here),
        officer("kept.supervisor", Role.SUPERVISOR, "330002", here),
        officer("kept.second", Role.SUPERVISOR, "330003", here),
        officer("kept.elsewhere", Role.SUPERVISOR, "330004", there),
        officer("kept.everywhere", Role.SUPERVISOR, "330005", ALL_DISTRICTS),
        officer("kept.same", Role.SUPERVISOR, "330001", here),
    )


def values_of(subject: Subject, **changes: Value) -> dict[str, Value]:
    now = entries.read(subject).values
    assert now is not None
    return {**now, **changes}


def proposed(actor: Actor, subject: Subject = P001, token: str = "form-1", **changes: Value) -> Change:
    wanted = changes or {"hours": LONGER}
    return actions.propose(actor, subject, values_of(subject, **wanted), reason="延长到中午不休", token=token)
