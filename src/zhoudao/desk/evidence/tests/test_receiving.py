"""Files come in whole, under their hash, once; a zip's members are files of their own; nothing else changes them."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhoudao.core.access import Forbidden, Role
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.desk.cases import actions as cases
from zhoudao.desk.cases import gate
from zhoudao.desk.cases import vault as vaults
from zhoudao.desk.cases.rules import Duty, Purpose
from zhoudao.desk.evidence import actions, rules
from zhoudao.desk.evidence.models import Cleaning, EvidenceFile
from zhoudao.desk.evidence.rules import CleaningState, FileState

pytestmark = pytest.mark.django_db


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    file = SimpleUploadedFile("x", content)
    file._name = name  # Django cuts folders off; the page's script sends them as the name of a part
    return file


def zipped(members: dict[str, bytes], gbk: bool = False) -> bytes:
    """A zip; with ``gbk`` as archivers in China wrote it: names in GBK, and no mark that says so."""
    out = io.BytesIO()
    stand_ins = {name: _stand_in(name, at) if gbk else name for at, name in enumerate(members)}
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(stand_ins[name], content)
    whole = out.getvalue()
    for name, other in stand_ins.items():
        whole = whole.replace(other.encode(), name.encode("gb18030" if gbk else "utf-8"))
    return whole


def _stand_in(name: str, at: int) -> str:
    """A plain name as long in bytes as ``name`` is in GBK."""
    return (
        name
        if name.isascii()
        else "".join("ZQ" if ord(c) > 127 else c for c in name).replace("Z", chr(65 + at))
    )


def test_a_file_is_kept_as_it_came_under_its_hash(case, mei):
    content = "交易时间,金额\n2026-03-01,5\n".encode("gb18030")
    [file] = actions.receive(mei, case.number, upload("甲行/流水.csv", content)).kept
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert vaults.of(case).read(f"raw/{file.sha256}") == content
    assert str(file.name) == "甲行/流水.csv"


def test_the_same_content_again_changes_nothing(case, mei):
    first = actions.receive(mei, case.number, upload("a.csv", b"1,2\n"))
    again = actions.receive(mei, case.number, upload("b.csv", b"1,2\n"))
    assert (len(first.kept), again.kept) == (1, [])
    assert [str(file.name) for file in again.again] == ["a.csv"]
    assert EvidenceFile.objects.count() == 1


@pytest.mark.parametrize("gbk", [False, True])
def test_a_zip_is_kept_and_so_is_each_of_its_members(case, mei, gbk):
    content = zipped(
        {"李/一.csv": b"1\n", "王/二.xlsx": b"PK\x03\x04 no archive", "__MACOSX/._x": b"junk"}, gbk
    )
    received = actions.receive(mei, case.number, upload("回函.zip", content))
    assert {str(file.name): file.state for file in received.kept} == {
        "回函.zip": FileState.ARCHIVE,
        "回函/李/一.csv": FileState.KEPT,
        "回函/王/二.xlsx": FileState.KEPT,
    }
    assert received.junk == 1
    assert {file.archive_id for file in received.kept[1:]} == {received.kept[0].pk}


@pytest.mark.parametrize("name", ["../../etc/passwd", "/abs/olute.csv", "a/../../b.csv", "c\\..\\d.csv"])
def test_no_name_leads_out_of_a_folder(name):
    cleaned = rules.clean_path(name)
    assert not cleaned.startswith("/")
    assert ".." not in cleaned.split("/")


@pytest.mark.parametrize(
    ("name", "content"), [("leer.csv", b""), ("kaputt.zip", b"PK\x03\x04 not really"), ("...", b"x")]
)
def test_what_cannot_be_kept_is_refused_and_leaves_no_row(case, mei, name, content):
    with pytest.raises(Unusable):
        actions.receive(mei, case.number, upload(name, content))
    assert not EvidenceFile.objects.exists()


def test_a_file_beyond_the_limit_is_refused_while_it_comes(case, mei, settings):
    settings.EVIDENCE_LIMIT_MIB = 1
    with pytest.raises(Unusable, match="MiB"):
        actions.receive(mei, case.number, upload("gross.csv", bytes(1024 * 1024 + 1)))
    assert [name for name in vaults.of(case).names() if "raw" in name] == [
        name for name in vaults.of(case).names() if name.endswith(case.documents.get().sha256)
    ]


def test_an_archive_that_unpacks_to_too_much_is_refused(case, mei, monkeypatch):
    monkeypatch.setattr(rules, "MOST_UNPACKED", 10)
    with pytest.raises(Unusable):
        actions.receive(mei, case.number, upload("bombe.zip", zipped({"a.csv": bytes(11)})))


def test_only_who_works_in_the_case_brings_files_in(case, mei, officer):
    tao = officer("tao", Role.TAX_OFFICER)
    cases.add_member(mei, case.number, "tao", Duty.TAX_OFFICER)
    cases.enter(tao, case.number, Purpose.REVIEW)
    with pytest.raises(Forbidden):
        actions.receive(tao, case.number, upload("a.csv", b"1"))
    with pytest.raises(gate.NoSuchCase):
        actions.receive(officer("lin"), case.number, upload("a.csv", b"1"))


def test_a_closed_case_takes_no_file(case, mei):
    cases.close(mei, case.number)
    with pytest.raises(gate.CaseRefuses):
        actions.receive(mei, case.number, upload("a.csv", b"1"))


def test_the_page_sends_files_one_by_one_and_reads_what_became_of_them(case, mei):
    browser = client_of(mei)
    told = browser.post(
        f"/desk/cases/{case.number}/evidence/upload/",
        {"files": SimpleUploadedFile("a.csv", b"1,2\n")},
        headers={"X-Requested-With": "drop", "Accept": "application/json"},
    ).json()
    assert told["kept"] == 1
    refused = browser.post(
        f"/desk/cases/{case.number}/evidence/upload/",
        {"files": SimpleUploadedFile("b.zip", b"PK\x03\x04")},
        headers={"X-Requested-With": "drop", "Accept": "application/json"},
    )
    assert refused.status_code == 400
    assert "b.zip" in refused.json()["error"]["what"]


def test_a_raw_file_comes_out_as_it_went_in(case, mei):
    [file] = actions.receive(mei, case.number, upload("甲.csv", b"1,2\n" * 1000)).kept
    answer = client_of(mei).get(f"/desk/cases/{case.number}/evidence/file/{file.pk}/raw/")
    assert b"".join(answer) == b"1,2\n" * 1000
    assert answer["Content-Disposition"].startswith("attachment")


def test_one_cleaning_at_a_time_and_asking_again_gives_the_same(case, mei):
    with pytest.raises(Conflict):
        actions.start_cleaning(mei, case.number)
    actions.receive(mei, case.number, upload("a.csv", b"1,2\n"))
    first = actions.start_cleaning(mei, case.number)
    assert actions.start_cleaning(mei, case.number) == first
    actions.cancel_cleaning(mei, case.number)
    assert Cleaning.objects.get().state == CleaningState.CANCELLED
    assert actions.start_cleaning(mei, case.number).number == 2


def test_a_file_set_aside_is_kept_and_left_out(case, mei):
    [file] = actions.receive(mei, case.number, upload("a.csv", b"1,2\n")).kept
    actions.set_aside(mei, case.number, file.pk)
    with pytest.raises(Conflict):
        actions.start_cleaning(mei, case.number)
    assert vaults.of(case).has(f"raw/{file.sha256}")
    actions.take_back(mei, case.number, file.pk)
    assert actions.start_cleaning(mei, case.number).number == 1
