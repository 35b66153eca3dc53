"""From messy files to the ledger, as the worker does it: every row accounted for, every transfer with its sources."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.outbox.delivery import deliver_next
from zhoudao.desk.cases import vault
from zhoudao.desk.evidence import actions, queries
from zhoudao.desk.evidence.cleaning import engine, running
from zhoudao.desk.evidence.models import Cleaning, EvidenceFile
from zhoudao.desk.evidence.rules import CleaningState
from zhoudao.sample.case import files, story

pytestmark = pytest.mark.django_db(transaction=True)
STORY = story.tell(7)


def bring_in(mei, case, made: dict[str, bytes]) -> None:
    for name, content in made.items():
        upload = SimpleUploadedFile("x", content)
        upload.__dict__["_name"] = name
        actions.receive(mei, case.number, upload)


@pytest.fixture
def cleaned(case, mei) -> Cleaning:
    bring_in(mei, case, files.make(STORY))
    actions.start_cleaning(mei, case.number)
    while deliver_next():
        pass
    done = Cleaning.objects.get()
    assert done.state == CleaningState.DONE, str(done.problem)
    return done


def test_every_row_is_accounted_for_and_every_transfer_found(cleaned, case, mei):
    assert cleaned.accounting.balanced
    readable = len(STORY.transfers) - 1  # one counterparty was ruined by a spreadsheet, and refused
    assert cleaned.transfers == readable
    assert cleaned.refused == 1
    page = queries.ledger_page(mei, case.number, {})
    moved = sum(each.fen for each in STORY.transfers if not each.failed)
    [ruined] = queries.refused_page(mei, case.number, 0).rows
    assert ruined["reason"] == "counterparty_ruined"
    lost = [each.fen for each in STORY.transfers if not each.failed]
    assert moved - page.sums.by_currency[0].amount in lost
    assert page.sums.failed == sum(each.failed for each in STORY.transfers)


def test_two_banks_records_of_one_transfer_are_two_sources_and_both_open(cleaned, case, mei):
    first, third = STORY.ring[1], STORY.ring[2]  # the money goes from bank 甲 to bank 乙
    refs = {each["account"]: each["ref"] for each in queries.accounts_page(mei, case.number, "").accounts}
    page = queries.ledger_page(
        mei, case.number, {"account": refs[first.number], "counterparty": refs[third.number]}
    )
    row = queries.row_page(mei, case.number, page.page.rows[0]["transfer_id"])
    assert len(row.stands) == 2
    assert {stand.name.partition("/")[0].partition(" ")[0] for stand in row.stands} == {
        "样例甲银行",
        "样例乙银行",
    }
    amount = f"{row.row['amount'] / 100:.2f}"
    for stand in row.stands:
        wanted = next(line for line in stand.lines if line.wanted)
        assert amount in "".join(wanted.cells).replace(",", "").replace('"', "")


def test_the_page_shows_what_was_recognised_and_what_was_refused(cleaned, case, mei):
    browser = client_of(mei)
    page = browser.get(f"/desk/cases/{case.number}/evidence/").content.decode()
    assert f"{cleaned.rows_in:,}" in page
    refused = browser.get(f"/desk/cases/{case.number}/evidence/refused/").content.decode()
    assert "对方账号被电子表格损坏" in refused
    assert browser.get(f"/desk/cases/{case.number}/evidence/breaks/").status_code == 200
    for file in EvidenceFile.objects.filter(case=case):
        assert browser.get(f"/desk/cases/{case.number}/evidence/file/{file.pk}/").status_code == 200


def test_a_job_that_comes_again_changes_nothing(cleaned):
    running.run(cleaned.pk)
    assert Cleaning.objects.get().ended_at == cleaned.ended_at


def test_nothing_of_the_files_stays_opened_behind_the_worker(cleaned, case, settings):
    left = [path for path in settings.OPEN_VAULTS_DIR.rglob("*") if path.is_file()]
    assert not [path for path in left if ".work-" in str(path)]
    assert vault.of(case).has(f"{cleaned.folder}/ledger.parquet")


def test_cancelling_stops_the_engine_and_keeps_the_files(case, mei, monkeypatch):
    bring_in(mei, case, files.make(STORY))
    asked = actions.start_cleaning(mei, case.number)
    monkeypatch.setattr(running, "TELL_EVERY", -1)
    real = running._teller

    def teller(cleaning):
        progress, stop = real(cleaning)

        def first_then_cancel(share, what):
            actions.cancel_cleaning(mei, case.number)
            progress(share, what)

        return first_then_cancel, stop

    monkeypatch.setattr(running, "_teller", teller)
    running.run(asked.pk)
    assert Cleaning.objects.get().state == CleaningState.CANCELLED
    assert EvidenceFile.objects.count() == 6
    with pytest.raises(queries.NoLedger):
        queries.ledger_page(mei, case.number, {})


def test_a_file_that_is_no_statement_is_said_and_hinders_nothing(case, mei):
    bring_in(mei, case, {"信.txt": "尊敬的民警：\n附件已寄出。\n".encode(), **files.make(STORY)})
    actions.start_cleaning(mei, case.number)
    while deliver_next():
        pass
    found = queries.files_page(mei, case.number)
    letter = next(file for file in found.files if str(file.name) == "信.txt")
    told = next(each for each in found.report["files"] if each["sha256"] == letter.sha256)
    assert told["refused"]["reason"] in ("not_a_statement", "no_rows", "not_a_table")
    assert found.ledger.transfers == len(STORY.transfers) - 1


def test_an_unknown_layout_is_confirmed_once_and_read_from_then_on(case, mei):
    rows = "".join(
        f"2026-03-{day:02d} 10:00:00,6299910000700894075,{day}00.00,进,6299980000000001,甲某\n"
        for day in range(1, 29)
    )
    content = ("交易时间,账号,多少,哪边,对方账号,对方户名\n" + rows).encode()
    bring_in(mei, case, {"自制.csv": content})
    actions.start_cleaning(mei, case.number)
    while deliver_next():
        pass
    [told] = queries.files_page(mei, case.number).report["files"]
    [sheet] = told["sheets"]
    columns = {
        "time": "交易时间",
        "account": "账号",
        "amount": "多少",
        "direction": "哪边",
        "other_account": "对方账号",
        "other_name": "对方户名",
    }
    actions.confirm_layout(mei, case.number, sheet["fingerprint"], {"columns": columns})
    actions.start_cleaning(mei, case.number)
    while deliver_next():
        pass
    assert Cleaning.objects.first().transfers == 28
    assert engine.why_no_layout({"columns": {"nonsense": "x"}}, "a")
