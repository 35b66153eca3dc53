"""From a folder in the vault to a case found, its rows, its steps, a decision and a report; one walk, since screening
is slow."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile

import docx
import pypdf
import pytest
from django.utils.translation import override

from zhoudao.core.audit.tests.acting import client_of
from zhoudao.desk.cases import vault
from zhoudao.desk.evidence.models import EvidenceFile
from zhoudao.desk.findings import words
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
    told = queries.case_page(mei, case.number, found[0].finding_id).told
    for name, figure in told["figures"].items():
        page = queries.rows_page(mei, case.number, found[0].finding_id, figure["headings"], "", 1)
        assert page.count == figure["rows"]
        if name in ("false_invoices_fen", "refunds_fen"):
            assert page.sums["CNY"][0] == figure["value"] == told["case"][name]
        assert all(row["raw"] for row in page.rows)
    for heading, flow in told["flows"].items():
        for month in flow[:2]:
            page = queries.rows_page(mei, case.number, found[0].finding_id, [heading], month["month"], 1)
            assert page.sums[month["currency"]][0] == month["amount"]
    firms = {firm["id"] for firm in told["firms"]}
    assert len(told["widenings"]) == len(firms) > 5
    assert all(step["signs"] for step in told["widenings"][0]["steps"][1:])

    one = queries.exported(mei, case.number, found[0].finding_id)
    text = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(
        paper(one.told, one.rows, Paper.PDF, case.number))).pages)  # fmt: skip
    word = docx.Document(io.BytesIO(paper(one.told, one.rows, Paper.DOCX, case.number)))
    in_word = "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    for firm in told["firms"]:
        assert firm["id"] in in_word
    assert "附件目录" in in_word or "附件" in in_word
    assert "扩线过程与依据" in text
    assert AuditRow.objects.filter(subject=f"case:{case.number}", action__startswith="trade.").count() >= 5


def test_a_case_found_is_a_finding_beside_the_others_and_goes_into_their_package(
    case, mei, officer, upload, tmp_path
):
    from zhoudao.desk.cases import actions as cases
    from zhoudao.desk.cases.models import Member
    from zhoudao.desk.cases.rules import Duty
    from zhoudao.desk.findings import actions as findings
    from zhoudao.desk.findings.models import Finding, Package
    from zhoudao.desk.findings.package import making
    from zhoudao.desk.trade import actions, queries, screening

    officer("lin")
    cases.add_member(mei, case.number, "lin", Duty.ANALYST)
    actions.receive(mei, case.number, upload)
    screening.run(actions.start_screening(mei, case.number).pk)
    browser = client_of(mei)
    listed = browser.get(f"/desk/cases/{case.number}/findings/")
    finding = Finding.objects.get(case=case)
    address = f"/desk/cases/{case.number}/findings/{finding.pk}/"
    assert address in listed.content.decode()
    assert f"<dt>{words.rows_of(finding.run.detector)}</dt>" in listed.content.decode()
    page = browser.get(address, follow=True)
    assert page.redirect_chain[-1][0] == f"/desk/cases/{case.number}/trade/{finding.pk}/"

    short = browser.post(f"{address}decide/", {"verdict": "accepted", "why": "x"}, follow=True)
    assert "4" in "".join(str(each) for each in short.context["messages"])
    member = Member.objects.get(case=case, user__username="lin")
    for _twice in range(2):
        browser.post(f"{address}assign/", {"member": member.pk})
        browser.post(f"{address}decide/", {"verdict": "accepted", "why": "与移交材料相符"})
    finding.refresh_from_db()
    assert (finding.verdict, finding.why, finding.assigned_to) == ("accepted", "与移交材料相符", member.user)

    screening.run(actions.start_screening(mei, case.number).pk)
    again = queries.start_page(mei, case.number).found[0].finding
    assert (again.finding_id, again.verdict, again.assigned_to) == (
        finding.finding_id, Verdict.ACCEPTED, member.user,
    )  # fmt: skip

    members = list(Member.objects.filter(case=case).values_list("pk", flat=True))
    asked = findings.start_package(mei, case.number, "样公移字〔2026〕9号", members, "zh-hans")
    assert findings.start_package(mei, case.number, "样公移字〔2026〕9号", members, "zh-hans") == asked
    making.run(asked.pk)
    package = Package.objects.get(pk=asked.pk)
    assert package.state == JobState.DONE, str(package.problem)
    path = tmp_path / "package.zip"
    path.write_bytes(vault.of(case).read(package.place))
    told = queries.case_page(mei, case.number, again.pk).told
    figures = check_package(path)
    assert figures["false_invoices_fen"] == told["case"]["false_invoices_fen"]
    assert figures["refunds_fen"] == told["case"]["refunds_fen"]


def test_the_rows_of_a_case_are_called_what_they_are_not_a_ledgers():
    with override("zh-hans"):
        assert words.rows_of("invoices.cases") == "发票和退税申报"
        assert words.rows_of("ledgers.round_amounts") == "流水"
    with override("en"):
        assert words.rows_of("invoices.cases") == "Invoices and refund claims"


def check_package(path) -> dict[str, int]:
    """Its own script finds it whole, and finds an invoice altered; the figures it tells."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(path.parent / "package")
    folder = path.parent / "package"
    run = [sys.executable, "-I", str(folder / "check.py"), str(folder)]
    whole = subprocess.run(run, capture_output=True, text=True, check=False)
    assert whole.returncode == 0, whole.stdout
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    raw = [each for each in manifest["files"] if each["path"].startswith("raw/")]
    assert len(raw) >= 13
    for each in raw:
        digest = hashlib.sha256((folder / each["path"]).read_bytes()).hexdigest()
        assert each["path"].split("/")[1] == each["sha256"] == digest
    [annex] = folder.rglob("附件1-*.csv")
    text = annex.read_text(encoding="utf-8-sig")
    first = next(csv.DictReader(io.StringIO(text)))["金额（最小货币单位）"]
    annex.write_text(text.replace(f",{first},", f",{int(first) + 1},", 1), encoding="utf-8-sig")
    for each in manifest["files"]:  # by somebody who mends the list as well
        if each["path"] == annex.relative_to(folder).as_posix():
            each["sha256"] = hashlib.sha256(annex.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    altered = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (altered.returncode, "false_invoices_fen make" in altered.stdout) == (1, True), altered.stdout
    [finding] = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    return {each["name"]: each["value"] for each in finding["figures"]}


def test_the_command_packs_the_raw_files_too(folder, tmp_path):
    out = tmp_path / "out" / "case.zip"
    run = [sys.executable, "-m", "zhoudao", "invoices", "report", str(folder), "--out", str(out)]
    subprocess.run(run, check=True, capture_output=True)
    assert check_package(out)["false_invoices_fen"] > 0


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
