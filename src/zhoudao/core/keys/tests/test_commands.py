"""`zhoudao keys` prints JSON, says what is wrong with exit code 2, and never prints a key."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from zhoudao.core.keys.commands import keys


def run(*arguments: str):
    return CliRunner().invoke(keys, arguments)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("show", {"waiting": 0}),
        ("make", {"made": False, "version": 1}),
        ("rotate", {"version": 2, "resumed": False}),
        ("retire", {"retired": []}),
    ],
)
def test_prints_one_json_document_without_a_key(note, key_file, command, expected):
    note.objects.create(id=1, text="kept")
    before = json.loads(key_file.read_text())
    result = run(command, "--json")
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert {name: printed[name] for name in expected} == expected
    after = json.loads(key_file.read_text())
    for content in (before, after):
        for secret in (content["blind_key"], *(key["key"] for key in content["data_keys"])):
            assert secret not in result.output


def test_makes_the_file_when_there_is_none(db, key_file):
    result = run("make")
    assert result.exit_code == 0
    assert key_file.exists()
    assert str(key_file) in result.stdout


@pytest.mark.parametrize("command", ["show", "make", "rotate", "retire"])
def test_a_bad_key_file_is_one_error_and_exit_2(note, key_file, command):
    note.objects.create(id=1, text="kept")
    key_file.unlink()
    result = run(command)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"there is no key file at {key_file}")
