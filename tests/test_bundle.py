"""The bundle, tried as a new user would: unpacked, installed and started where there is no network at all."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
DEPLOY = CHECKOUT / "deploy"

FIRST_START = """
set -e
ip link set lo up
test -z "$(ip route)"
./install.sh --prefix "$ROOT"
zhoudao() { "$ROOT/usr/local/bin/zhoudao" "$@"; }
zhoudao manage migrate -v 0
zhoudao workdays seed
zhoudao catalog load
for role in administrator security_officer auditor; do
  zhoudao people open-account "$role.first" --role "$role" --name 张三 --staff-number "$role-1"
done
"$ROOT/usr/local/bin/zhoudao" run --port 8333 &
running=$!
for _ in $(seq 240); do curl -sf -m 2 http://127.0.0.1:8333/readyz && break; sleep 0.5; done
curl -s -o /dev/null -w 'own name %{http_code}\\n' -H 'Host: service.example' http://127.0.0.1:8333/
curl -s -o /dev/null -w 'other name %{http_code}\\n' -H 'Host: other.example' http://127.0.0.1:8333/
sleep 5  # the worker signs the first head
zhoudao check --json > "$ROOT/check.json"
zhoudao backup create "$ROOT/var/backups/zhoudao"
zhoudao backup drill "$ROOT"/var/backups/zhoudao/zhoudao-*
kill -INT $running
wait $running
"""


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="an empty network namespace needs root")
def test_it_installs_and_serves_without_any_network(tmp_path):
    made = subprocess.run(["make", "--silent", "bundle"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    archive = Path(made.stdout.split()[0])
    subprocess.run(["tar", "xzf", str(archive), "-C", str(tmp_path)], check=True)
    (folder,) = tmp_path.glob("zhoudao-*")
    done = subprocess.run(
        ["unshare", "--net", "bash", "-c", FIRST_START],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "ROOT": str(tmp_path / "root"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "own name 200" in done.stdout
    assert "other name 400" in done.stdout
    assert "drill passed" in done.stdout
    assert json.loads((tmp_path / "root" / "check.json").read_text())["ok"] is True


@pytest.mark.slow
def test_a_damaged_bundle_and_the_wrong_machine_are_refused(tmp_path):
    folder = tmp_path / "zhoudao-0-any"
    folder.mkdir()
    (folder / "install.sh").write_bytes((DEPLOY / "install.sh").read_bytes())
    (folder / "VERSION").write_text("0\n")
    (folder / "ARCH").write_text("other\n")
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  VERSION\n")

    def told() -> str:
        ran = ["bash", str(folder / "install.sh"), "--prefix", str(tmp_path / "root")]
        done = subprocess.run(ran, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert not (tmp_path / "root" / "opt").exists()
        return done.stderr

    assert f"this bundle is for other, and this machine is {platform.machine()}" in told()
    (folder / "ARCH").write_text(f"{platform.machine()}\n")
    assert "the bundle is damaged" in told()


def test_the_example_settings_are_settings():
    page = (CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8")
    lines = (DEPLOY / "zhoudao.env").read_text(encoding="utf-8").splitlines()
    names = [re.match(r"(?:# )?([A-Z_]+)=", line) for line in lines]
    given = [name.group(1).removesuffix("_FILE") for name in names if name]
    assert len(given) > 10
    assert [name for name in given if f"`{name}`" not in page] == []


def test_the_services_run_what_there_is():
    commands = {"run", "backup", "check"}
    for unit in DEPLOY.glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        (started,) = re.findall(r"^ExecStart=\S+/zhoudao (\w+)", text, re.M)
        assert started in commands
        assert "User=zhoudao" in text
    for timer in DEPLOY.glob("*.timer"):
        assert timer.with_suffix(".service").exists()
