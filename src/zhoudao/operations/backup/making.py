"""Making a backup: a folder that appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from zhoudao.core import city, clock
from zhoudao.core.access import Actor, require
from zhoudao.core.audit.actions import act
from zhoudao.core.keys import keyring
from zhoudao.operations.backup import databases, stores
from zhoudao.operations.backup.rules import (
    FILES,
    MANIFEST,
    BadBackup,
    Facts,
    Manifest,
    Member,
    dump,
    parse,
    sealed,
)
from zhoudao.operations.rules import BACK_UP

TRIES = 5
"""Cuts made before giving up: each is spoiled only by something being replaced within its few seconds."""
PIECE = 1024 * 1024
PURPOSE = "backup manifest"
UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class Made:
    folder: Path
    manifest: Manifest
    linked: int
    """Files that the backup before held already, and that take no room again."""
    removed: list[str]
    """Older backups that ``keep`` let go."""


def create(actor: Actor, into: Path, say: Callable[[str], None], keep: int | None = None) -> Made:
    """Back up everything but the keys into a new folder below ``into``, while the platform serves.

    A file that the newest backup there holds already is hard-linked to it where the disk allows. ``keep``: how many
    backups to leave; the oldest go, once this one is whole. Raises BadBackup; then nothing is left behind.
    """
    require(actor, BACK_UP)
    moment = clock.machine_now()
    earlier = backups_in(into)
    try:
        with _folder_of(into, f"zhoudao-{moment:%Y%m%dT%H%M%SZ}") as unfinished:
            facts, members, linked = _fill(unfinished, earlier[-1] if earlier else None, say)
            manifest = _manifest(moment.isoformat(timespec="seconds"), facts, members)
            _write(unfinished / MANIFEST, dump(manifest).encode())
    except OSError as problem:
        raise BadBackup(f"{into}: {problem.strerror or problem}; nothing was left there") from problem
    folder = into / f"zhoudao-{moment:%Y%m%dT%H%M%SZ}"
    removed = _let_go(backups_in(into), keep)
    with act(actor, BACK_UP, subject=f"backup:{folder.name}") as entry:
        entry.note(files=len(members), bytes=manifest.bytes, audit_sequence=facts.audit_sequence, removed=len(removed))
    return Made(folder, manifest, linked, removed)


def backups_in(folder: Path) -> list[Path]:
    """The finished backups in ``folder``, oldest first."""
    return sorted(path.parent for path in folder.glob(f"zhoudao-*/{MANIFEST}"))


def _fill(folder: Path, earlier: Path | None, say: Callable[[str], None]) -> tuple[Facts, list[Member], int]:
    for attempt in range(1, TRIES + 1):
        with stores.cut() as cut:
            try:
                say("database: copying")
                cut.take()
                path, facts, referred = databases.copy(folder)
                cut.complete()
            except stores.Moved as problem:
                say(f"{problem}; trying again ({attempt} of {TRIES})")
                continue
            there = dict(cut.members())
            if missing := sorted(referred - there.keys()):
                say(f"{missing[0]} is gone; trying again ({attempt} of {TRIES})")
                continue
            copier = _Copier(folder, earlier)
            members = [copier.database(path)]
            for count, (name, source) in enumerate(there.items(), 1):
                members.append(copier.member(f"{FILES}/{name}", source))
                if count % 1000 == 0 or count == len(there):
                    say(f"files: {count:,} of {len(there):,}")
            return facts, members, copier.linked
    raise BadBackup(
        f"no whole backup in {TRIES} tries: a row refers to a stored content that is not there. `zhoudao check` names "
        "it; put it back from an older backup first"
    )


class _Copier:
    """Copies into a backup, hashing on the way; what the backup before holds is linked instead."""

    def __init__(self, folder: Path, earlier: Path | None) -> None:
        self.folder, self.earlier, self.linked = folder, earlier, 0
        self._known = {m.path: m for m in _members_of(earlier)} if earlier else {}

    def database(self, path: Path) -> Member:
        path.chmod(0o400)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        return Member(path.name, digest, path.stat().st_size)

    def member(self, name: str, source: Path) -> Member:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest, size = _copy(source, target)
        made = Member(name, digest, size)
        if self.earlier and self._known.get(name) == made and _link(self.earlier / name, target):
            self.linked += 1
        return made


def _copy(source: Path, target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reading, target.open("wb") as writing:
        while piece := reading.read(PIECE):
            digest.update(piece)
            size += writing.write(piece)
        writing.flush()
        os.fsync(writing.fileno())
    target.chmod(0o400)
    return digest.hexdigest(), size


def _link(kept: Path, target: Path) -> bool:
    """Whether ``target`` is now another name of ``kept``; its own copy stays where the disk can't do that."""
    try:
        beside = target.with_name(f".{target.name}")
        os.link(kept, beside)
        os.replace(beside, target)
    except OSError:
        return False
    return True


def _members_of(folder: Path) -> list[Member]:
    try:
        return parse((folder / MANIFEST).read_text(encoding="utf-8"), str(folder / MANIFEST)).members
    except (BadBackup, OSError):
        return []  # nothing can be shared with it; checking it is another command's work


def _manifest(moment: str, facts: Facts, members: list[Member]) -> Manifest:
    ring = keyring.get()
    keys = [key.fingerprint for key in ring.data_keys]
    made = Manifest(moment, version("zhoudao"), city.current().code, keys, members[0].path, facts, members)
    return sealed(made, ring.derive(PURPOSE))


@contextmanager
def _folder_of(into: Path, name: str) -> Iterator[Path]:
    """A folder that takes its name when it is filled; what an interrupted backup left beside it is removed."""
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (into / name).exists():
        raise BadBackup(f"{into / name} is there already: a backup was made within this second")
    for left in into.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    unfinished = into / f"{UNFINISHED}{secrets.token_hex(6)}"
    unfinished.mkdir(mode=0o700)
    try:
        yield unfinished
        os.replace(unfinished, into / name)
        _flush_folder(into)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o400)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _let_go(folders: list[Path], keep: int | None) -> list[str]:
    gone = folders[: max(0, len(folders) - keep)] if keep else []
    for folder in gone:
        shutil.rmtree(folder)
    return [folder.name for folder in gone]
