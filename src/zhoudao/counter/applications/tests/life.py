"""A small world for the tests of an application's life: two districts, people, officers, one item."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.city.tests.here import DISTRICT, ITEMS, OTHER_DISTRICT
from zhoudao.core.people.models import Organisation, Resident, User
from zhoudao.core.people.rules.numbers import identity_check_character
from zhoudao.core.workdays import actions as workdays
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.actions.submitting import Handed, Receipt, Request, new_uid
from zhoudao.counter.applications.models import PaperState
from zhoudao.counter.catalog.actions import as_json, publish
from zhoudao.counter.catalog.files import read_file
from zhoudao.counter.catalog.schema import Channel

NEEDED = (
    "household/residence-permit",
    "household/residence-permit-endorsement",
    "household/temporary-id-card",
    "household/name-change",
    "household/id-card-loss-report",
    "enterprise/security-firm-address-change",
    "enterprise/employer-residence-report",
)
MONDAY = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
TUESDAY = datetime.fromisoformat("2026-11-24T10:00:00+08:00")
ANSWERS = {
    "since": "2026-01-05",
    "address": "海印路 12 号 301 室",
    "basis": "study",
    "school": "海岛学校",
    "phone": "12800990001",
}
PAPERS = {"photo": Handed(PaperState.SEEN), "proof": Handed(PaperState.SEEN)}
PERMIT = "residence-permit"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class World:
    """Who there is. ``other``: of the other district."""

    resident: Actor
    neighbour: Actor
    agent: Actor
    clerk: Actor
    reviewer: Actor
    second: Actor
    supervisor: Actor
    other: Actor
    administrator: Actor
    person: Resident


def build() -> World:
    """Publish some of the city's items and its days, and open the accounts. Call it inside the database's test."""
    workdays.seed(SYSTEM)
    with transaction.atomic():
        for name in NEEDED:
            publish(as_json(read_file(ITEMS / f"{name}.yaml").item))
    person, neighbour = _resident("甲测试"), _resident("乙测试")
    firm = Organisation.objects.create(
        credit_code=f"91990000{next(_numbers):010d}", name="某测试公司", district=DISTRICT
    )
    agent = _user(Role.AGENT)
    return World(
        resident=_actor_of(person),
        neighbour=_actor_of(neighbour),
        agent=Actor(f"user:{agent.pk}", Role.AGENT, organisation_id=firm.pk, user_id=agent.pk),
        clerk=officer(Role.CLERK),
        reviewer=officer(Role.REVIEWER),
        second=officer(Role.REVIEWER),
        supervisor=officer(Role.SUPERVISOR),
        other=officer(Role.REVIEWER, OTHER_DISTRICT),
        administrator=officer(Role.ADMINISTRATOR),
        person=person,
    )


def officer(role: Role, district: str = DISTRICT) -> Actor:
    user = _user(role, [district])
    return Actor(f"user:{user.pk}", role, frozenset([district]), user_id=user.pk)


def _user(role: Role, districts: list[str] | None = None) -> User:
    number = next(_numbers)
    staff = "" if role in (Role.RESIDENT, Role.AGENT) else f"97{number:04d}"
    return User.objects.create(
        username=f"u{number}", role=role, districts=districts or [], staff_number=staff
    )


def _resident(name: str) -> Resident:
    """With a number of a region that no real one has."""
    body = f"33999919900101{next(_numbers) % 999:03d}"
    number = body + identity_check_character(body)
    return Resident.objects.create(
        name=name, name_index=f"n{number}", document_kind="resident_id", document_number=number,
        document_index=f"d{number}", mobile="12800990001", home_district=DISTRICT, user=_user(Role.RESIDENT),
    )  # fmt: skip


def _actor_of(person: Resident) -> Actor:
    return Actor(f"user:{person.user_id}", Role.RESIDENT, user_id=person.user_id)


def request(
    world: World, answers: Mapping[str, str] = ANSWERS, item: str = PERMIT, **changes: object
) -> Request:
    """A residence permit, entered at the window, where papers are seen."""
    given = {
        "item": item, "item_version": 1, "answers": answers, "uid": new_uid(), "channel": Channel.WINDOW,
        "district": DISTRICT, "resident_id": world.person.pk, "papers": PAPERS,
    }  # fmt: skip
    return Request(**{**given, **changes})  # type: ignore[arg-type]


def submitted(world: World, key: str = "") -> Receipt:
    return actions.submit(world.clerk, request(world), key=key or new_uid())


def accepted(world: World) -> str:
    number = submitted(world).number
    actions.accept(world.clerk, number, 1)
    return number


def picture(
    name: str = "photo.jpg", size: tuple[int, int] = (400, 500), exif: bytes = b""
) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, (90, 120, 160)).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")
