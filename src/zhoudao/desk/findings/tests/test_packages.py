"""An evidence package stands alone: its own script finds it whole, and finds every way of tampering with it."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdf
import pytest

from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.desk.cases import actions as cases
from zhoudao.desk.cases import vault
from zhoudao.desk.cases.models import Member
from zhoudao.desk.cases.rules import Duty
from zhoudao.desk.evidence.models import EvidenceFile
from zhoudao.desk.findings import actions
from zhoudao.desk.findings.models import Finding, Package
from zhoudao.desk.findings.package import making
from zhoudao.desk.findings.rules import JobState, Verdict
from zhoudao.desk.findings.tests.test_searching import run_it

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def accepted(ledger, case, mei, officer) -> Finding:
    officer("lin")
    cases.add_member(mei, case.number, "lin", Duty.ANALYST)
    finding = Finding.objects.filter(run=run_it(mei, case)).first()
    return actions.decide(mei, case.number, finding.pk, Verdict.ACCEPTED, "与口供一致")


def members(case) -> list[int]:
    return list(Member.objects.filter(case=case).values_list("pk", flat=True))


def make(mei, case, language="zh-hans") -> Package:
    asked = actions.start_package(mei, case.number, "样公移字〔2026〕9号", members(case), language)
    making.run(asked.pk)
    return Package.objects.get(pk=asked.pk)


@pytest.fixture
def package(accepted, case, mei) -> bytes:
    done = make(mei, case)
    assert done.state == JobState.DONE, str(done.problem)
    content = vault.of(case).read(done.place)
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (done.sha256, done.size)
    return content


def check(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The script alone, isolated from this project's packages."""
    script = path / "check.py" if path.is_dir() else path.with_name("check.py")
    return subprocess.run(
        [sys.executable, "-I", str(script), str(path), *more], capture_output=True, text=True, check=False
    )


@pytest.fixture
def unpacked(package, tmp_path) -> Path:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        archive.extractall(tmp_path / "package")
    return tmp_path / "package"


def manifest_hash(folder: Path) -> str:
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def test_it_holds_what_it_says_and_its_own_script_finds_it_whole(unpacked, package, tmp_path, accepted, case):
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    raw = EvidenceFile.objects.get(case=case)
    assert names == {
        "README.txt",
        "check.py",
        "case.json",
        "findings.json",
        "ledger_rows.csv",
        "manifest.json",
        "report.pdf",
        "extraction.pdf",
        f"raw/{raw.sha256}/李样一.csv",
    }
    done = check(unpacked, "--manifest", manifest_hash(unpacked))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    zipped = tmp_path / "as-it-came.zip"
    zipped.write_bytes(package)
    (tmp_path / "check.py").write_bytes((unpacked / "check.py").read_bytes())
    assert check(zipped).returncode == 0
    [told] = json.loads((unpacked / "findings.json").read_text(encoding="utf-8"))
    assert (told["finding_id"], told["why"], len(told["rows"])) == (
        accepted.finding_id,
        "与口供一致",
        accepted.rows,
    )
    assert told["rows_total"] == accepted.amount


def altered_raw(folder: Path) -> None:
    path = next((folder / "raw").rglob("*.csv"))
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))


def added(folder: Path) -> None:
    (folder / "raw" / "extra.csv").write_text("1")


def removed(folder: Path) -> None:
    next((folder / "raw").rglob("*.csv")).unlink()


def altered_rows(folder: Path) -> None:
    path = folder / "ledger_rows.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("00000", "90000", 1), encoding="utf-8-sig")


def restamp(folder: Path, name: str) -> None:
    """Put the altered file's hash into the manifest, as somebody who covers their tracks would."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["files"]:
        if entry["path"] == name:
            entry["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def altered_figure_and_manifest(folder: Path) -> None:
    path = folder / "findings.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told[0]["rows_total"] += 1
    path.write_text(json.dumps(told), encoding="utf-8")
    restamp(folder, "findings.json")


def row_left_out_and_manifest(folder: Path) -> None:
    path = folder / "ledger_rows.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8-sig")
    restamp(folder, "ledger_rows.csv")


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (altered_raw, "altered"),
        (added, "not in the manifest"),
        (removed, "missing"),
        (altered_rows, "ledger_rows.csv: altered"),
        (altered_figure_and_manifest, "it says"),
        (row_left_out_and_manifest, "is not in ledger_rows.csv"),
    ],
)
def test_tampering_is_found_and_named(unpacked, tamper, named):
    tamper(unpacked)
    done = check(unpacked)
    assert done.returncode == 1
    assert named in done.stdout


def test_a_manifest_made_anew_differs_from_the_signed_paper(unpacked):
    printed = manifest_hash(unpacked)
    (unpacked / "README.txt").write_text("other")
    restamp(unpacked, "README.txt")
    assert check(unpacked).returncode == 0  # consistent in itself: only the paper tells
    assert check(unpacked, "--manifest", printed).returncode == 1


def test_the_papers_say_who_extracted_what(unpacked, case):
    def text(name: str) -> str:
        return "".join(page.extract_text() for page in pypdf.PdfReader(unpacked / name).pages).translate(
            {10: None, 32: None}
        )

    record = text("extraction.pdf")
    raw = EvidenceFile.objects.get(case=case)
    for expected in (
        "警官mei",
        "警官lin",
        raw.sha256[:20],
        manifest_hash(unpacked)[:20],
        "样公受案字〔2026〕1号",
    ):
        assert expected in record
    report = text("report.pdf")
    assert "与口供一致" in report
    assert "整额交易" in report


def test_two_different_officers_and_something_accepted(ledger, case, mei, officer):
    own = members(case)
    with pytest.raises(Unusable):
        actions.start_package(mei, case.number, "1", [own[0], own[0]], "zh-hans")
    officer("lin")
    cases.add_member(mei, case.number, "lin", Duty.ANALYST)
    with pytest.raises(Conflict):
        actions.start_package(mei, case.number, "1", members(case), "zh-hans")


def test_a_raw_file_damaged_in_the_vault_is_not_packed(accepted, case, mei):
    raw = EvidenceFile.objects.get(case=case)
    path = vault.of(case).folder / "raw" / raw.sha256
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert make(mei, case).state == JobState.FAILED


def test_it_is_taken_out_by_who_may_and_can_be_cancelled(package, accepted, case, mei, officer):
    answer = client_of(mei).get(f"/desk/cases/{case.number}/packages/1/")
    assert b"".join(answer) == package
    assert client_of(mei).get(f"/desk/cases/{case.number}/packages/").status_code == 200
    asked = actions.start_package(mei, case.number, "1", members(case), "en")
    actions.cancel_package(mei, case.number, asked.number)
    making.run(asked.pk)
    assert Package.objects.get(pk=asked.pk).state == JobState.CANCELLED


def test_in_english_as_well(accepted, case, mei):
    done = make(mei, case, "en")
    with zipfile.ZipFile(io.BytesIO(vault.of(case).read(done.place))) as archive:
        report = pypdf.PdfReader(io.BytesIO(archive.read("report.pdf")))
    assert "Report of findings" in "".join(page.extract_text() for page in report.pages)
