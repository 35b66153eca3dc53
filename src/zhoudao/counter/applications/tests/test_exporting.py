"""A list leaves the platform with a reason, a second person's approval, and who took it on every row and page."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override
from pypdf import PdfReader

from zhoudao.core import clock
from zhoudao.core.access import Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.city.tests.here import DISTRICT, OTHER_DISTRICT
from zhoudao.core.people.models import Resident
from zhoudao.counter.applications import actions, lists, rules
from zhoudao.counter.applications.models import ExportRequest
from zhoudao.counter.applications.problems import Conflict, NotFound, Unusable
from zhoudao.counter.applications.tests import life

pytestmark = pytest.mark.django_db
REASON = "市局年度抽查，核对办理时限"
DAY = life.MONDAY.date()


@pytest.fixture
def world():
    with clock.at(life.MONDAY):
        world = life.build()
        for _ in range(3):
            life.submitted(world)
    return world


def asked(world, by=None, **changes):
    given = {"district": DISTRICT, "item": "", "first": DAY, "last": DAY, "reason": REASON, **changes}
    return actions.ask_export(by or world.reviewer, **given)


def approved(world):
    request = asked(world)
    return actions.decide_export(world.supervisor, request.pk, approve=True)


def test_it_takes_two_persons_and_a_reason(world):
    with clock.at(life.TUESDAY):
        request = asked(world)
        assert (request.number, request.rows) == (f"E{request.pk:06d}", 3)
        with pytest.raises(Conflict):
            actions.take_export(world.reviewer, request.pk, "csv")
        actions.decide_export(world.supervisor, request.pk, approve=True)
        taken = actions.take_export(world.reviewer, request.pk, "csv")
    assert [row.applicant for row in taken.rows] == ["甲测试"] * 3
    ask, decide, take = AuditRow.objects.filter(action__contains="_export", outcome="done").order_by(
        "sequence"
    )
    assert (ask.purpose, take.purpose) == (REASON, REASON)
    assert '"approved":true' in decide.details
    assert '"rows":3' in take.details
    assert "甲测试" not in take.details


def test_asked_twice_in_the_same_words_it_is_one_request(world):
    with clock.at(life.TUESDAY):
        first, again = asked(world), asked(world)
        other = asked(world, reason=REASON + "之二")
        actions.decide_export(world.supervisor, first.pk, approve=False, words="范围太大")
        anew = asked(world)
    assert first.pk == again.pk
    assert len({first.pk, other.pk, anew.pk}) == ExportRequest.objects.count() == 3


def test_who_asked_never_decides(world):
    with clock.at(life.TUESDAY):
        own = asked(world, by=world.supervisor)
        with pytest.raises(Unusable):
            actions.decide_export(world.supervisor, own.pk, approve=True)
        actions.decide_export(life.officer(Role.SUPERVISOR), own.pk, approve=True)
        assert len(actions.take_export(world.supervisor, own.pk, "pdf").rows) == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportRequest.objects.filter(pk=own.pk).update(decided_by=own.asked_by)


def test_another_persons_list_is_not_there(world):
    with clock.at(life.TUESDAY):
        request = approved(world)
        for other in (world.second, world.supervisor):
            with pytest.raises(NotFound):
                actions.take_export(other, request.pk, "csv")
        with pytest.raises(Forbidden):
            actions.take_export(world.other, request.pk, "csv")


def test_an_approval_runs_out_and_a_refusal_gives_nothing(world):
    with clock.at(life.TUESDAY):
        request = approved(world)
        refused = actions.decide_export(
            world.supervisor, asked(world).pk, approve=False, words="用统计表即可"
        )
        with pytest.raises(Conflict):
            actions.take_export(world.reviewer, refused.pk, "csv")
        with pytest.raises(Conflict):
            actions.decide_export(world.supervisor, refused.pk, approve=True)
    with clock.at(life.TUESDAY + timedelta(days=rules.EXPORT_DAYS)), pytest.raises(Conflict):
        actions.take_export(world.reviewer, request.pk, "csv")


@pytest.mark.parametrize(
    "changes",
    [{"reason": "要"}, {"reason": "长" * 301}, {"last": DAY - timedelta(days=1)}, {"item": "name-change"}],
)
def test_what_is_not_asked_for_properly_is_not_kept(world, changes):
    with clock.at(life.TUESDAY), pytest.raises(Unusable):
        asked(world, **changes)
    assert not ExportRequest.objects.exists()


def test_no_more_than_a_person_can_look_after(world, monkeypatch):
    monkeypatch.setattr("zhoudao.counter.applications.actions.exporting.MOST_EXPORTED", 2)
    with clock.at(life.TUESDAY), pytest.raises(Unusable):
        asked(world)


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.REVIEWER, Role.SUPERVISOR, Role.SYSTEM)]
)
def test_other_roles_ask_and_decide_nothing(world, role):
    request = asked(world)
    actor = life.officer(role)
    with pytest.raises(Forbidden):
        asked(world, by=actor)
    with pytest.raises(Forbidden):
        actions.decide_export(actor, request.pk, approve=True)


def test_a_reviewer_decides_nothing_and_nobody_asks_elsewhere(world):
    request = asked(world)
    with pytest.raises(Forbidden):
        actions.decide_export(world.second, request.pk, approve=True)
    with pytest.raises(Forbidden):
        asked(world, district=OTHER_DISTRICT)
    with pytest.raises(Forbidden):
        actions.decide_export(life.officer(Role.SUPERVISOR, OTHER_DISTRICT), request.pk, approve=True)


def test_every_row_says_who_took_it_and_no_cell_is_a_formula(world):
    Resident.objects.filter(pk=world.person.pk).update(name="=HYPERLINK(1)")
    with clock.at(life.TUESDAY):
        request = approved(world)
        taken = actions.take_export(world.reviewer, request.pk, "csv")
    with override("zh-hans"):
        table = list(csv.reader(io.StringIO(lists.as_csv(taken, {}, "zh-hans").decode("utf-8-sig"))))
    said = f"由 {request.asked_by.staff_number} 于 2026-11-24 10:00 导出，审批号 {request.number}"
    assert len(table) == 4
    assert [row[-1] for row in table[1:]] == [said] * 3
    assert {row[2] for row in table[1:]} == {"'=HYPERLINK(1)"}


def test_every_page_says_who_took_it(world):
    with clock.at(life.MONDAY):
        for _ in range(60):
            life.submitted(world)
    with clock.at(life.TUESDAY):
        request = approved(world)
        taken = actions.take_export(world.reviewer, request.pk, "pdf")
    with override("en"):
        pages = PdfReader(io.BytesIO(lists.as_pdf(taken, {}, "en"))).pages
        said = lists.mark(taken)
    assert len(pages) > 1
    assert request.number in said
    for page in pages:
        assert "".join(page.extract_text().split()).count("".join(said.split())) >= 2


def test_the_page_leads_from_asking_to_taking(world, visit):
    browser = visit(Role.SUPERVISOR, DISTRICT)
    with clock.at(life.TUESDAY):
        theirs = asked(world)
        given = {"district": DISTRICT, "item": "", "first": str(DAY), "last": str(DAY), "reason": REASON}
        assert browser.post(reverse("applications:ask_export"), given).status_code == 302
        own = ExportRequest.objects.latest("pk")
        decide = reverse("applications:decide_export", args=[theirs.pk])
        page = browser.get(reverse("applications:exports")).content.decode()
        assert decide in page
        assert reverse("applications:decide_export", args=[own.pk]) not in page
        browser.post(decide, {"decision": "approve", "words": "可以"})
        actions.decide_export(world.supervisor, own.pk, approve=True)
        page = browser.get(reverse("applications:exports")).content.decode()
        take = reverse("applications:take_export_csv", args=[own.pk])
        assert take in page
        table = browser.post(take)
        assert table["Content-Disposition"] == f'attachment; filename="{own.number}.csv"'
        assert table.content.decode().count(own.number) == 3
        paper = browser.post(reverse("applications:take_export_pdf", args=[own.pk]))
        assert paper.content.startswith(b"%PDF")
    theirs.refresh_from_db()
    own.refresh_from_db()
    assert (theirs.approved, theirs.words, own.taken) == (True, "可以", 2)


def test_a_reviewer_sees_only_their_own(world, visit):
    with clock.at(life.TUESDAY):
        asked(world)
        page = visit(Role.REVIEWER, DISTRICT).get(reverse("applications:exports")).content.decode()
    assert REASON not in page
