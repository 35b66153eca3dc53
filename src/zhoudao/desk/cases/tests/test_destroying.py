"""Destroying a case: closed, past its retention, not held, and by two officers; a signed certificate stays."""

import json
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhoudao.core import clock
from zhoudao.core.access import Forbidden, Role
from zhoudao.core.audit import signing
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.look.refusals import Conflict
from zhoudao.desk.cases import actions, gate, vault
from zhoudao.desk.cases.actions import Paper
from zhoudao.desk.cases.actions.destroying import SIGNED
from zhoudao.desk.cases.models import Case, CaseKey, Deletion, Document, Member
from zhoudao.desk.cases.rules import DocumentKind

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = date(2027, 6, 30)
DUE = datetime(2027, 7, 1, 9, tzinfo=CITY_ZONE)


@pytest.fixture
def closed(case, mei) -> Case:
    scan = SimpleUploadedFile("回函.pdf", b"%PDF-1.7 answer")
    actions.add_document(mei, case.number, DocumentKind.ANSWER, Paper("回函1号", scan=scan))
    actions.close(mei, case.number, KEPT)
    return Case.objects.get(pk=case.pk)


def test_two_officers_destroy_it_and_a_certificate_stays(closed, mei, officer, settings):
    folder = settings.VAULTS_DIR / closed.vault
    assert any(folder.rglob("*"))
    with clock.at(DUE):
        actions.propose_destruction(mei, closed.number, "样公销字〔2027〕1号", "保存期满")
        chief = officer("chief", Role.COMMANDER)
        actions.confirm_destruction(chief, closed.number)
    assert not folder.exists()
    assert not CaseKey.objects.exists()
    assert not Document.objects.exists()
    assert not Member.objects.exists()
    left = Case.objects.get(pk=closed.pk)
    assert (left.number, str(left.title), str(left.purpose)) == (closed.number, "", "")
    with pytest.raises(vault.VaultGone):
        vault.of(left)

    told = json.loads(Deletion.objects.get().certificate)
    assert told["files"] == 2
    assert told["proposed_by"]["name"] == "警官mei"
    assert told["destroyed_by"]["name"] == "警官chief"
    signature, _key = bytes.fromhex(told.pop("signature")), told.pop("key")
    signed = SIGNED + json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    signing.private_key().public_key().verify(signature, signed)  # raises when it does not fit
    page = client_of(chief).get(f"/desk/cases/destroyed/{closed.number}/").content.decode()
    assert told["names_sha256"] in page


def test_nobody_destroys_what_they_proposed(closed, mei):
    with clock.at(DUE):
        actions.propose_destruction(mei, closed.number, "样公销字〔2027〕1号", "保存期满")
        with pytest.raises(Conflict):
            actions.confirm_destruction(mei, closed.number)
    assert CaseKey.objects.exists()


def test_an_open_a_held_and_a_young_case_stay(case, mei, officer):
    with clock.at(datetime(2026, 12, 1, tzinfo=CITY_ZONE)), pytest.raises(Conflict):
        actions.propose_destruction(mei, case.number, "1", "早")
    actions.close(mei, case.number, KEPT)
    with pytest.raises(Conflict):
        actions.propose_destruction(mei, case.number, "1", "早")
    actions.hold(mei, case.number, "另案需要")
    with clock.at(DUE), pytest.raises(Conflict):
        actions.propose_destruction(mei, case.number, "1", "期满")
    assert officer("chief", Role.COMMANDER)


def test_a_hold_put_between_proposal_and_confirmation_stops_it(closed, mei, officer):
    with clock.at(DUE):
        actions.propose_destruction(mei, closed.number, "1", "期满")
    actions.hold(mei, closed.number, "另案需要")
    with clock.at(DUE), pytest.raises(Conflict):
        actions.confirm_destruction(officer("chief", Role.COMMANDER), closed.number)
    assert vault.of(closed).names()


def test_only_the_roles_that_may_and_only_what_was_proposed(closed, officer):
    with pytest.raises(gate.NoSuchCase):
        actions.confirm_destruction(officer("chief", Role.COMMANDER), closed.number)
    with pytest.raises(Forbidden):
        actions.confirm_destruction(officer("tao", Role.TAX_OFFICER), closed.number)
