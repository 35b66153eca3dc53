"""One officer who stays, a thread, authority that ends, promises kept by firm, and what is done at once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.people.actions.residents import register_resident
from zhoudao.core.people.models import Agency, User
from zhoudao.core.people.queries import organisations_of
from zhoudao.core.people.tests.cast import identity_number
from zhoudao.counter.applications import actions as applications
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.problems import Unusable as NotOnTheSpot
from zhoudao.counter.applications.tests import life
from zhoudao.counter.credentials.models import Credential
from zhoudao.counter.enterprises import actions
from zhoudao.counter.enterprises.models import Message, NamedOfficer
from zhoudao.counter.enterprises.problems import NotFound, Unusable
from zhoudao.counter.enterprises.queries import firms
from zhoudao.counter.enterprises.rules import KEPT
from zhoudao.counter.enterprises.tests.conftest import ANSWERS, MATERIALS, MOVE, STAFF, filled

pytestmark = pytest.mark.django_db


def test_the_named_officer_has_it_in_hand_from_the_first_step_to_the_last(world, firm, ready):
    actions.name_officer(world.supervisor, firm.credit_code, world.reviewer.user_id)
    actions.hand_in_all(world.clerk, ready.uid)
    held = Application.objects.get(item=MOVE)
    assert held.assignee_id == world.reviewer.user_id
    applications.accept(world.clerk, held.number, held.version)
    held.refresh_from_db()
    assert (held.status, held.assignee_id) == ("received", world.reviewer.user_id)


def test_a_step_that_is_not_theirs_stays_free(world, firm, ready):
    actions.name_officer(world.supervisor, firm.credit_code, world.clerk.user_id)
    actions.hand_in_all(world.clerk, ready.uid)
    held = Application.objects.get(item=MOVE)
    assert held.assignee_id == world.clerk.user_id
    applications.accept(world.clerk, held.number, held.version)
    held.refresh_from_db()
    assert held.assignee_id is None, "a clerk can't review"


def test_naming_moves_what_waits_and_is_done_once(world, firm, ready):
    actions.hand_in_all(world.clerk, ready.uid)
    for _ in range(2):
        actions.name_officer(world.supervisor, firm.credit_code, world.reviewer.user_id)
    assert NamedOfficer.objects.count() == 1
    assert set(Application.objects.values_list("assignee_id", flat=True)) == {world.reviewer.user_id}
    actions.name_officer(world.supervisor, firm.credit_code, world.second.user_id)
    assert [each.ended_at is None for each in NamedOfficer.objects.order_by("pk")] == [False, True]
    with pytest.raises(Unusable):
        actions.name_officer(world.supervisor, firm.credit_code, world.other.user_id)
    for actor in (world.clerk, world.agent):
        with pytest.raises(Forbidden):
            actions.name_officer(actor, firm.credit_code, world.clerk.user_id)


def test_a_message_is_written_once_and_the_other_side_is_told_without_its_words(world, firm):
    actions.name_officer(world.supervisor, firm.credit_code, world.reviewer.user_id)
    for _ in range(2):
        actions.write(world.agent, "执照何时可取", key="f" * 32)
    assert Message.objects.count() == 1
    assert firms.firms(world.reviewer)[0].waits_for_answer
    actions.answer(world.reviewer, firm.credit_code, "明天上午", key="g" * 32)
    assert not firms.firms(world.reviewer)[0].waits_for_answer
    told = OutboxMessage.objects.filter(name="enterprises/message")
    assert told.count() == 2
    assert all("执照" not in str(each.payload) for each in told)
    assert [str(each.text) for each in firms.own_profile(world.agent).messages] == [
        "执照何时可取",
        "明天上午",
    ]
    with pytest.raises(Unusable):
        actions.write(world.agent, "  ", key="h" * 32)
    with pytest.raises(Forbidden):
        actions.answer(world.other, firm.credit_code, "不在辖区", key="i" * 32)


def test_authority_that_is_withdrawn_ends_at_once(world, firm):
    agency = Agency.objects.get(organisation=firm)
    agent = User.objects.get(pk=world.agent.user_id)
    assert firm in organisations_of(Actor("x", Role.AGENT, user_id=agent.pk))
    for _ in range(2):
        actions.withdraw(world.clerk, firm.credit_code, agency.pk)
    assert firm not in organisations_of(Actor("x", Role.AGENT, user_id=agent.pk))
    assert firms.profile(world.clerk, firm.credit_code).agents == []
    with pytest.raises(NotFound):
        actions.withdraw(world.clerk, firm.credit_code, 0)
    with pytest.raises(Forbidden):
        actions.withdraw(world.reviewer, firm.credit_code, agency.pk)


def test_a_registered_person_is_given_authority(world, firm):
    until, number = life.TUESDAY.date() + timedelta(days=30), identity_number(7)
    person = register_resident(
        world.clerk,
        name="己测试",
        document_kind="resident_id",
        document_number=number,
        home_district=firm.district,
    )
    made = actions.appoint(world.clerk, firm.credit_code, number, until)
    assert (made.person, made.valid_until) == (person, until)
    assert len(firms.profile(world.clerk, firm.credit_code).agents) == 2


def test_promised_and_kept_is_told_by_firm(world, firm, ready):
    actions.hand_in_all(world.clerk, ready.uid)
    moved = Application.objects.get(item=MOVE)
    applications.at_once(world.reviewer, moved.number, moved.version)
    row = firms.firms(world.reviewer)[0]
    assert (row.kept.decided, row.kept.median, row.kept.kept_share, row.running) == (1, 0, 100.0, 1)


def test_what_is_decided_on_the_spot_is_done_in_one_step_or_not_at_all(world, firm, ready):
    actions.hand_in_all(world.clerk, ready.uid)
    moved, staff = (Application.objects.get(item=item) for item in (MOVE, STAFF))
    done = applications.at_once(world.reviewer, moved.number, moved.version)
    assert done.status == "finished"
    assert done.certificate
    with pytest.raises(NotOnTheSpot):
        applications.at_once(world.reviewer, staff.number, staff.version)
    staff.refresh_from_db()
    assert staff.status == "submitted"


def test_the_licence_of_the_old_address_ends_on_the_spot(world, firm, ready):
    def moved(bundle) -> str:
        actions.hand_in_all(world.clerk, bundle.uid)
        held = Application.objects.filter(item=MOVE).latest("pk")
        return applications.at_once(world.reviewer, held.number, held.version).certificate

    first = moved(ready)
    again = actions.begin(world.clerk, [MOVE, STAFF], firm.credit_code)
    second = moved(filled(world.clerk, again, {**ANSWERS, "new_address": "海印路 22 号"}, MATERIALS))
    held = {each.number: (each.state, each.why) for each in Credential.objects.all()}
    assert held == {first: ("revoked", "replaced"), second: ("valid", "")}


def test_who_may_not_review_does_nothing_at_once(world, firm, ready):
    actions.hand_in_all(world.clerk, ready.uid)
    moved = Application.objects.get(item=MOVE)
    with pytest.raises(Forbidden):
        applications.at_once(world.clerk, moved.number, moved.version)
    moved.refresh_from_db()
    assert moved.status == "submitted", "accepting was rolled back with it"


def test_old_messages_are_forgotten(world, firm):
    actions.write(world.agent, "很久以前", key="f" * 32)
    assert actions.forget(SYSTEM) == 0
    with clock.at(life.TUESDAY + KEPT + timedelta(days=1)):
        assert actions.forget(SYSTEM) == 1
    with pytest.raises(Forbidden):
        actions.forget(world.supervisor)


def test_officers_see_their_own_districts_firms(world, firm, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        assert [each.firm for each in firms.firms(world.supervisor)] == [firm]
    assert firms.firms(world.other) == []
    with pytest.raises(Forbidden):
        firms.profile(world.other, firm.credit_code)
    with pytest.raises(Forbidden):
        firms.firms(world.agent)


def test_the_officers_pages(world, firm, visit):
    browser = visit(world.supervisor)
    page = reverse("enterprises:one", args=[firm.credit_code])
    assert page in browser.get(reverse("enterprises:list"), {"q": "测试"}).content.decode()
    browser.post(
        reverse("enterprises:change", args=[firm.credit_code, "officer"]), {"officer": world.clerk.user_id}
    )
    browser.post(
        reverse("enterprises:change", args=[firm.credit_code, "answer"]), {"text": "您好", "form": "f" * 32}
    )
    shown = browser.get(page).content.decode()
    assert "您好" in shown
    assert User.objects.get(pk=world.clerk.user_id).staff_number in shown
    assert (
        browser.post(reverse("enterprises:change", args=[firm.credit_code, "officer"]), {}).status_code == 400
    )
    assert browser.post(reverse("enterprises:change", args=[firm.credit_code, "eat"])).status_code == 404
