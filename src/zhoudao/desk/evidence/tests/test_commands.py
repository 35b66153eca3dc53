"""Cases and evidence on the command line: the same gate and trail, one JSON document, 2 for bad input."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from zhoudao.core.access import Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.desk.cases.commands import cases
from zhoudao.desk.cases.models import Sitting
from zhoudao.desk.evidence.commands import evidence

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "交易时间,账号,收支,金额,余额,对方账号,对方户名"
ROWS = [
    f"2026-03-0{day} 09:15:00,6299000000000012,支出,{day}00.50,{9000 - day}.00,629900000000010{day},样样"
    for day in range(1, 6)
]


def run(group, *arguments):
    done = CliRunner().invoke(group, [*arguments, "--as", "mei"])
    return done.exit_code, done.stdout, done.stderr


def told(group, *arguments):
    code, out, err = run(group, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "回函"
    place.mkdir()
    (place / "流水.csv").write_text("\n".join([HEADER, *ROWS]), encoding="gb18030")
    (place / "重复.csv").write_text("\n".join([HEADER, *ROWS[:3], ""]), encoding="gb18030")
    return place


def test_a_case_is_opened_filled_and_read_on_the_command_line(mei, folder, tmp_path):
    opened = told(
        cases, "open", "--title", "命令行案", "--offence", "fraud", "--document", "样公受案字〔2026〕9号",
        "--expires-on", "2026-12-31", "--purpose", "查清去向",
    )  # fmt: skip
    number = opened["number"]
    assert [row["number"] for row in told(cases, "list")] == [number]
    kept = told(evidence, "import", number, str(folder))
    assert [file["name"] for file in kept["kept"]] == ["回函/流水.csv", "回函/重复.csv"]
    ledger = kept["ledger"]
    assert (ledger["rows_in"], ledger["kept"], ledger["merged"], ledger["refused"]) == (8, 5, 3, 0)
    assert {file["rows_in"] for file in told(evidence, "list", number)} == {5, 3}
    assert told(evidence, "report", number)["report"]["rows_in"] == 8
    out = tmp_path / "ledger.csv"
    assert told(evidence, "export", number, "--out", str(out))["rows"] == 5
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 6
    assert told(cases, "show", number)["members"] == [{"user": "mei", "duty": "lead"}]
    assert not Sitting.objects.filter(left_at=None).exists(), "each command leaves the case it entered"
    assert AuditRow.objects.count() > 10


def test_a_sitting_in_a_browser_goes_on(case, mei, folder):
    told(evidence, "import", case.number, str(folder / "流水.csv"))
    assert Sitting.objects.filter(left_at=None).count() == 1


@pytest.mark.parametrize(
    ("group", "arguments", "said"),
    [
        (cases, ["show", "2026-9999"], "mei is member of no such case"),
        (cases, ["open", "--title", "a", "--offence", "theft", "--document", "d", "--expires-on", "2026-12-31",
                 "--purpose", "p"], "--offence: theft is none; expected one of"),
        (cases, ["open", "--title", "a", "--offence", "fraud", "--document", "d", "--expires-on", "2020-12-31",
                 "--purpose", "p"], ""),
        (evidence, ["import", "2026-9999", "."], "no such case"),
        (evidence, ["report", "{case}"], "no ledger yet"),
        (evidence, ["export", "{case}", "--out", "{folder}/流水.csv"], "is there already"),
        (evidence, ["export", "{case}", "--out", "{folder}/new.csv"], "no ledger yet"),
        (evidence, ["import", "{case}", "{folder}/missing.csv"], "not there"),
    ],
)  # fmt: skip
def test_what_can_not_be_used_is_said_and_ends_with_2(case, mei, folder, group, arguments, said):
    code, out, err = run(group, *(each.format(case=case.number, folder=folder) for each in arguments))
    assert code == 2
    assert said in err
    assert err.strip()
    assert out == ""


def test_a_file_that_can_not_be_kept_is_named_and_the_others_are_kept(case, mei, folder):
    (folder / "空.csv").write_bytes(b"")
    code, out, err = run(evidence, "import", case.number, str(folder), "--json")
    assert code == 2
    assert len(json.loads(out)["kept"]) == 2
    assert "空.csv" in err


def test_nobody_acts_whose_role_may_not(officer, case):
    officer("lin", Role.CLERK)
    done = CliRunner().invoke(cases, ["list", "--as", "lin"])
    assert done.exit_code == 2
    done = CliRunner().invoke(cases, ["list", "--as", "nobody"])
    assert (done.exit_code, "no active account" in done.stderr) == (2, True)
