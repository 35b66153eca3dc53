"""The province's app says who somebody is: taken once, for a moment, for residents and agents only."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.people import actions
from zhoudao.core.people.models import HandoverUse, Resident, User
from zhoudao.core.people.tests.cast import PASSWORD, identity_number
from zhoudao.core.people.tests.province import AUDIENCE, ISSUER, claims, key, pem, sign
from zhoudao.engines.seals.handover import (
    CLOCK_SKEW,
    LONGEST_LIFE,
    BadHandover,
    BadKeys,
    Refused,
    read,
    read_keys,
)

NOW = 1_795_000_000
KEYS = read_keys(pem(key()))


@pytest.fixture(autouse=True)
def _the_province(settings):
    settings.HANDOVER_KEYS = pem(key())
    settings.HANDOVER_ISSUER, settings.HANDOVER_AUDIENCE = ISSUER, AUDIENCE


# The token ------------------------------------------------------------------------------------------------------------


def said(now: float = NOW, **changed):
    return read(sign(claims(iat=NOW, exp=NOW + 120, **changed)), KEYS, ISSUER, AUDIENCE, now)


def why(token: str, now: float = NOW) -> Refused:
    with pytest.raises(BadHandover) as refused:
        read(token, KEYS, ISSUER, AUDIENCE, now)
    return refused.value.why


def test_a_good_token_says_who_it_is():
    found = said()
    assert (found.document_kind, found.document_number) == ("resident_id", identity_number(1))
    assert found.token_id == "a-number-used-once-1"
    assert said(aud=["elsewhere", AUDIENCE]).ends == NOW + 120 + CLOCK_SKEW


@pytest.mark.parametrize(
    ("now", "taken"),
    [
        (NOW - CLOCK_SKEW, True),
        (NOW - CLOCK_SKEW - 1, False),
        (NOW + 120 + CLOCK_SKEW - 1, True),
        (NOW + 120 + CLOCK_SKEW, False),
    ],
)
def test_clocks_may_differ_by_a_minute_and_no_more(now, taken):
    token = sign(claims(iat=NOW, exp=NOW + 120))
    if taken:
        assert read(token, KEYS, ISSUER, AUDIENCE, now)
    else:
        assert why(token, now) is (Refused.EARLY if now < NOW else Refused.EXPIRED)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iss": "https://elsewhere.example"}, Refused.ISSUER),
        ({"iss": None}, Refused.ISSUER),
        ({"aud": "another-city"}, Refused.AUDIENCE),
        ({"aud": []}, Refused.AUDIENCE),
        ({"aud": None}, Refused.AUDIENCE),
        ({"exp": NOW + LONGEST_LIFE + 1}, Refused.TOO_LONG),
        ({"exp": None}, Refused.UNREADABLE),
        ({"iat": True}, Refused.UNREADABLE),
        ({"exp": float("nan")}, Refused.UNREADABLE),
        ({"jti": None}, Refused.UNREADABLE),
        ({"jti": "short"}, Refused.UNREADABLE),
        ({"jti": "x" * 65}, Refused.UNREADABLE),
        ({"document": None}, Refused.UNREADABLE),
        ({"document": identity_number(1)}, Refused.UNREADABLE),
        ({"document": {"kind": "resident_id"}}, Refused.UNREADABLE),
    ],
)
def test_what_a_token_must_say(changed, reason):
    assert why(sign(claims(**{"iat": NOW, "exp": NOW + 120} | changed))) is reason


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {}, {"alg": "ES256", "crit": ["b64"]}])
def test_the_algorithm_is_ours_to_choose(header):
    assert why(sign(claims(iat=NOW, exp=NOW + 120), header=header or {"typ": "JWT"})) is Refused.ALGORITHM


def test_only_the_provinces_key_counts_and_only_for_what_it_signed():
    token = sign(claims(iat=NOW, exp=NOW + 120))
    head, body, signature = token.split(".")
    other = sign(claims(iat=NOW, exp=NOW + 120, jti="a-number-used-once-2")).split(".")[1]
    assert why(sign(claims(iat=NOW, exp=NOW + 120), by=key(7))) is Refused.SIGNATURE
    assert why(f"{head}.{other}.{signature}") is Refused.SIGNATURE
    assert why(f"{head}.{body}.") is Refused.SIGNATURE


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c.d", "....", "?.?.?", "e30.e30", "W10.W10.W10", "é.é.é", "x" * 5000]
)
def test_anything_else_is_unreadable(token):
    assert why(token) is Refused.UNREADABLE


def test_two_keys_count_while_they_are_being_changed():
    both = read_keys(pem(key(7)) + pem(key()))
    for by in (key(), key(7)):
        assert read(sign(claims(iat=NOW, exp=NOW + 120), by=by), both, ISSUER, AUDIENCE, NOW)


@pytest.mark.parametrize(
    "text", ["", "nothing", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"]
)
def test_a_setting_that_holds_no_key_is_said_to_be_none(text):
    with pytest.raises(BadKeys):
        read_keys(text)


# Signing in -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def arrive(browser: Client, token: str, **more: str):
    return browser.post(reverse("people:handover"), {"token": token, **more})


def go_on(browser: Client, token: str, **more: str):
    csrf = browser.cookies["csrftoken"].value
    return browser.post(
        reverse("people:handover_go_on"), {"token": token, "csrfmiddlewaretoken": csrf, **more}
    )


def refusals() -> list[str]:
    """Why handovers were refused, as the trail has it."""
    rows = AuditRow.objects.filter(outcome="refused").order_by("sequence")
    return [json.loads(row.details)["why"] for row in rows]


def test_a_resident_is_asked_and_then_signed_in(carol, browser):
    token = sign(claims())
    asked = arrive(browser, token, next="/items/")
    assert asked.status_code == 200
    assert "张*三" in asked.content.decode()
    assert "张小三" not in asked.content.decode()
    assert browser.get(reverse("people:start")).status_code == 302, "not before they said yes"
    done = go_on(browser, token, next="/items/")
    assert (done.status_code, done.url) == (302, "/items/")
    assert browser.get(reverse("people:start")).status_code == 200
    assert AuditRow.objects.filter(action="people.sign_in", outcome="done").count() == 1


def test_the_same_token_twice_is_refused(carol, browser):
    token = sign(claims())
    arrive(browser, token)
    assert go_on(browser, token).status_code == 302
    thief = Client(enforce_csrf_checks=True)
    assert arrive(thief, token).status_code == 403
    thief.get(reverse("people:sign_in"))
    assert go_on(thief, token).status_code == 403
    assert thief.get(reverse("people:start")).status_code == 302
    assert refusals() == ["replayed", "replayed"]


def test_another_page_cannot_say_yes_for_somebody(carol, browser):
    token = sign(claims())
    arrive(browser, token)
    assert browser.post(reverse("people:handover_go_on"), {"token": token}).status_code == 403
    assert not HandoverUse.objects.exists()


def test_an_agent_may_and_acts_for_their_firm(carol, firm, browser):
    User.objects.filter(pk=carol.user_id).update(role=Role.AGENT)
    actions.appoint_agent(SYSTEM, carol, firm, clock.local(clock.now()).date())
    token = sign(claims())
    arrive(browser, token)
    assert go_on(browser, token).status_code == 302
    assert firm.name in browser.get(reverse("people:start")).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.RESIDENT, Role.AGENT)])
def test_nobody_else_is_ever_signed_in_so(carol, browser, role):
    User.objects.filter(pk=carol.user_id).update(role=role, staff_number="120001")
    assert arrive(browser, sign(claims())).status_code == 403
    browser.get(reverse("people:sign_in"))
    assert go_on(browser, sign(claims())).status_code == 403
    assert refusals() == ["not_public", "not_public"]


def test_a_closed_account_stays_closed(carol, browser):
    User.objects.filter(pk=carol.user_id).update(is_active=False)
    assert arrive(browser, sign(claims())).status_code == 403


def test_who_has_no_account_is_told_how_to_get_one(carol, browser):
    Resident.objects.update(user=None)
    answer = arrive(browser, sign(claims()))
    assert answer.status_code == 403
    assert "没有账户" in answer.content.decode() or "no account" in answer.content.decode()
    stranger = {"kind": "resident_id", "number": identity_number(9)}
    assert arrive(browser, sign(claims(document=stranger))).status_code == 403


@pytest.mark.parametrize("number", ["", "12", identity_number(1)[:-1] + "?"])
def test_a_number_that_is_none_is_refused(carol, browser, number):
    token = sign(claims(document={"kind": "resident_id", "number": number}))
    assert arrive(browser, token).status_code == 403


def test_whoever_was_signed_in_before_is_signed_out(carol, browser):
    other = User.objects.create(username="dan", role=Role.RESIDENT)
    browser.force_login(other, "django.contrib.auth.backends.ModelBackend")
    token = sign(claims())
    arrive(browser, token)
    go_on(browser, token)
    assert browser.session["_auth_user_id"] == str(carol.user_id)
    rows = AuditRow.objects.filter(action="people.sign_in").order_by("sequence")
    assert [json.loads(row.details)["step"] for row in rows] == ["handover", "sign_out"]


@pytest.mark.parametrize("asked", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(carol, browser, asked):
    token = sign(claims())
    assert "elsewhere.example" not in arrive(browser, token, next=asked).content.decode()
    assert go_on(browser, token, next=asked).url == reverse("people:start")


def test_used_tokens_are_forgotten_once_they_have_ended(carol, browser):
    past = clock.machine_now()
    HandoverUse.objects.create(token_index="old", ends_at=past)
    token = sign(claims())
    arrive(browser, token)
    go_on(browser, token)
    assert not HandoverUse.objects.filter(token_index="old").exists()
    assert HandoverUse.objects.count() == 1


def test_a_house_without_the_provinces_key_has_no_such_page(carol, browser, settings):
    settings.HANDOVER_KEYS = ""
    assert arrive(browser, sign(claims())).status_code == 404
    assert browser.get(reverse("people:handover")).status_code == 405


def test_the_personal_number_is_neither_in_an_address_nor_kept(carol, browser):
    token = sign(claims())
    arrive(browser, token)
    done = go_on(browser, token)
    assert identity_number(1) not in done.url
    assert PASSWORD not in str(AuditRow.objects.values_list("details", flat=True))
    assert identity_number(1) not in str(list(AuditRow.objects.values())) + str(list(HandoverUse.objects.values()))
