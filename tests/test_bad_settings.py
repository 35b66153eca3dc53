"""A setting that can't be used stops the start with one plain sentence."""

import os
import subprocess
import sys

import pytest


def start(tmp_path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ZHOUDAO", "DATABASE"))
    }
    return subprocess.run(
        [sys.executable, "-m", "zhoudao", "catalog", "list"],
        env=environment | {"ZHOUDAO_VAR": str(tmp_path)} | settings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "ZHOUDAO_IDLE_MINUTES_STAFF",
            "soon",
            "ZHOUDAO_IDLE_MINUTES_STAFF is 'soon'; expected a whole number from 1 to 240",
        ),
        ("ZHOUDAO_FILE_LIMIT_MIB", "0", "expected a whole number from 1 to 4096"),
        ("ZHOUDAO_HTTPS", "perhaps", "ZHOUDAO_HTTPS is 'perhaps'; expected true or false"),
        ("ZHOUDAO_CLOCK", "yesterday", "ZHOUDAO_CLOCK is 'yesterday'; expected real"),
        ("ZHOUDAO_EMBED_HOSTS", "https://*.example", "expected https://host or https://host:port"),
        ("ZHOUDAO_EMBED_HOSTS", "https://a.example, b.example", "ZHOUDAO_EMBED_HOSTS has 'b.example'"),
        ("ZHOUDAO_EMBED_HOSTS", "https://a.example/app", "without path or wildcard"),
        ("ZHOUDAO_EMBED_HOSTS", "http://a.example", "expected https://host"),
        ("DATABASE_URL", "mysql://somewhere/x", "expected sqlite:///absolute/path or postgres://"),
        ("SECRET_KEY_FILE", "/nowhere/at/all", "SECRET_KEY_FILE is '/nowhere/at/all', which can't be read"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/zhoudao", "The database can't be used"),
        ("ZHOUDAO_OPEN_VAULTS", "/dev/null/open", "ZHOUDAO_OPEN_VAULTS: the folder /dev/null/open can't be made"),
    ],
)
def test_says_which_setting_and_what_was_expected(tmp_path, name, value, sentence):
    done = start(tmp_path, **{name: value})
    assert done.returncode in (1, 2)
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_secret_may_come_from_a_file(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("postgres://nobody@127.0.0.1:1/zhoudao\n", encoding="utf-8")
    assert "The database can't be used" in start(tmp_path, DATABASE_URL_FILE=str(secret)).stderr
