"""Somebody asks a person for help: by phone, or by a message that a clerk of the district answers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.look.refusals import Conflict, TooMany
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.people import actions as people
from zhoudao.core.people.models import User
from zhoudao.core.people.rules.numbers import BadNumber
from zhoudao.counter.places.help import actions, queries
from zhoudao.counter.places.help.models import HelpTicket
from zhoudao.counter.places.help.rules import (
    KEPT_FOR,
    LETTERS,
    MOST_FROM_ONE_CONTACT,
    MOST_FROM_ONE_ORIGIN,
    WINDOW,
    Channel,
    Status,
    channel_of,
    new_number,
    tidy_number,
)
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.tests import directory as small

MOBILE = "12800001234"
QUESTION = "我的身份证昨天在船上丢了，没有户口簿能补吗？"


def visitor(address: str = "192.0.2.1") -> Actor:
    return Actor("visitor", Role.VISITOR, origin=address)


ANNA = visitor()


def clerk(*districts: str) -> Actor:
    return Actor("user:5", Role.CLERK, frozenset(districts), user_id=5)


def ask(actor: Actor = ANNA, message: str = QUESTION, district: str = "", **more) -> HelpTicket:
    return actions.ask(actor, message, district or small.districts()[0], **more)


def notices(template: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(name=template))


@pytest.fixture
def clerks(db) -> dict[str, User]:
    rows = [
        {"username": f"clerk.{code}", "role": "clerk", "districts": code, "staff_number": f"98{number:04d}",
         "display_name": "窗口", "password": "wide-harbour-lantern-77",
         "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}
        for number, code in enumerate(small.districts()[:2])
    ]  # fmt: skip
    assert people.import_staff(SYSTEM, list(enumerate(rows, 2))).refused == []
    return {user.districts[0]: user for user in User.objects.filter(username__startswith="clerk.")}


def test_a_question_gets_a_number_and_the_districts_clerks_a_letter_that_says_nothing(clerks):
    ticket = ask(contact=MOBILE)
    assert ticket.status == Status.OPEN
    (letter,) = notices("places/help_asked")
    assert letter.channel == "letterbox"
    assert f"user:{clerks[small.districts()[0]].pk}" in letter.letter
    assert QUESTION not in letter.letter
    assert MOBILE not in letter.letter
    (receipt,) = notices("places/help_received")
    assert receipt.channel == "sms"
    assert MOBILE in receipt.letter


def test_what_was_asked_and_by_whom_is_sealed_in_the_database(db):
    ask(contact="Someone@Example.com")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM places_helpticket")
        row = str(cursor.fetchall())
    for secret in (QUESTION, "example.com", "192.0.2.1", "身份证"):
        assert secret not in row
    ticket = HelpTicket.objects.get()
    assert (str(ticket.message), str(ticket.contact)) == (QUESTION, "someone@example.com")


def test_the_trail_keeps_the_asking_but_not_the_question(db):
    ticket = ask(contact=MOBILE)
    row = AuditRow.objects.get(action="places.ask_help")
    assert row.subject == f"help:{ticket.number}"
    assert QUESTION not in str(vars(row))
    assert MOBILE not in str(vars(row))


def test_an_answer_goes_to_whoever_asked_and_stands_on_the_page(db):
    ticket = ask(contact=MOBILE)
    actions.answer(clerk(ticket.district), ticket.number, "可以，到窗口申报丢失即可。")
    (sent,) = notices("places/help_answered")
    assert "可以，到窗口申报丢失即可。" in sent.letter
    seen = queries.progress(VISITOR, ticket.number.lower().replace("-", " "))
    assert seen is not None
    assert seen.answer == "可以，到窗口申报丢失即可。"
    page = Client().get(f"/help/{ticket.number}/").content.decode()
    assert "可以，到窗口申报丢失即可。" in page
    assert QUESTION not in page  # whoever finds the number learns nothing of who asked what
    assert MOBILE not in page


def test_somebody_without_a_phone_reads_the_answer_on_the_page_only(db):
    ticket = ask()
    actions.answer(clerk(ticket.district), ticket.number, "可以办理。")
    assert notices("places/help_answered") == notices("places/help_received") == []


def test_clerks_answer_in_their_own_districts_only(db):
    here, there = small.districts()[:2]
    ticket = ask(district=here)
    ask(district=there)
    assert [each.number for each in queries.waiting(clerk(here))] == [ticket.number]
    assert len(queries.waiting(clerk("*"))) == 2
    for act in (
        lambda: actions.answer(clerk(there), ticket.number, "不行的"),
        lambda: actions.close(clerk(there), ticket.number),
        lambda: queries.ticket(clerk(there), ticket.number),
        lambda: queries.waiting(clerk()),
        lambda: queries.waiting(visitor()),
        lambda: actions.close(visitor(), ticket.number),
    ):
        with pytest.raises(Forbidden):
            act()
    assert HelpTicket.objects.get(pk=ticket.pk).status == Status.OPEN


def test_what_is_closed_stays_closed(db):
    ticket = ask()
    mine = clerk(ticket.district)
    actions.close(mine, ticket.number)
    for again in (
        lambda: actions.close(mine, ticket.number),
        lambda: actions.answer(mine, ticket.number, "晚了一步"),
    ):
        with pytest.raises(Conflict):
            again()
    assert queries.waiting(mine) == []
    assert [each.number for each in queries.waiting(mine, Status.CLOSED)] == [ticket.number]


def test_one_address_cant_flood_the_clerks(db):
    for _ in range(MOST_FROM_ONE_ORIGIN):
        ask()
    with pytest.raises(TooMany) as refusal:
        ask()
    assert refusal.value.retry_after == WINDOW.total_seconds()
    assert HelpTicket.objects.count() == MOST_FROM_ONE_ORIGIN
    ask(visitor("192.0.2.2"))  # others are not held back
    with clock.at(clock.now() + WINDOW + timedelta(seconds=1)):
        ask()


def test_one_phone_cant_be_used_to_flood_them_from_many_addresses(db):
    for number in range(MOST_FROM_ONE_CONTACT):
        ask(visitor(f"192.0.2.{number}"), contact=MOBILE)
    with pytest.raises(TooMany):
        ask(visitor("192.0.2.99"), contact=f"+86 {MOBILE}")
    first = HelpTicket.objects.earliest("pk")
    actions.answer(clerk(first.district), first.number, "已答复。")
    ask(visitor("192.0.2.99"), contact=MOBILE)


def test_a_month_after_closing_everything_personal_is_forgotten(db):
    old, fresh = ask(contact=MOBILE), ask()
    actions.answer(clerk("*"), old.number, "可以办理。")
    actions.close(clerk("*"), old.number)
    assert actions.forget(SYSTEM) == 0
    with clock.at(clock.now() + KEPT_FOR + timedelta(minutes=1)):
        assert actions.forget(SYSTEM) == 1
        assert actions.forget(SYSTEM) == 0
    old.refresh_from_db()
    assert [old.message, old.answer, old.contact, old.contact_index, old.origin_index] == [""] * 5
    fresh.refresh_from_db()
    assert str(fresh.message) == QUESTION


def test_numbers_are_made_of_letters_nobody_mishears():
    made = {new_number() for _ in range(200)}
    assert len(made) == 200
    assert set("".join(made)) <= {*LETTERS, "-"}
    assert not set(LETTERS) & set("01OILU")
    assert tidy_number(" k7qm 2f4r") == "K7QM-2F4R"
    assert tidy_number("K7QM") == ""


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", (Channel.NONE, "")),
        (" 128 0000 1234 ", (Channel.SMS, MOBILE)),
        ("+44 7700 900123", (Channel.SMS, "+447700900123")),
        ("A@b.cn", (Channel.EMAIL, "a@b.cn")),
    ],
)
def test_a_contact_is_a_mobile_or_an_address(typed, found):
    assert channel_of(typed) == found


def test_a_number_that_cant_be_a_mobile_is_refused():
    with pytest.raises(BadNumber):
        channel_of("0580-1234")


# On the pages -----------------------------------------------------------------------------------------------


def test_the_page_gives_the_points_phone_first_and_takes_the_question(directory):
    client = Client(headers={"Accept-Language": "en"})
    address = "/help/?point=P001&item=id-card-replacement"
    page = client.get(address).content.decode()
    assert page.index("tel:05801200001") < page.index("<textarea")
    assert 'name="district"' not in page  # the point says which
    answer = client.post(address, {"message": QUESTION, "contact": MOBILE})
    ticket = HelpTicket.objects.get()
    assert answer["Location"] == f"/help/{ticket.number}/?new=1"
    assert (ticket.point, ticket.item, ticket.language) == (
        Point.objects.get(code="P001"), "id-card-replacement", "en",
    )  # fmt: skip
    assert ticket.number in client.get(answer["Location"]).content.decode()


def test_without_a_point_the_page_asks_where_one_is(directory):
    client = Client()
    assert 'name="district"' in client.get("/help/?point=NOBODY").content.decode()
    assert client.post("/help/", {"message": QUESTION}).status_code == 400
    client.post("/help/", {"message": QUESTION, "district": small.districts()[1]})
    assert HelpTicket.objects.get().district == small.districts()[1]


@pytest.mark.parametrize(
    "wrong", [{"message": "急"}, {"message": "字" * 1001}, {"contact": "0580-1"}, {"contact": "someone@"}]
)
def test_an_answer_that_cant_be_used_is_said_and_nothing_is_kept(directory, wrong):
    answer = Client().post("/help/?point=P001", {"message": QUESTION, "contact": ""} | wrong)
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert not HelpTicket.objects.exists()


def test_a_ticket_is_found_by_its_number_and_no_other_page_tells_of_it(directory):
    ticket = ask()
    client = Client()
    found = client.get("/help/", {"number": ticket.number.lower()})
    assert found["Location"] == f"/help/{ticket.number}/"
    assert client.get("/help/ZZZZ-ZZZZ/").status_code == 404
    assert "notice-waiting" in client.get("/help/", {"number": "ZZZZ-ZZZZ"}).content.decode()


def test_too_many_questions_are_refused_with_a_phone_number(directory):
    client = Client(headers={"Accept-Language": "zh-CN"})
    for _ in range(MOST_FROM_ONE_ORIGIN):
        client.post("/help/?point=P001", {"message": QUESTION})
    answer = client.post("/help/?point=P001", {"message": QUESTION})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "3600"
    assert "tel:" in answer.content.decode()
