"""The bundle, installed as a service: a booted Debian of its own without any network, as docs/installing.md says, and a
reboot. Some four minutes: `pytest -m slow tests/test_installed_service.py`, as root, with debootstrap and
systemd-container from Debian; only making that Debian asks a network."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
DEBIAN = "systemd,systemd-sysv,dbus,python3,python3-venv,iproute2,curl"
"""What is on it besides the smallest Debian: a service manager, what the installer asks for, and what looks at it."""

TRIAL = """
set -ex
trap 'systemctl poweroff --no-block' EXIT
test -z "$(ip route)"
if [ ! -e /root/installed ]; then
  cd /root/zhoudao-*
  ./install.sh
  zhoudao manage migrate -v 0
  zhoudao workdays seed
  zhoudao catalog load
  for role in administrator security_officer auditor; do
    zhoudao people open-account "$role.first" --role "$role" --name 张三 --staff-number "$role-1"
  done
  systemctl start zhoudao zhoudao-backup.timer zhoudao-check.timer
  touch /root/installed
fi
ready() { curl -sf -m 2 http://127.0.0.1:8000/readyz; }
for _ in $(seq 240); do ready && break; sleep 0.5; done
ready
systemctl is-active zhoudao zhoudao-backup.timer zhoudao-check.timer
curl -s -o /dev/null -w 'own name %{http_code}\\n' -H 'Host: service.example' http://127.0.0.1:8000/
sleep 5  # the worker signs the first head
zhoudao check
systemctl start zhoudao-backup zhoudao-check
zhoudao backup drill "$(ls -d /var/backups/zhoudao/zhoudao-* | tail -1)"
test -z "$(systemctl --failed --plain --no-legend)"
systemctl show --property NRestarts zhoudao
echo everything was done
"""
UNIT = """
[Unit]
After=network.target zhoudao.service

[Service]
Type=oneshot
ExecStart=/bin/bash /root/trial.sh
StandardOutput=append:/root/trial.log
StandardError=append:/root/trial.log

[Install]
WantedBy=multi-user.target
"""


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="making and booting a Debian needs root")
@pytest.mark.skipif(
    not (shutil.which("debootstrap") and shutil.which("systemd-nspawn")),
    reason="apt install debootstrap systemd-container",
)
def test_it_serves_as_docs_say_and_again_after_a_reboot(tmp_path):
    made = subprocess.run(
        ["make", "--silent", "bundle"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    machine = tmp_path / "machine"
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={DEBIAN}", "bookworm", str(machine)], check=True
    )
    subprocess.run(["tar", "xzf", made.stdout.split()[0], "-C", str(machine / "root")], check=True)
    (machine / "root" / "trial.sh").write_text(TRIAL)
    unit = machine / "etc" / "systemd" / "system" / "trial.service"
    unit.write_text(UNIT)
    (unit.parent / "multi-user.target.wants").mkdir(exist_ok=True)
    (unit.parent / "multi-user.target.wants" / "trial.service").symlink_to("../trial.service")
    first, second = boot(machine), boot(machine)
    for told in (first, second):
        assert "everything was done" in told, told[-3000:]
        assert "own name 200" in told
        assert "drill passed" in told
        assert "NRestarts=0" in told


def boot(machine: Path) -> str:
    """Start it, wait until it has switched itself off, and what its trial said."""
    log = machine / "root" / "trial.log"
    log.unlink(missing_ok=True)
    subprocess.run(
        ["systemd-nspawn", "--quiet", "--machine", f"trial-{os.getpid()}", "--register=no", "--keep-unit",
         "--directory", str(machine), "--private-network", "--boot"],
        timeout=600, check=False, capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return log.read_text(encoding="utf-8")
