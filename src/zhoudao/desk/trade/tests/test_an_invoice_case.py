"""From a folder in the vault to a case found, its rows, its steps, a decision and a report; one walk, since screening
is slow."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile

import docx
import pypdf
import pytest

from zhoudao.desk.evidence.models import EvidenceFile
from zhoudao.desk.findings.rules import JobState, Verdict

pytestmark = pytest.mark.django_db


def test_a_folder_becomes_a_case_whose_figures_open_their_rows(case, mei, upload):
    from zhoudao.core.audit.models import AuditRow
    from zhoudao.desk.trade import actions, queries, screening
    from zhoudao.desk.trade.report import paper
    from zhoudao.desk.trade.rules import Paper

    received = actions.receive(mei, case.number, upload)
    assert len(received.kept) == 14  # the archive, and thirteen files
    assert not EvidenceFile.objects.filter(case=case, state="kept").exists()

    asked = actions.start_screening(mei, case.number)
    assert actions.start_screening(mei, case.number) == asked
    screening.run(asked.pk)
    asked.refresh_from_db()
    assert asked.state == JobState.DONE, asked.problem
    assert asked.rows_in == asked.kept + asked.merged + asked.refused > 10_000

    found = queries.start_page(mei, case.number).found
    assert len(found) == 1
    told = queries.case_page(mei, case.number, found[0].pk).told
    for name, figure in told["figures"].items():
        page = queries.rows_page(mei, case.number, found[0].pk, figure["headings"], "", 1)
        assert page.count == figure["rows"]
        if name in ("false_invoices_fen", "refunds_fen"):
            assert page.sums["CNY"][0] == figure["value"] == told["case"][name]
        assert all(row["raw"] for row in page.rows)
    for heading, flow in told["flows"].items():
        for month in flow[:2]:
            page = queries.rows_page(mei, case.number, found[0].pk, [heading], month["month"], 1)
            assert page.sums[month["currency"]][0] == month["amount"]
    firms = {firm["id"] for firm in told["firms"]}
    assert len(told["widenings"]) == len(firms) > 5
    assert all(step["signs"] for step in told["widenings"][0]["steps"][1:])

    one, rows = queries.exported(mei, case.number, found[0].pk)
    text = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(
        paper(one.told, rows, Paper.PDF, case.number))).pages)  # fmt: skip
    word = docx.Document(io.BytesIO(paper(one.told, rows, Paper.DOCX, case.number)))
    in_word = "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    for firm in told["firms"]:
        assert firm["id"] in in_word
    assert "附件目录" in in_word or "附件" in in_word
    assert "扩线过程与依据" in text
    with zipfile.ZipFile(io.BytesIO(paper(one.told, rows, Paper.ZIP, case.number))) as package:
        for line in package.read("SHA256SUMS").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(package.read(name)).hexdigest() == digest
        issued = list(
            csv.DictReader(io.StringIO(package.read("附件1-开给出口企业的发票.csv").decode("utf-8-sig")))
        )
    others = rows.filter(rows["heading"] == "issued_others")["amount"].sum() or 0
    assert (
        sum(int(row["金额（最小货币单位）"]) for row in issued) + others == told["case"]["false_invoices_fen"]
    )

    actions.decide(mei, case.number, found[0].pk, Verdict.ACCEPTED, "与移交材料相符")
    again = actions.start_screening(mei, case.number)
    screening.run(again.pk)
    assert queries.start_page(mei, case.number).found[0].verdict == Verdict.ACCEPTED
    assert AuditRow.objects.filter(subject=f"case:{case.number}", action__startswith="trade.").count() >= 5


def test_a_screening_that_nobody_has_begun_stops_at_once(case, mei, upload):
    from zhoudao.desk.trade import actions, screening

    actions.receive(mei, case.number, upload)
    asked = actions.start_screening(mei, case.number)
    actions.cancel_screening(mei, case.number)
    screening.run(asked.pk)
    asked.refresh_from_db()
    assert asked.state == JobState.CANCELLED
    assert not asked.found.exists()


def test_files_that_are_none_of_a_case_are_said(case, mei):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from zhoudao.desk.trade import actions, screening

    actions.receive(mei, case.number, SimpleUploadedFile("notes.csv", b"a,b\n1,2\n"))
    asked = actions.start_screening(mei, case.number)
    screening.run(asked.pk)
    asked.refresh_from_db()
    assert asked.state == JobState.FAILED
    assert asked.problem


def test_months_run_over_a_year_end():
    from zhoudao.desk.trade.drawing import months_between

    assert months_between("2025-11-30", "2026-02-01") == ["2025-11", "2025-12", "2026-01", "2026-02"]
