"""A database of its own for real worker processes; run as a module it fills it, or counts what is in it.

The suite's SQLite is a memory database that no other process can open; on PostgreSQL the suite's own is used.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from django.db import connection


class House:
    """``with House(folder) as house``: workers that a failing test left are killed: they'd spoil the tests after."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "zhoudao.settings",
            "ZHOUDAO_VAR": str(folder),
            "DATABASE_URL": _address(folder),
            **environment,
        }
        self._workers: list[subprocess.Popen[str]] = []

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._workers:
            process.kill()
            process.wait()

    def fill(self, notices: int) -> None:
        self._ask("fill", str(notices))

    def states(self) -> dict[str, int]:
        return json.loads(self._ask("states"))

    def worker(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "zhoudao", "worker"],
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._workers.append(process)
        return process

    def _ask(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "zhoudao.core.outbox.tests.house", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _address(folder: Path) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{folder}/file.sqlite3"
    at = connection.settings_dict
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def main(command: str, count: str = "0") -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from django.db.models import Count

    from zhoudao.core.outbox.actions import enqueue_notice
    from zhoudao.core.outbox.models import OutboxMessage

    call_command("migrate", verbosity=0)
    if command == "fill":
        with transaction.atomic():
            for number in range(int(count)):
                enqueue_notice(
                    "sms", f"120{number:08}", "outbox/try", {"channel": "sms"}, key=f"key-{number}"
                )
    found = OutboxMessage.objects.values_list("state").annotate(Count("pk"))
    sys.stdout.write(json.dumps(dict(found)))


if __name__ == "__main__":
    main(*sys.argv[1:])
