"""Rings that a run found, one of them as a clock."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from zhoudao.core.audit.tests.acting import client_of
from zhoudao.desk.findings import actions as findings
from zhoudao.desk.findings import searching
from zhoudao.desk.findings.models import Finding
from zhoudao.desk.money.queries.rings import DETECTOR, ring_page, rings_page
from zhoudao.desk.money.tests.made import AN, BO, CE, NAMES
from zhoudao.engines.detection import detectors

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ring(ledger, case, mei) -> Finding:
    run = findings.start_run(mei, case.number, detectors()[DETECTOR], {})
    searching.run(run.pk)
    return Finding.objects.get(run=run, rows=3)


def test_a_ring_is_listed_and_told_hop_by_hop(ring, case, mei):
    assert [each.pk for each in rings_page(mei, case.number, 1).page] != []
    found = ring_page(mei, case.number, ring.pk)
    assert found is not None
    assert [hop.row["target_account"] for hop in found.hops] == [BO, CE, AN]
    assert [hop.kept_from for hop in found.hops] == [None, 89, 88]
    assert found.origin is not None
    assert found.origin.account == AN


def test_its_page_shows_the_clock_and_opens_every_raw_line(ring, case, mei):
    page = client_of(mei).get(f"/desk/cases/{case.number}/money/rings/{ring.pk}/").content.decode()
    assert "money-clock" in page
    for n in (1, 2, 3):
        assert f"/ledger/row/{n:016x}/" in page


def test_it_is_taken_out_as_a_picture(ring, case, mei):
    answer = client_of(mei).get(f"/desk/cases/{case.number}/money/rings/{ring.pk}/picture/svg/")
    told = "".join(ET.fromstring(answer.content).itertext())
    assert NAMES[BO] in told
    assert "2 小时" in told


def test_a_finding_that_is_no_ring_has_no_clock(ring, case, mei):
    assert ring_page(mei, case.number, ring.pk + 1000) is None
    assert client_of(mei).get(f"/desk/cases/{case.number}/money/rings/999999/").status_code == 404


def test_before_anybody_searched_the_page_says_how(ledger, case, mei):
    page = client_of(mei).get(f"/desk/cases/{case.number}/money/rings/").content.decode()
    assert "还没有查找过资金回环" in page
