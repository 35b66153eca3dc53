"""An unknown layout is shown column by column, corrected, confirmed, kept, and used for the next file."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhoudao.core.access import Role
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.outbox.delivery import deliver_next
from zhoudao.desk.cases import actions as cases
from zhoudao.desk.cases.rules import Duty, Purpose
from zhoudao.desk.evidence import actions
from zhoudao.desk.evidence.models import Cleaning, ColumnRoles
from zhoudao.engines.statements.tests.test_recognising import RECORDS

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = {
    "column.1": "time", "column.2": "account", "column.3": "direction", "column.4": "amount", "column.5": "balance",
    "column.6": "other_account", "column.7": "other_name",
}  # fmt: skip


def bring(mei, case, name, records, header=""):
    lines = [header] * bool(header) + [",".join(row) for row in records]
    upload = SimpleUploadedFile(name, ("\n".join(lines) + "\n").encode("gb18030"))
    [file] = actions.receive(mei, case.number, upload).kept
    return file


def clean(mei, case):
    actions.start_cleaning(mei, case.number)
    while deliver_next():
        pass
    return Cleaning.objects.first()


def test_columns_are_shown_corrected_kept_and_used_for_the_next_file(case, mei):
    file = bring(mei, case, "无表头.csv", RECORDS)
    done = clean(mei, case)
    assert (done.rows_in, done.refused) == (12, 12)
    browser = client_of(mei)
    root = f"/desk/cases/{case.number}/evidence/"
    address = f"{root}file/{file.pk}/layout/"
    assert address in browser.get(root).content.decode()
    shown = browser.get(address).content.decode()
    assert RECORDS[0][5] in shown
    assert 'value="0.60"' in shown
    assert shown.count("selected") >= 7
    browser.post(address, RIGHT | {"column.7": ""})
    while deliver_next():
        pass
    done = Cleaning.objects.first()
    assert (done.kept, done.refused) == (12, 0)
    kept = ColumnRoles.objects.get()
    assert kept.roles["columns"]["other_account"] == "#6"
    assert kept.roles["ignored"] == ["#7"]
    bring(mei, case, "下一份.csv", [[row[0].replace("-03-", "-04-"), *row[1:]] for row in RECORDS[:7]])
    done = clean(mei, case)
    assert (done.rows_in, done.kept, done.refused) == (19, 19, 0)
    assert address not in browser.get(root).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"column.5": "amount"}, "Two columns can&#x27;t both be: Amount"),
        ({"column.1": ""}, "No column is: Time"),
        ({"column.2": "memo"}, "No column is: Own account"),
        ({"column.3": "no such role"}, "no such role"),
    ],
)
def test_a_layout_that_can_not_be_is_refused_with_what_is_wrong(case, mei, change, said):
    file = bring(mei, case, "无表头.csv", RECORDS)
    answer = client_of(mei).post(
        f"/desk/cases/{case.number}/evidence/file/{file.pk}/layout/",
        RIGHT | change,
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not ColumnRoles.objects.exists()
    assert not Cleaning.objects.exists()


def test_a_file_without_a_table_says_so(case, mei):
    upload = SimpleUploadedFile("扫描.pdf", b"%PDF-1.7 scan")
    [file] = actions.receive(mei, case.number, upload).kept
    answer = client_of(mei).get(
        f"/desk/cases/{case.number}/evidence/file/{file.pk}/layout/", headers={"Accept-Language": "en"}
    )
    assert "No table was found" in answer.content.decode()


def test_who_only_reviews_sees_the_columns_and_changes_nothing(case, mei, officer):
    file = bring(mei, case, "无表头.csv", RECORDS)
    tao = officer("tao", Role.TAX_OFFICER)
    cases.add_member(mei, case.number, "tao", Duty.TAX_OFFICER)
    cases.enter(tao, case.number, Purpose.REVIEW)
    address = f"/desk/cases/{case.number}/evidence/file/{file.pk}/layout/"
    assert "<select" not in client_of(tao).get(address).content.decode().partition("<main")[2]
    assert client_of(tao).post(address, RIGHT).status_code == 403
    assert not ColumnRoles.objects.exists()
