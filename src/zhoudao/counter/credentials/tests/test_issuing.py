"""An approved application gets its certificate: once, signed, sealed, numbered, and its holder is told."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Forbidden
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.city.tests.here import DISTRICT
from zhoudao.core.outbox import notices
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.people.models import Resident
from zhoudao.counter.applications import ports
from zhoudao.counter.applications.ports import Grant
from zhoudao.counter.credentials import actions, rules
from zhoudao.counter.credentials.actions import BadGrant, NotNow
from zhoudao.counter.credentials.models import Credential, Kind, SigningKey
from zhoudao.counter.credentials.tests.conftest import CARD, ELSEWHERE, LICENCE, PERMIT, REVIEWER, SUPERVISOR
from zhoudao.engines.seals import certificate

pytestmark = pytest.mark.django_db


def test_the_room_below_reaches_it_through_its_port(carol):
    issued = ports.certificates().issue(REVIEWER, Grant("A1", DISTRICT, resident_id=carol.pk), PERMIT)
    assert issued.new
    assert rules.is_number(issued.number)


def test_it_is_signed_and_says_who_holds_what(permit, verdict_on):
    credential = permit()
    actions.publish_list(SYSTEM)
    assert verdict_on(credential) == "valid"
    said = certificate.open_payload(certificate.read(str(credential.text)).payload)
    assert (said.name, said.type, said.number) == ("张小三", "residence-permit", credential.number)
    assert said.document.count("*") == 16
    assert said.index == credential.pk
    assert said.endorsed_until == clock.local(rules.months_later(clock.now(), 12))


def test_asked_twice_it_gives_the_one_it_issued(permit):
    first, second = permit(), permit()
    assert first == second
    assert Credential.objects.count() == 1
    assert OutboxMessage.objects.filter(name="credentials/issued").count() == 1


def test_another_application_gets_another(permit):
    assert permit("A1").number != permit("A2").number


def test_nothing_that_names_the_holder_is_in_the_open(permit):
    credential = permit("A1", LICENCE, facts={"address": "普陀区示例路1号"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, text, facts FROM credentials_credential WHERE id = %s", [credential.pk])
        row = cursor.fetchone()
        cursor.execute("SELECT secret FROM credentials_signingkey")
        secrets = [value for (value,) in cursor.fetchall()]
    assert all(value.startswith("k") and ":" in value for value in (*row, *secrets))
    assert "张小三" not in str(row)
    assert SigningKey.objects.get().secret not in secrets


def test_the_trail_and_the_holder_hear_of_it(permit, carol):
    credential = permit()
    row = AuditRow.objects.filter(action="credentials.issue").get()
    assert credential.number in row.details
    letter = OutboxMessage.objects.get(name="credentials/issued")
    told = json.loads(letter.letter)
    assert told["recipient"] == f"user:{carol.user_id}"
    assert told["values"]["kind"] == "浙江省居住证"
    assert "张小三" not in letter.letter


def test_without_an_account_the_holder_is_told_by_sms(permit, carol):
    Resident.objects.filter(pk=carol.pk).update(user=None)
    permit()
    assert OutboxMessage.objects.get(name="credentials/issued").channel == "sms"


def test_an_officer_of_another_district_may_not(permit, carol):
    with pytest.raises(Forbidden):
        actions.issue(ELSEWHERE, Grant("A1", DISTRICT, resident_id=carol.pk), PERMIT)
    assert not Credential.objects.exists()


def test_a_card_is_recorded_and_gets_no_code(permit):
    card = permit("A3", CARD, serial="L12345678")
    assert card.physical
    assert card.text == ""
    assert card.key is None
    assert card.serial == "L12345678"


@pytest.mark.parametrize(
    ("template", "changed", "said"),
    [
        (CARD, {}, "serial"),
        (PERMIT, {"serial": "L1"}, "serial"),
        (PERMIT, {"district": "elsewhere"}, "district"),
        (PERMIT, {"resident_id": 999_999}, "resident_id"),
        (PERMIT, {"organisation_id": 1}, "holder"),
        (PERMIT, {"resident_id": None}, "holder"),
        (PERMIT, {"resident_id": None, "organisation_id": 999_999}, "organisation_id"),
        (PERMIT, {"facts": {"salary": "1"}}, "facts"),
        (LICENCE, {"facts": {"address": "例\u202e"}}, "U\\+202E"),
    ],
)
def test_what_makes_no_certificate_is_refused_whole(carol, template, changed, said):
    grant = {"application": "A1", "district": DISTRICT, "resident_id": Resident.objects.get().pk} | changed
    with pytest.raises(BadGrant, match=said):
        actions.issue(SYSTEM, Grant(**grant), template)
    assert not Credential.objects.exists()
    assert not Kind.objects.exists()


def test_a_firm_is_named_with_its_credit_code(firm):
    issued = actions.issue(
        REVIEWER,
        Grant("A1", DISTRICT, organisation_id=firm.pk, facts={"address": "普陀区示例路1号"}),
        LICENCE,
    )
    said = certificate.open_payload(
        certificate.read(str(Credential.objects.get(number=issued.number).text)).payload
    )
    assert (said.name, said.document) == (firm.name, firm.credit_code)
    assert said.facts == {"address": "普陀区示例路1号"}


def test_facts_of_several_lines_are_one_line_and_empty_ones_go(permit):
    credential = permit("A1", LICENCE, facts={"address": " 普陀区\n示例路1号 "})
    assert json.loads(credential.facts) == {"address": "普陀区 示例路1号"}
    assert json.loads(permit("A2", LICENCE, facts={"address": " "}).facts) == {}


@pytest.mark.parametrize(
    "name",
    ["䶮𠮷㼆", "买买提·阿不都热依木·艾合买提江", "MAXIMILIAN ALEXANDER FRIEDRICH VON EXAMPLE-MUSTERHAUSEN"],
)
def test_rare_characters_and_long_names_go_through(permit, carol, name):
    carol.name = name
    carol.save()
    said = certificate.open_payload(certificate.read(str(permit().text)).payload)
    assert said.name == name


# Endorsing ------------------------------------------------------------------------------------------


def test_endorsed_late_it_is_in_force_again(permit, verdict_on):
    credential = permit()
    later = clock.now() + timedelta(days=400)
    with clock.at(later):
        actions.suspend_late(SYSTEM)
        actions.publish_list(SYSTEM)
        credential.refresh_from_db()
        assert (credential.state, credential.why) == ("suspended", "endorsement_late")
        assert verdict_on(credential) == "suspended"
        actions.endorse(REVIEWER, credential.number)
        actions.publish_list(SYSTEM)
        credential.refresh_from_db()
        assert credential.state == "valid"
        assert credential.endorsed_until == rules.months_later(later, 12)
        assert verdict_on(credential) == "valid"


def test_the_code_from_before_the_endorsement_says_suspended_for_itself(permit, verdict_on):
    credential = permit()
    before = str(credential.text)
    with clock.at(clock.now() + timedelta(days=300)):
        actions.endorse(REVIEWER, credential.number)
        actions.publish_list(SYSTEM)
    with clock.at(clock.now() + timedelta(days=370)):
        actions.publish_list(SYSTEM)
        credential.refresh_from_db()
        assert verdict_on(credential) == "valid"
        credential.text = before
        assert verdict_on(credential) == "suspended"


def test_what_cannot_be_endorsed(permit):
    with pytest.raises(NotNow, match="needs no"):
        actions.endorse(REVIEWER, permit("A2", LICENCE).number)
    credential = permit()
    actions.suspend(REVIEWER, credential.number, "reported lost")
    with pytest.raises(NotNow):
        actions.endorse(REVIEWER, credential.number)
    actions.revoke(SUPERVISOR, credential.number, "obtained by fraud")
    with pytest.raises(NotNow):
        actions.endorse(REVIEWER, credential.number)
    with pytest.raises(Forbidden):
        actions.endorse(VISITOR, credential.number)


def test_a_month_before_the_holder_is_reminded_once(permit):
    credential = permit()
    with clock.at(credential.endorsed_until - timedelta(days=20)):
        assert actions.remind_of_endorsements(SYSTEM) == 1
        assert actions.remind_of_endorsements(SYSTEM) == 0
    assert OutboxMessage.objects.filter(name="credentials/endorse_soon").count() == 1


def _issue_on_a_connection_of_its_own(grant: Grant) -> str:
    try:
        return actions.issue(REVIEWER, grant, PERMIT).number
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite has one writer, and the suite's is in memory"
)
def test_two_officers_at_once_issue_one(carol):
    """A double click, or two windows: one certificate, and both hear its number."""
    grant = Grant("A1", DISTRICT, resident_id=carol.pk)
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(_issue_on_a_connection_of_its_own, [grant] * 4))
    assert len(set(numbers)) == 1
    assert Credential.objects.count() == 1
    assert OutboxMessage.objects.filter(name="credentials/issued").count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["issued", "endorsed", "suspended", "reinstated", "revoked", "endorse_soon"])
def test_every_notice_has_its_words(name, language):
    values = {"number": "330920260000001X", "kind": "KIND", "until": "DAY", "late": True, "physical": False}
    said = notices.write(f"credentials/{name}", values, language)
    assert "KIND" in said.subject
    assert "330920260000001X" in said.text
    assert "{" not in said.subject + said.text
    assert bool(re.search("[一-龥]", said.subject)) == (language == "zh-hans")
