"""Restoring a backup into an empty place, and the drill that does so elsewhere and throws it away."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection, connections

from zhoudao.core.access import Actor, require
from zhoudao.core.audit.actions import act
from zhoudao.core.keys import keyring
from zhoudao.operations.backup import checking, databases, stores
from zhoudao.operations.backup.rules import FILES, BadBackup, Manifest
from zhoudao.operations.rules import BACK_UP


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    problems: list[str]
    """How what is here now differs from the backup; empty when it doesn't."""
    seconds: float


def restore(actor: Actor, folder: Path, say: Callable[[str], None]) -> Restored:
    """Put a backup back: into the empty database that DATABASE_URL names and the empty stores of ZHOUDAO_VAR.

    The backup is checked first, and what was restored is checked afterwards. Raises BadBackup before anything is
    written when the backup is damaged or the place isn't empty; a failure later removes the stores it had begun.
    """
    require(actor, BACK_UP)
    began = time.monotonic()
    if told := checking.problems(actor, folder, say):
        raise BadBackup("; ".join(told[:5]))
    manifest = checking.read(folder)
    _refuse_used_stores()
    say("database: restoring")
    databases.put_back(folder / manifest.database)
    _put_back_stores(folder, manifest, say)
    problems = checking.problems_of_restored(actor, manifest)
    with act(actor, BACK_UP, subject=f"backup:{folder.name}", purpose="restore") as entry:
        entry.note(files=len(manifest.members), problems=len(problems))
    return Restored(manifest, problems, time.monotonic() - began)


def _refuse_used_stores() -> None:
    for store in stores.stores():
        if store.root.is_dir() and next(stores.files_in(store.root), None) is not None:
            raise BadBackup(
                f"{store.root} is not empty: restore into an empty place (set ZHOUDAO_VAR), so that nothing is "
                "overwritten"
            )


def _put_back_stores(folder: Path, manifest: Manifest, say: Callable[[str], None]) -> None:
    roots = {store.name: store.root for store in stores.stores()}
    begun = {root for root in roots.values() if not root.exists()}
    try:
        for count, member in enumerate(manifest.members[1:], 1):
            store, _, rest = member.path.removeprefix(f"{FILES}/").partition("/")
            target = roots[store] / rest
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(folder / member.path, target)
            target.chmod(0o400 if _is_sealed(store) else 0o600)
            if count % 1000 == 0:
                say(f"files: {count:,} of {len(manifest.members) - 1:,}")
    except OSError as problem:
        for root in begun:
            shutil.rmtree(root, ignore_errors=True)
        raise BadBackup(
            f"{problem.filename or folder}: {problem.strerror}; the database was filled, the stores were not: "
            "empty both and try again"
        ) from problem


def _is_sealed(name: str) -> bool:
    return next(store.sealed for store in stores.stores() if store.name == name)


# The drill ------------------------------------------------------------------------------------------------------------


def drill(actor: Actor, folder: Path, say: Callable[[str], None]) -> dict[str, object]:
    """Restore ``folder`` elsewhere in a process of its own, check it, say how long it took, and throw it away.

    Returns what ``zhoudao backup restore --json`` printed there. Raises BadBackup when it could not be restored.
    """
    require(actor, BACK_UP)
    with tempfile.TemporaryDirectory(prefix="zhoudao-drill-") as var, _elsewhere(Path(var)) as address:
        say(f"restoring into {var}")
        ring = keyring.get()
        keys = {"ZHOUDAO_KEYS": str(settings.KEYS_FILE)} if not keyring.from_environment() else {}
        own = {
            "ZHOUDAO_VAR": var,
            "DATABASE_URL": address,
            "ZHOUDAO_VAULTS": f"{var}/vaults",
            "ZHOUDAO_OPEN_VAULTS": f"{var}/open-vaults",
            "ZHOUDAO_AUDIT_HEADS": f"{var}/audit-heads",
            "ZHOUDAO_SAMPLE": "false",
            **keys,
        }
        done = subprocess.run(  # noqa: S603  ourselves
            [sys.executable, "-m", "zhoudao", "backup", "restore", str(folder), "--json"],
            env={**_without_files(own), **own},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1) or not done.stdout:
            raise BadBackup(f"it could not be restored: {done.stderr.strip()[-500:]}")
    printed: dict[str, object] = json.loads(done.stdout)
    with act(actor, BACK_UP, subject=f"backup:{folder.name}", purpose="drill") as entry:
        entry.note(whole=printed["whole"], seconds=printed["seconds"], keys=len(ring.data_keys))
    return printed


def _without_files(own: dict[str, str]) -> dict[str, str]:
    """The environment, without the ``NAME_FILE`` twins of what the drill sets."""
    return {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in own}


@contextmanager
def _elsewhere(var: Path) -> Iterator[str]:
    """The address of an empty database of the platform's own kind; it is gone afterwards."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{var / 'zhoudao.sqlite3'}"
        return
    name = f"{settings.DATABASES['default']['NAME']}_drill_{secrets.token_hex(4)}"
    with _cursor_without_transaction() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            yield _address(name)
        finally:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _cursor_without_transaction() -> Iterator[Any]:
    """A cursor of a connection of its own: databases are made outside any transaction."""
    own = connections["default"].copy()
    try:
        with own.cursor() as cursor:
            yield cursor
    finally:
        own.close()


def _address(name: str) -> str:
    held = connection.settings_dict
    login = quote(held["USER"], safe="") + (f":{quote(held['PASSWORD'], safe='')}" if held["PASSWORD"] else "")
    return f"postgres://{login}@{held['HOST']}{':' + str(held['PORT']) if held['PORT'] else ''}/{quote(name, safe='')}"
