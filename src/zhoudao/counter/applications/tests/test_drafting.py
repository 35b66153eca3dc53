"""A draft is kept as it is typed, and is there on whatever device its owner goes on."""

import pytest
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.people.tests.browsers import browser_of
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.models import Draft
from zhoudao.counter.applications.problems import NotFound
from zhoudao.counter.applications.tests import life

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with clock.at(life.MONDAY):
        yield life.build()


def test_what_was_typed_on_one_device_is_there_on_another(world):
    draft = actions.begin(world.resident, life.PERMIT)
    phone, computer = browser_of(world.resident), browser_of(world.resident)
    kept = phone.post(reverse("applications:save", args=[draft.uid]), {"address": "海印路 12 号"})
    assert kept.status_code == 200
    page = computer.get(reverse("applications:question", args=[draft.uid, "address"])).content.decode()
    assert "海印路 12 号" in page
    # Begun again on the other device, it is the same draft.
    assert actions.begin(world.resident, life.PERMIT).uid == draft.uid == Draft.objects.get().uid


def test_nobody_else_finds_it(world):
    draft = actions.begin(world.resident, life.PERMIT)
    with pytest.raises(NotFound):
        actions.save_answers(world.neighbour, draft.uid, {"address": "别处"})
    address = reverse("applications:question", args=[draft.uid, "address"])
    assert browser_of(world.neighbour).get(address).status_code == 404
