"""`zhoudao audit`."""

import json

import pytest
from click.testing import CliRunner

from zhoudao.core.audit.commands import audit
from zhoudao.core.audit.tests.trails import grow, tamper

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(audit, arguments)


def test_verify():
    grow(3)
    assert run("verify").stdout.splitlines()[-1] == "whole, as far as can be told without a signed head"
    assert json.loads(run("sign-head", "--json").stdout)["sequence"] == 4
    done = json.loads(run("verify", "--json").stdout)
    assert (done["whole"], done["rows"], done["heads"], done["problem"]) == (True, 5, 1, None)
    tamper("UPDATE audit_auditrow SET role = 'x' WHERE sequence = 2")
    found = run("verify", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["problem"] == {
        "fault": "edited",
        "sequence": 2,
        "message": "row 2 was edited: its content doesn't give its hash",
    }


def test_verify_with_keys_of_ones_own(tmp_path, heads_folder):
    grow(1)
    run("sign-head")
    assert run("public-key", str(tmp_path / "key.pem")).exit_code == 0
    assert run("public-key").stdout == (tmp_path / "key.pem").read_text()
    done = run("verify", "--heads", str(heads_folder), "--public-key", str(tmp_path / "key.pem"))
    assert done.exit_code == 0
    (tmp_path / "key.pem").write_text("not a key")
    refused = run("verify", "--public-key", str(tmp_path / "key.pem"))
    assert refused.exit_code == 2
    assert "key.pem: " in refused.stderr
    assert "expected an Ed25519 public key in PEM" in refused.stderr


def test_a_broken_chain_is_not_signed():
    grow(3)
    tamper("DELETE FROM audit_auditrow WHERE sequence = 3")
    refused = run("sign-head")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "not signed: the last row isn't the one on record, row 3" in refused.stderr


def test_export_and_erase(tmp_path):
    grow(3)
    assert json.loads(run("export", str(tmp_path / "trail.jsonl"), "--json").stdout)["rows"] == 3
    assert len((tmp_path / "trail.jsonl").read_text().splitlines()) == 3
    refused = run("export", str(tmp_path / "no" / "trail.jsonl"))
    assert (refused.exit_code, "No such file" in refused.stderr) == (2, True)
    assert json.loads(run("erase", "user:12", "--json").stdout) == {"erased": True}
    assert run("erase", "user:12").stdout == "nobody by that key stands in the trail\n"
    assert run("erase", "P001").exit_code == 2
