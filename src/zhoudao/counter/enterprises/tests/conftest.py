"""A firm with its agent, officers of its district, and two items that an enterprise needs together."""

import pytest
from django.db import transaction
from django.test import Client

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.city.tests.here import ITEMS
from zhoudao.core.people.models import Agency, Organisation, Resident, User
from zhoudao.core.people.tests.browsers import sign_in
from zhoudao.counter.applications.tests import life
from zhoudao.counter.catalog.actions import as_json, publish
from zhoudao.counter.catalog.files import read_file
from zhoudao.counter.enterprises import actions
from zhoudao.counter.enterprises.models import Bundle

MOVE, PERSON, STAFF = (
    "security-firm-address-change",
    "security-firm-legal-person-change",
    "employer-residence-report",
)
ONLINE_ANSWERS = {
    "licence_number": "浙公保服 20260001", "new_person": "戊测试", "since": "2026-11-02",
    "staff": "12", "address": "海印路 12 号 301 室", "contact": "丁测试", "phone": "12800990001",
}  # fmt: skip
ONLINE_MATERIALS = ("guard-licence", "new-id", "resolution", "staff-list", "authorisation")
ANSWERS = {
    "licence_number": "浙公保服 20260001", "new_address": "海印路 20 号", "moved_on": "2026-11-02", "held": "rent",
    "staff": "12", "address": "海印路 12 号 301 室", "contact": "丁测试", "phone": "12800990001",
}  # fmt: skip
MATERIALS = ("guard-licence", "premises", "staff-list", "authorisation")


@pytest.fixture(autouse=True)
def _tuesday():
    with clock.at(life.TUESDAY):
        yield


@pytest.fixture
def world(db) -> life.World:
    built = life.build()
    with transaction.atomic():
        publish(as_json(read_file(ITEMS / "enterprise" / f"{PERSON}.yaml").item))
    return built


@pytest.fixture
def firm(world) -> Organisation:
    """Whose agent is ``world.agent``: a registered person with authority since yesterday."""
    found = Organisation.objects.get(pk=world.agent.organisation_id)
    person = Resident.objects.exclude(pk=world.person.pk).first()
    Resident.objects.filter(pk=person.pk).update(user_id=world.agent.user_id)
    Agency.objects.create(person=person, organisation=found, valid_from=life.MONDAY.date())
    return found


@pytest.fixture
def ready(world, firm):
    """A bundle of two items at a window with all answers and materials; the first is decided on the spot."""
    return filled(
        world.clerk, actions.begin(world.clerk, [MOVE, STAFF], firm.credit_code), ANSWERS, MATERIALS
    )


@pytest.fixture
def online(world, firm):
    """The same of an agent, from anywhere."""
    return filled(world.agent, actions.begin(world.agent, [PERSON, STAFF]), ONLINE_ANSWERS, ONLINE_MATERIALS)


def filled(actor: Actor, bundle: Bundle, answers: dict[str, str], materials: tuple[str, ...]) -> Bundle:
    actions.save_answers(actor, bundle.uid, answers)
    for material in materials:
        actions.hand_in(actor, bundle.uid, material, life.picture())
    return bundle


@pytest.fixture
def visit(client: Client, db):
    """A browser where somebody is signed in: ``visit(actor)``."""

    def go(actor: Actor) -> Client:
        return sign_in(client, User.objects.get(pk=actor.user_id))

    return go
