"""Submitting an application once, with everything that belongs to it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS

from zhoudao.core import city, clock
from zhoudao.core.access import SYSTEM, Actor, Permission, Role
from zhoudao.core.audit.actions import act
from zhoudao.core.people.models import Organisation, Resident
from zhoudao.core.statements import Prepared, change, prepare, read, together
from zhoudao.core.workdays import actions as workdays
from zhoudao.core.workdays import queries as calendar_queries
from zhoudao.core.workdays.queries import NOTHING_KNOWN
from zhoudao.counter.applications import deadlines
from zhoudao.counter.applications.actions.numbering import next_number
from zhoudao.counter.applications.actions.once import body_of, key_of, once
from zhoudao.counter.applications.actions.stepping import event_of, put_in_line
from zhoudao.counter.applications.actions.telling import tell
from zhoudao.counter.applications.models import Application, Draft, Paper, PaperState, Submission
from zhoudao.counter.applications.problems import Incomplete, NotFound, Unusable
from zhoudao.counter.applications.rules import APPLY, APPLY_AT_KIOSK, ENTER, ApplicantKind, Status, Verb
from zhoudao.counter.applications.turns import lane_of
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.catalog.program import ForWhom, Program
from zhoudao.counter.catalog.schema import Channel, Item, Unit

END_DRAFT = f"DELETE FROM {Draft._meta.db_table} WHERE uid = %s"  # noqa: S608  our own table


@dataclass(frozen=True)
class Handed:
    """How a material comes; ``reference``: number of a certificate that is held."""

    state: PaperState
    reference: str = ""


@dataclass(frozen=True)
class Request:
    """An application as it is handed in."""

    item: str
    item_version: int
    answers: Mapping[str, str]
    uid: str
    """Of the draft, to which the files handed in are tied."""
    channel: Channel
    district: str
    resident_id: int | None = None
    organisation_id: int | None = None
    point: str = ""
    papers: Mapping[str, Handed] = field(default_factory=dict)
    """By material. Files are in the database already, under ``uid``."""


@dataclass(frozen=True)
class Receipt:
    number: str
    received_at: datetime
    due_at: datetime
    due_confirmed: bool
    new: bool
    """Whether it was made by this call."""


def submit(actor: Actor, request: Request, *, key: str) -> Receipt:
    """Hand an application in. The same ``key`` with the same content gives the same receipt, however often.

    Raises Incomplete with everything that is missing, Conflict for the same key with other content, Unusable,
    UnknownItem, Forbidden.
    """
    index, body = key_of(actor, key), body_of(_content(request))
    return once(
        index,
        body,
        lambda: _write(actor, request, index, body),
        lambda earlier: _receipt(earlier.application, False),
    )


def submit_draft(actor: Actor, uid: str) -> Receipt:
    """Submit a draft; a second press gives the receipt of the first, though the draft is gone by then."""
    draft = Draft.objects.filter(uid=uid, owner_id=actor.user_id).first()
    if draft is None:
        done = Application.objects.filter(uid=uid, submitted_by_id=actor.user_id).first()
        if done is None:
            raise NotFound(uid)
        return _receipt(done, False)
    request = Request(
        item=draft.item,
        item_version=draft.item_version,
        answers=json.loads(draft.answers or "{}"),
        uid=uid,
        channel=Channel(draft.channel),
        district=draft.district,
        resident_id=draft.resident_id,
        organisation_id=draft.organisation_id,
        point=draft.point,
    )
    return submit(actor, request, key=uid)


def receipt_of(uid: str) -> Receipt | None:
    """Of what was handed in under this uid, for a sender who has to learn whether it arrived."""
    earlier = Application.objects.filter(uid=uid).first()
    return _receipt(earlier, False) if earlier is not None else None


def new_uid() -> str:
    return secrets.token_hex(16)


def _content(request: Request) -> dict[str, object]:
    return {
        "item": request.item,
        "answers": dict(request.answers),
        "resident": request.resident_id,
        "organisation": request.organisation_id,
        "papers": {code: [paper.state, paper.reference] for code, paper in request.papers.items()},
    }


def _permission(actor: Actor) -> tuple[Permission, bool]:
    """Which one is asked for, and whether it is by district."""
    if actor.role is Role.DEVICE:
        return APPLY_AT_KIOSK, True
    return (ENTER, True) if actor.role is Role.CLERK else (APPLY, False)


class Ready:
    """What of an application is known before its transaction begins: read and checked while nobody waits for it."""

    item: Item
    program: Program
    now: datetime
    missing: list[str]
    """Materials that must lie under its uid already."""
    application: Application
    papers: list[Prepared]
    row: Prepared
    """Of the application; what it lacks is its number."""
    life: list[Prepared]
    """What was said, and that it was handed in."""

    def __init__(self, actor: Actor, request: Request, index: str, body: str) -> None:
        self._actor, self._request, self._index, self._body = actor, request, index, body

    def make(self) -> None:
        """Raises Incomplete, Unusable, UnknownItem, NotFound."""
        actor, request = self._actor, self._request
        self.item = catalog.item_in_version(SYSTEM, request.item, request.item_version)
        self.program = _open_program(self.item, request)
        check_for_whom(actor, self.program, request)
        self.now = clock.now()
        good, bad, self.missing = _checked(self.program, request, self.now)
        if bad:
            raise Incomplete(bad, _not_there(request.uid, self.missing))
        for code, handed in request.papers.items():
            check_stand_in(self.program, code, handed.state, request.channel)
        self._prepare(_dump(good))

    def _prepare(self, answers: str) -> None:
        actor, request, now = self._actor, self._request, self.now
        papers = _papers(request, self.program, now)
        self.papers = [prepare(*papers)] if papers else []
        self.application = application = _application(actor, self.item, self.program, request, now)
        self.row = prepare(application)
        said = Submission(
            application=application, key=self._index, body=self._body, answers=answers, sent_at=now
        )
        self.life = [prepare(said), prepare(event_of(actor, application, Verb.SUBMIT, None, now))]


def _write(actor: Actor, request: Request, index: str, body: str) -> Receipt:
    permission, by_district = _permission(actor)
    ready = Ready(actor, request, index, body)
    with act(
        actor,
        permission,
        subject=f"item:{request.item}",
        district=request.district if by_district else None,
        before=ready.make,
    ) as entry:
        application, now = ready.application, ready.now
        if missing := _not_there(request.uid, ready.missing):
            raise Incomplete([], missing)
        with together():
            for each in ready.papers:
                each.send()
            change(END_DRAFT, [request.uid])
        _promise(application, now)
        with together():
            ready.row.send(number=next_number(now))
            for each in ready.life:
                each.send()
            tell(application, ready.item, "received", due=application.due_at)
        entry.note(
            application=application.number, channel=application.channel, version=application.item_version
        )
    return _receipt(application, True)


def _open_program(item: Item, request: Request) -> Program:
    if item.program is None or request.channel not in item.channels:
        raise Unusable(
            f"{item.code} can't be applied for by {request.channel}", "look at the item's ways to apply"
        )
    if request.district not in {district.code for district in city.current().districts}:
        raise Unusable(f"there is no district {request.district!r}", "name a district of the city")
    return item.program


def check_for_whom(actor: Actor, program: Program, request: Request) -> None:
    """Whether the actor may apply for this person or organisation. Raises Unusable, NotFound."""
    if (request.channel is Channel.KIOSK) != (actor.role is Role.DEVICE):
        raise Unusable("only a kiosk hands in at a kiosk", "name the way it comes in")
    if (request.resident_id is None) == (request.organisation_id is None):
        raise Unusable("an application is for one person or one organisation", "name one of the two")
    if actor.role is Role.AGENT and request.organisation_id != actor.organisation_id:
        raise NotFound("organisation")
    if actor.role is Role.RESIDENT and not own_resident(actor, request.resident_id):
        raise NotFound("resident")
    for_organisation = request.organisation_id is not None
    fitting = {ForWhom.ORGANISATION} if for_organisation else {ForWhom.SELF, ForWhom.ANOTHER}
    if fitting.isdisjoint(program.for_whom):
        raise Unusable("this item isn't for such an applicant", "look at who may apply")
    if program.regions and request.resident_id is not None:
        number = Resident.objects.get(pk=request.resident_id).document_number
        if number[:2] not in program.regions:
            raise Unusable(
                "this item is for holders of identity numbers of some provinces only", "look at who may apply"
            )


def own_resident(actor: Actor, resident_id: int | None) -> bool:
    return (
        resident_id is not None
        and actor.user_id is not None
        and Resident.objects.filter(pk=resident_id, user_id=actor.user_id).exists()
    )


def _checked(
    program: Program, request: Request, now: datetime
) -> tuple[dict[str, str], list[forms.BadAnswer], list[str]]:
    """The answers that count, those that are wrong, and the materials that the request itself doesn't bring."""
    good, bad = forms.check_all(program, request.answers, clock.local(now).date())
    needed = [paper.material for paper in forms.papers(program, good) if paper.required]
    return good, bad, [material for material in needed if material not in request.papers]


def _not_there(uid: str, materials: list[str]) -> list[str]:
    """Of the materials those that weren't handed in under this uid."""
    if not materials:
        return []
    have = set(Paper.objects.filter(uid=uid).values_list("material", flat=True))
    return [material for material in materials if material not in have]


def check_stand_in(program: Program, material: str, state: PaperState, channel: Channel) -> None:
    """Whether a material may come in this way instead of as a file. Raises Unusable."""
    paper = next((each for each in program.papers if each.material == material), None)
    fine = paper is not None and (
        (state is PaperState.FOLLOWS and paper.may_follow is not None)
        or (state is PaperState.COMMITMENT and paper.commitment)
        or (state is PaperState.HELD and paper.held is not None)
        or (state is PaperState.SEEN and channel in (Channel.WINDOW, Channel.KIOSK))
    )
    if not fine:
        raise Unusable(f"{material} can't come in as {state}", "hand it in as a file")


def _application(actor: Actor, item: Item, program: Program, request: Request, now: datetime) -> Application:
    promised = promised_workdays(item, now)
    due = calendar_queries.deadline(SYSTEM, now, promised)
    for_organisation = request.organisation_id is not None
    applicant = (
        f"organisation:{request.organisation_id}" if for_organisation else f"resident:{request.resident_id}"
    )
    application = Application(
        uid=request.uid,
        item=item.code,
        item_version=request.item_version,
        applicant_kind=(ApplicantKind.ORGANISATION if for_organisation else ApplicantKind.PERSON).value,
        applicant=applicant,
        resident=_resident(request.resident_id),
        organisation_id=request.organisation_id,
        submitted_by_id=actor.user_id,
        point=request.point,
        channel=request.channel.value,
        district=request.district,
        lane=lane_of(program, for_organisation).value,
        received_at=now,
        status=Status.SUBMITTED.value,
        promised_workdays=promised,
        due_at=due.at,
        due_confirmed=due.confirmed,
    )
    put_in_line(application, program)
    return application


def _resident(resident_id: int | None) -> Resident | None:
    """With what telling them needs at hand: the transaction should not have to ask."""
    if resident_id is None:
        return None
    names = ("id", "user_id", "mobile")
    found = read(Resident, names, "WHERE id = %s", [resident_id])
    if not found:
        raise NotFound("resident")
    return Resident.from_db(DEFAULT_DB_ALIAS, names, found[0])


def _promise(application: Application, now: datetime) -> None:
    """Tells the administrators when the promise reaches beyond the days that are known."""
    if not application.due_confirmed:
        workdays.promise(SYSTEM, now, application.promised_workdays)


def promised_workdays(item: Item, received: datetime) -> int:
    """The promise in working days: 0 for minutes and hours; of calendar days, those that are worked."""
    promise = item.promised_time
    if promise.unit is Unit.WORKDAY:
        return promise.amount
    if promise.unit is not Unit.DAY:
        return 0
    day = clock.local(received).date()
    calendar = calendar_queries.in_force(SYSTEM)
    return calendar.workdays_between(day, day + timedelta(days=promise.amount))


def _papers(request: Request, program: Program, now: datetime) -> list[Paper]:
    """The materials that come otherwise than as a file."""
    follow = {paper.material: paper.may_follow or 0 for paper in program.papers}
    some_follow = any(handed.state is PaperState.FOLLOWS for handed in request.papers.values())
    calendar = calendar_queries.in_force(SYSTEM) if some_follow else NOTHING_KNOWN
    return [
        Paper(
            uid=request.uid,
            material=code,
            state=handed.state.value,
            reference=handed.reference,
            until=deadlines.due(now, follow[code], [], calendar).at
            if handed.state is PaperState.FOLLOWS
            else None,
            at=now,
        )
        for code, handed in request.papers.items()
    ]


def _dump(answers: Mapping[str, str]) -> str:
    return json.dumps(answers, ensure_ascii=False, sort_keys=True)


def _receipt(application: Application, new: bool) -> Receipt:
    assert application.due_at is not None  # set when it was submitted
    return Receipt(
        application.number, application.received_at, application.due_at, application.due_confirmed, new
    )


def district_of(resident: Resident | None, organisation: Organisation | None) -> str:
    """The district that answers: where they live or are registered; for somebody from outside, the city's first."""
    home = organisation.district if organisation else resident.home_district if resident else ""
    return home or city.current().districts[0].code
