"""What is past its term is erased, whole, and only that; the report says how much, and the trail stays whole."""

import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Forbidden, Role
from zhoudao.core.audit import queries as audit
from zhoudao.core.audit.models import PseudonymKey
from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.files import actions as files
from zhoudao.core.files import store
from zhoudao.core.files.models import StoredFile
from zhoudao.core.people.models import Resident
from zhoudao.counter.applications import rules
from zhoudao.counter.applications.actions import drafting, erasing
from zhoudao.counter.applications.commands import applications
from zhoudao.counter.applications.models import (
    Application,
    Draft,
    ErasureRun,
    Event,
    Paper,
    RegisterAnswer,
    Submission,
)
from zhoudao.counter.applications.queries.retention import retention
from zhoudao.counter.applications.tests import life

pytestmark = pytest.mark.django_db
YEARS = 10
AFTER = life.MONDAY.replace(year=life.MONDAY.year + YEARS) + timedelta(days=40)


@pytest.fixture(autouse=True)
def store_folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def world():
    with clock.at(life.MONDAY):
        return life.build()


def refused(world, words="地址与登记不符"):
    """One that is over, with a file, words and what a register said."""
    number = life.accepted(world)
    application = Application.objects.get(number=number)
    content = files.receive(life.picture())
    stored = files.keep(SYSTEM, content, room="applications", subject=f"papers:{application.uid}")
    Paper.objects.filter(uid=application.uid, material="photo").update(file=stored, state="file")
    RegisterAnswer.objects.create(
        application=application, register="population", verdict="agrees", facts='{"since": "2020-01-01"}',
        at=clock.now(),
    )  # fmt: skip
    Event.objects.filter(application=application).update(words=words)
    now = clock.now()
    Application.objects.filter(pk=application.pk).update(
        status="refused", decided_at=now, finished_at=now, waits_for=None, turn_at=None
    )
    return Application.objects.get(pk=application.pk)


def stored_texts():
    """Everything this room holds about what people said, as its columns are opened."""
    return (
        list(Submission.objects.values_list("answers", flat=True)),
        [words for words in Event.objects.values_list("words", flat=True) if words],
        list(RegisterAnswer.objects.values_list("facts", flat=True)),
    )


def test_what_is_past_its_term_goes_and_the_row_stays_for_the_counts(world, store_folder):
    with clock.at(life.MONDAY):
        old = refused(world)
    address = StoredFile.objects.get().address
    with clock.at(AFTER):
        run = erasing.erase(SYSTEM)
    assert (run.applications, run.papers, run.by_item) == (1, 2, {life.PERMIT: 1})
    left = Application.objects.get(pk=old.pk)
    assert (left.item, left.district, left.status, left.received_at) == (
        old.item, old.district, old.status, old.received_at,
    )  # fmt: skip
    assert (left.applicant, left.resident_id, left.submitted_by_id, left.certificate) == (
        "erased",
        None,
        None,
        "",
    )
    assert left.erased_at == AFTER
    assert stored_texts() == ([], [], [])
    assert not Paper.objects.exists()
    assert not StoredFile.objects.exists()
    assert store.path_of(address).exists()  # as young as the test's disk: the next sweep takes it
    assert audit.verify(SYSTEM).whole


def test_its_file_leaves_the_disk_with_it(world, store_folder):
    import os

    with clock.at(life.MONDAY):
        refused(world)
    path = store.path_of(StoredFile.objects.get().address)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    with clock.at(AFTER):
        run = erasing.erase(SYSTEM)
    assert run.contents == 1
    assert not [each for each in store_folder.rglob("*") if each.is_file()]


def test_what_is_within_its_term_or_not_over_stays(world):
    with clock.at(life.MONDAY):
        running = life.accepted(world)
        over = refused(world)
    before = stored_texts()
    for moment in (AFTER - timedelta(days=41), life.MONDAY):
        with clock.at(moment):
            assert erasing.erase(SYSTEM).applications == 0
    assert stored_texts() == before
    with clock.at(AFTER):
        assert erasing.erase(SYSTEM).applications == 1
        assert erasing.erase(SYSTEM).applications == 0
    assert Application.objects.get(number=running).erased_at is None
    assert Application.objects.get(pk=over.pk).erased_at == AFTER
    assert Submission.objects.filter(application__number=running).exists()


def test_a_draft_never_submitted_goes_with_its_papers(world):
    with clock.at(life.MONDAY):
        draft = drafting.begin(world.resident, life.PERMIT)
        drafting.hand_in(world.resident, draft.uid, "photo", life.picture())
    with clock.at(life.MONDAY + timedelta(days=rules.DRAFT_DAYS, minutes=1)):
        assert retention(SYSTEM).drafts == 1
        assert erasing.erase(SYSTEM).drafts == 1
    assert not Draft.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_person_with_nothing_left_here_goes_from_the_trail_too(world):
    """One with an account, or with another application, keeps their key: they are still served."""
    Resident.objects.filter(pk=world.person.pk).update(user=None)
    key = f"resident:{world.person.pk}"
    with clock.at(life.MONDAY):
        refused(world)
        with erasing.act(SYSTEM, rules.ERASE, subject=key):
            pass
    with clock.at(life.MONDAY + timedelta(days=1)):
        later = refused(world)
    first_term = rules.over_before(AFTER, -YEARS)
    assert first_term > AFTER
    Application.objects.filter(pk=later.pk).update(finished_at=AFTER - timedelta(days=1))
    with clock.at(AFTER):
        assert erasing.erase(SYSTEM).persons == 0
    assert PseudonymKey.objects.filter(person=key).exists()
    with clock.at(AFTER.replace(year=AFTER.year + YEARS)):
        assert erasing.erase(SYSTEM).persons == 1
    assert not PseudonymKey.objects.filter(person=key).exists()
    found = audit.verify(SYSTEM)
    assert (found.verdict.problem, found.whole) == (None, True)


def test_a_run_that_dies_has_erased_whole_applications_only(world, monkeypatch):
    monkeypatch.setattr(erasing, "BATCH", 1)
    with clock.at(life.MONDAY):
        for _ in range(3):
            refused(world)
    papers, calls = erasing._erase_papers, []

    def die_at_the_second(uids):
        calls.append(uids)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return papers(uids)

    monkeypatch.setattr(erasing, "_erase_papers", die_at_the_second)
    with clock.at(AFTER), pytest.raises(KeyboardInterrupt):
        erasing.erase(SYSTEM)
    left = Application.objects.filter(erased_at=None)
    assert left.count() == 2
    assert Submission.objects.filter(application__in=left).count() == 2
    monkeypatch.setattr(erasing, "_erase_papers", papers)
    with clock.at(AFTER):
        assert erasing.erase(SYSTEM).applications == 2


def test_a_certificate_that_is_valid_for_longer_keeps_it(world):
    program = life.read_file(life.ITEMS / "household/residence-permit.yaml").item.program
    longer = program.certificate.model_copy(update={"valid_months": 12 * YEARS + 1})
    assert rules.term_years(program) == YEARS
    assert rules.term_years(program.model_copy(update={"certificate": longer})) == YEARS + 1
    assert rules.term_years(program.model_copy(update={"keep_years": 3, "certificate": None})) == 3


@pytest.mark.parametrize(
    ("now", "years", "before"),
    [("2028-02-29T10:00", 1, "2027-02-28T10:00"), ("2036-11-23T10:00", 10, "2026-11-23T10:00")],
)
def test_terms_count_years_of_the_calendar(now, years, before):
    moment = datetime.fromisoformat(now).replace(tzinfo=CITY_ZONE)
    assert rules.over_before(moment, years) == datetime.fromisoformat(before).replace(tzinfo=CITY_ZONE)


def test_the_command_says_first_what_it_would_erase(world):
    with clock.at(life.MONDAY):
        refused(world)
    with clock.at(AFTER):
        dry = CliRunner().invoke(applications, ["erase", "--dry-run", "--json"])
        assert json.loads(dry.stdout) == {
            "drafts": 0, "applications": 1,
            "terms": [{"item": life.PERMIT, "version": 1, "years": YEARS, "applications": 1}],
        }  # fmt: skip
        assert Application.objects.get().erased_at is None
        done = json.loads(CliRunner().invoke(applications, ["erase", "--json"]).stdout)
    assert (done["applications"], done["papers"], done["by_item"]) == (1, 2, {life.PERMIT: 1})
    assert ErasureRun.objects.count() == 1


def test_nobody_erases_but_the_platform(world):
    for actor in (world.administrator, world.supervisor, world.clerk, world.resident):
        with pytest.raises(Forbidden):
            erasing.erase(actor)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_the_page_shows_what_is_due_and_the_reports(world, visit, role):
    with clock.at(life.MONDAY):
        refused(world)
    browser = visit(role)
    with clock.at(AFTER):
        page = browser.get(reverse("applications:retention")).content.decode()
        assert 'data-label="保存年限">10<' in page
        erasing.erase(SYSTEM)
        page = browser.get(reverse("applications:retention")).content.decode()
    assert "没有超过保存期限的内容" in page
    assert page.count('data-label="申请"') == 1


def test_it_looks_up_what_is_due_by_its_index(world):
    with clock.at(life.MONDAY):
        refused(world)
    with clock.at(AFTER):
        waiting = Application.objects.filter(
            erased_at=None,
            finished_at__isnull=False,
            item=life.PERMIT,
            item_version=1,
            finished_at__lt=clock.now(),
        )
    if connection.vendor == "sqlite":
        assert "application_by_term" in waiting.explain()
