"""Signing in with a provider's word, against a provider that runs as its own process."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.people.models import ProviderLink, ProviderSession, User
from zhoudao.core.people.providers import protocol
from zhoudao.core.people.tests.cast import PASSWORD, Visit, identity_number
from zhoudao.core.people.tests.provider import CLIENT, SECRET, running

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def process():
    with running() as remote:
        yield remote


@pytest.fixture
def provider(process, settings):
    """The portal and the police network, both the same process; as it was at its start."""
    protocol.forget()
    claims = {"sub": "subject-1", "sid": "session-1", "id_number": identity_number(1), "staff_number": "120001"}
    process.tell(claims=claims, skew=0, deny=False, down=False, sign={})
    known = {"issuer": process.issuer, "client": CLIENT, "secret": SECRET}
    settings.SIGN_IN_PROVIDERS = {
        "portal": {**known, "claim": "id_number"},
        "network": {**known, "claim": "staff_number"},
    }
    return process


def leave(client: Client, name: str = "portal", **question: str):
    return client.get(reverse("people:provider", args=[name]), question)


def sign_in(client: Client, provider, name: str = "portal", **question: str):
    """There, agreed, and back."""
    back = urlsplit(provider.agree(leave(client, name, **question).url))
    return client.get(f"{back.path}?{back.query}")


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("people:start")).status_code == 200


def refusals() -> list[str]:
    rows = AuditRow.objects.filter(outcome="refused").order_by("sequence")
    return [json.loads(row.details)["why"] for row in rows]


# Residents ------------------------------------------------------------------------------------------------------------


def test_a_resident_signs_in_with_the_portal_and_is_linked_once(carol, provider, client):
    done = sign_in(client, provider, next="/items/")
    assert (done.status_code, done.url) == (302, "/items/")
    assert is_signed_in(client)
    other = Client()
    assert sign_in(other, provider).status_code == 302
    assert is_signed_in(other)
    assert ProviderLink.objects.get().user_id == carol.user_id
    assert "subject-1" not in repr(list(ProviderLink.objects.values_list("subject_index", flat=True)))


def test_once_linked_the_number_is_not_needed_any_more(carol, provider, client):
    sign_in(client, provider)
    provider.tell(claims={"sub": "subject-1", "sid": "session-2"})
    other = Client()
    sign_in(other, provider)
    assert is_signed_in(other)


def test_the_sign_in_page_offers_what_the_settings_name(provider, client, settings):
    page = client.get(reverse("people:sign_in"), {"next": "/items/"}).content.decode()
    assert f"{reverse('people:provider', args=['portal'])}?next=/items/" in page
    for each in settings.SIGN_IN_PROVIDERS.values():
        each["issuer"] = ""
    assert reverse("people:provider", args=["portal"]) not in client.get(reverse("people:sign_in")).content.decode()
    assert leave(client).status_code == 404


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"sub": "s", "id_number": identity_number(2)}, "no_account"),
        ({"sub": "s", "id_number": "12"}, "no_account"),
        ({"sub": "s"}, "no_account"),
    ],
)
def test_whom_nobody_here_knows_is_told_so(claims, why, carol, provider, client):
    provider.tell(claims=claims)
    assert sign_in(client, provider).status_code == 403
    assert not is_signed_in(client)
    assert refusals() == [why]
    assert not ProviderLink.objects.exists()


def test_a_closed_account_stays_closed(carol, provider, client):
    sign_in(client, provider)
    User.objects.filter(pk=carol.user_id).update(is_active=False)
    other = Client()
    assert sign_in(other, provider).status_code == 403
    assert refusals() == ["not_opened"]


# Staff ----------------------------------------------------------------------------------------------------------------


def test_staff_still_show_their_second_factor(staff, provider, client):
    staff(Role.CLERK, staff_number="120001")
    done = sign_in(client, provider, "network")
    assert done.url == reverse("people:second_factor")
    assert not is_signed_in(client)
    Visit(client).show_code()
    assert is_signed_in(client)


def test_a_first_password_never_chosen_is_worth_nothing_afterwards(staff, provider, client):
    clerk = staff(Role.CLERK, staff_number="120001")
    User.objects.filter(pk=clerk.pk).update(must_change_password=True)
    sign_in(client, provider, "network")
    Visit(client).show_code()
    assert is_signed_in(client)
    assert Visit(Client()).sign_in(clerk.username, PASSWORD).status_code == 200, "the page again, not signed in"


def test_of_two_accounts_we_cannot_know_which(staff, provider, client):
    staff(Role.CLERK, staff_number="120001")
    staff(Role.REVIEWER, staff_number="120001")
    assert sign_in(client, provider, "network").status_code == 403
    assert refusals() == ["no_account"]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR])
def test_the_three_administrators_never_sign_in_so(role, staff, provider, client):
    staff(role, staff_number="120001")
    assert sign_in(client, provider, "network").status_code == 403
    assert not ProviderLink.objects.exists()


def test_a_role_that_changes_closes_the_door_again(staff, provider, client):
    clerk = staff(Role.CLERK, staff_number="120001")
    sign_in(client, provider, "network")
    User.objects.filter(pk=clerk.pk).update(role=Role.AUDITOR)
    assert sign_in(Client(), provider, "network").status_code == 403
    assert refusals() == ["not_opened"]


# What can't be relied on ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sign",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"stranger": True},
        {"claims": {"iss": "http://elsewhere"}},
        {"claims": {"aud": "somebody else"}},
        {"claims": {"nonce": "another sign-in's"}},
        {"claims": {"sub": None}},
    ],
)
def test_a_token_that_is_not_the_providers_own_is_refused(sign, carol, provider, client):
    provider.tell(sign=sign)
    assert sign_in(client, provider).status_code == 403
    assert not is_signed_in(client)
    assert refusals() == ["token"]


@pytest.mark.parametrize(("skew", "taken"), [(-350, True), (-370, False), (50, True), (70, False)])
def test_clocks_may_differ_by_a_minute(skew, taken, carol, provider, client):
    """A token lives for 300 seconds: it may be 360 old, and 60 ahead."""
    provider.tell(skew=skew)
    sign_in(client, provider)
    assert is_signed_in(client) is taken
    assert refusals() == ([] if taken else ["token"])


def test_keys_may_change_at_any_time(carol, provider, client, monkeypatch):
    sign_in(client, provider)
    provider.tell(rotate=True)
    monkeypatch.setattr(protocol, "ASK_AGAIN_SECONDS", 0)
    other = Client()
    sign_in(other, provider)
    assert is_signed_in(other)


def test_a_key_nobody_knows_does_not_make_us_ask_without_end(carol, provider, client, monkeypatch):
    sign_in(client, provider)
    provider.tell(rotate=True)
    assert sign_in(Client(), provider).status_code == 403, "asked a moment ago"
    assert refusals() == ["token"]


def test_a_provider_that_is_down_is_said_and_the_password_still_works(carol, provider, client):
    provider.tell(down=True)
    answered = leave(client)
    assert answered.status_code == 503
    assert reverse("people:sign_in") in answered.content.decode()
    assert refusals() == ["down"]


def test_a_provider_that_goes_down_on_the_way(carol, provider, client):
    there = leave(client).url
    back = urlsplit(provider.agree(there))
    provider.tell(down=True)
    assert client.get(f"{back.path}?{back.query}").status_code == 503
    assert not is_signed_in(client)


def test_who_does_not_agree_there_is_not_signed_in(carol, provider, client):
    provider.tell(deny=True)
    assert sign_in(client, provider).status_code == 403
    assert refusals() == ["denied"]


def test_a_code_of_another_browser_is_worth_nothing(carol, provider, client):
    back = urlsplit(provider.agree(leave(client).url))
    thief = Client()
    assert thief.get(f"{back.path}?{back.query}").status_code == 403
    leave(thief)
    assert thief.get(f"{back.path}?{back.query}").status_code == 403
    assert not is_signed_in(thief)
    assert refusals() == ["step", "step"]


def test_the_same_answer_twice_is_refused(carol, provider, client):
    back = urlsplit(provider.agree(leave(client).url))
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert client.get(f"{back.path}?{back.query}").status_code == 403


def test_an_answer_that_took_too_long_is_refused(carol, provider, client, monkeypatch):
    back = urlsplit(provider.agree(leave(client).url))
    now = clock.machine_now()
    monkeypatch.setattr(clock, "machine_now", lambda: now + timedelta(seconds=601))
    assert client.get(f"{back.path}?{back.query}").status_code == 403
    assert refusals() == ["step"]


# Signing out everywhere -----------------------------------------------------------------------------------------------


def told_out(provider, name: str = "portal", **claims: str):
    token = provider.tell(logout=claims)
    return Client().post(reverse("people:provider_signed_out", args=[name]), {"logout_token": token})


def test_signing_out_there_ends_the_session_here(carol, provider, client):
    sign_in(client, provider)
    provider.tell(claims={"sub": "subject-1", "sid": "session-2"})
    other = Client()
    sign_in(other, provider)
    assert told_out(provider, sid="session-1").status_code == 200
    assert (is_signed_in(client), is_signed_in(other)) == (False, True)
    assert told_out(provider, sub="subject-1").status_code == 200
    assert not is_signed_in(other)
    assert not ProviderSession.objects.exists()


def test_it_ends_a_session_that_went_on_after_the_second_factor(staff, provider, client):
    staff(Role.CLERK, staff_number="120001")
    sign_in(client, provider, "network")
    Visit(client).show_code()
    assert is_signed_in(client)
    assert told_out(provider, "network", sid="session-1").status_code == 200
    assert not is_signed_in(client)


def test_signing_out_here_goes_on_to_the_provider(carol, provider, client):
    sign_in(client, provider)
    done = client.post(reverse("people:sign_out"))
    expected = urlencode({"client_id": CLIENT, "post_logout_redirect_uri": "http://testserver/"})
    assert done.url == f"{provider.issuer}/end?{expected}"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "sign", [{"stranger": True}, *({"claims": each} for each in ({"aud": "other"}, {"nonce": "n"}, {"events": {}}))]
)
def test_only_the_provider_itself_ends_sessions(sign, carol, provider, client):
    sign_in(client, provider)
    provider.tell(sign=sign)
    assert told_out(provider, sub="subject-1").status_code == 400
    assert is_signed_in(client)


def test_nonsense_ends_nothing(carol, provider, client):
    sign_in(client, provider)
    for body in ({}, {"logout_token": "x.y.z"}, {"logout_token": "\0"}):
        answered = Client().post(reverse("people:provider_signed_out", args=["portal"]), body)
        assert answered.status_code == 400
    assert is_signed_in(client)
