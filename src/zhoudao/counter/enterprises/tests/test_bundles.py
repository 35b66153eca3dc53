"""Several things applied for at once: each question and paper asked once, all handed in or none."""

import pytest
from django.urls import reverse

from zhoudao.core.access import VISITOR, Actor, Forbidden, Role
from zhoudao.counter.applications import actions as applications
from zhoudao.counter.applications.models import Application, Draft, Paper
from zhoudao.counter.applications.problems import Incomplete
from zhoudao.counter.applications.tests import life
from zhoudao.counter.enterprises import actions
from zhoudao.counter.enterprises.models import Bundle, Part
from zhoudao.counter.enterprises.problems import Conflict, NotFound, Unusable
from zhoudao.counter.enterprises.queries import bundles
from zhoudao.counter.enterprises.tests.conftest import (
    ONLINE_ANSWERS,
    ONLINE_MATERIALS,
    PERSON,
    STAFF,
)

pytestmark = pytest.mark.django_db


def test_what_two_items_ask_is_asked_once(world, firm):
    bundle = actions.begin(world.agent, [PERSON, STAFF])
    found = bundles.shown(world.agent, bundle.uid)
    codes = [each.code for each in found.asked.questions]
    assert len(codes) == len(set(codes)) == len(ONLINE_ANSWERS)
    materials = [each.material for each in found.asked.papers]
    assert materials.count("authorisation") == 1
    assert found.saved == 1


def test_an_answer_and_a_paper_go_to_every_item_that_asks(world, firm):
    bundle = actions.begin(world.agent, [PERSON, STAFF])
    actions.save_answers(world.agent, bundle.uid, {"phone": "12800990001", "staff": "12"})
    kept = {each.item.code: each.answers for each in bundles.parts_of(bundle)}
    assert kept == {PERSON: {"phone": "12800990001"}, STAFF: {"phone": "12800990001", "staff": "12"}}
    assert actions.hand_in(world.agent, bundle.uid, "authorisation", life.picture()) == 2
    assert actions.hand_in(world.agent, bundle.uid, "staff-list", life.picture()) == 1
    assert Paper.objects.filter(material="authorisation").count() == 2
    with pytest.raises(NotFound):
        actions.hand_in(world.agent, bundle.uid, "passport", life.picture())


def test_all_are_handed_in_once_however_often_it_is_pressed(world, online):
    first = actions.hand_in_all(world.agent, online.uid)
    assert {each.number for each in first} == {
        each.number for each in actions.hand_in_all(world.agent, online.uid)
    }
    assert Application.objects.count() == 2
    assert Draft.objects.count() == 0
    assert {each.lane for each in Application.objects.all()} == {"enterprise"}
    with pytest.raises(Conflict):
        actions.save_answers(world.agent, online.uid, {"staff": "13"})


def test_if_one_is_incomplete_none_is_handed_in(world, online):
    actions.save_answers(world.agent, online.uid, {"staff": "none"})
    with pytest.raises(Incomplete):
        actions.hand_in_all(world.agent, online.uid)
    assert Application.objects.count() == 0
    assert Draft.objects.count() == 2
    assert Bundle.objects.get().handed_in_at is None


def test_begun_twice_it_is_one_bundle_and_items_can_be_added_and_left_out(world, firm):
    one, again = (actions.begin(world.agent, [PERSON]) for _ in range(2))
    assert one == again == actions.begin(world.agent, [STAFF])
    assert Part.objects.count() == 2
    for _ in range(2):
        actions.leave_out(world.agent, one.uid, STAFF)
    assert [each.item for each in Part.objects.all()] == [PERSON]
    with pytest.raises(Unusable):
        actions.begin(Actor(world.agent.key, Role.AGENT, user_id=world.agent.user_id), [PERSON])


def test_a_draft_deleted_by_itself_is_not_waited_for(world, online):
    applications.drop(world.agent, Part.objects.get(item=STAFF).uid)
    assert len(actions.hand_in_all(world.agent, online.uid)) == 1


def test_a_bundle_is_its_owners_while_they_act_for_that_enterprise(world, online):
    elsewhere = Actor(world.agent.key, Role.AGENT, organisation_id=0, user_id=world.agent.user_id)
    for actor in (
        elsewhere,
        Actor("user:0", Role.AGENT, organisation_id=world.agent.organisation_id, user_id=0),
    ):
        with pytest.raises(NotFound):
            actions.hand_in_all(actor, online.uid)
    for actor in (world.reviewer, world.resident, VISITOR):
        with pytest.raises(Forbidden):
            actions.begin(actor, [PERSON])
    with pytest.raises(NotFound):
        actions.begin(world.clerk, [PERSON], "no such code")


def test_a_clerk_does_it_with_them_at_a_window(world, firm, ready):
    assert {each.channel for each in Draft.objects.all()} == {"window"}
    assert len(actions.hand_in_all(world.clerk, ready.uid)) == 2
    assert set(Application.objects.values_list("organisation_id", "lane")) == {(firm.pk, "enterprise")}


def test_the_pages_take_it_from_the_choice_to_the_receipts(world, firm, visit):
    browser = visit(world.agent)
    assert firm.name in browser.get(reverse("enterprises:home")).content.decode()
    page = browser.post(reverse("enterprises:begin"), {"item": [PERSON, STAFF]})["Location"]
    assert browser.get(page).content.decode().count('name="phone"') == 1
    assert browser.post(page, {**ONLINE_ANSWERS, "staff": "many"}).status_code == 400
    assert browser.post(page, ONLINE_ANSWERS).status_code == 302
    uid = Bundle.objects.get().uid
    for material in ONLINE_MATERIALS:
        browser.post(reverse("enterprises:paper", args=[uid, material]), {"file": life.picture()})
    assert browser.post(reverse("enterprises:paper", args=[uid, "resolution"]), {}).status_code == 400
    browser.post(reverse("enterprises:change_bundle", args=[uid, "hand-in"]))
    shown = browser.get(page).content.decode()
    assert all(each.number in shown for each in Application.objects.all())
    assert browser.post(reverse("enterprises:change_bundle", args=[uid, "eat"])).status_code == 404
