"""Whether a backup is what its manifest says, and whether a restored platform is what was backed up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from zhoudao.core.access import Actor, require
from zhoudao.core.audit import queries as audit
from zhoudao.core.files import queries as files
from zhoudao.core.keys import keyring
from zhoudao.core.keys import queries as keys
from zhoudao.operations.backup import databases, stores
from zhoudao.operations.backup.making import PURPOSE
from zhoudao.operations.backup.rules import (
    FILES,
    MANIFEST,
    BadBackup,
    Manifest,
    differences,
    is_sealed_with,
    parse,
)
from zhoudao.operations.rules import BACK_UP


def read(folder: Path) -> Manifest:
    """Raises BadBackup when there is no finished backup in ``folder``."""
    path = folder / MANIFEST
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise BadBackup(f"{folder}: holds no {MANIFEST}; expected a folder that `zhoudao backup create` made") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise BadBackup(f"{path}: can't be read ({problem})") from None


def problems(actor: Actor, folder: Path, say: Callable[[str], None]) -> list[str]:
    """Everything in which the backup differs from its manifest, a sentence each. Raises BadBackup."""
    require(actor, BACK_UP)
    manifest = read(folder)
    return [*_seal(manifest), *_strays(folder, manifest), *_spoiled(folder, manifest, say)]


def _seal(manifest: Manifest) -> Iterator[str]:
    ring = keyring.get()
    known = {key.fingerprint for key in ring.data_keys}
    if missing := [fingerprint for fingerprint in manifest.keys if fingerprint not in known]:
        yield (
            f"{MANIFEST}: was made with data keys {', '.join(missing)}, which the keyring at {ring.source} does not "
            "have: name the key file of that time in ZHOUDAO_KEYS"
        )
    if not is_sealed_with(manifest, ring.derive(PURPOSE)):
        yield f"{MANIFEST}: was altered, or was not written with the keyring at {ring.source}"


def _strays(folder: Path, manifest: Manifest) -> Iterator[str]:
    named = {member.path for member in manifest.members} | {MANIFEST}
    for path in stores.files_in(folder):
        if path.as_posix() not in named:
            yield f"{path.as_posix()}: is not in the manifest"


def _spoiled(folder: Path, manifest: Manifest, say: Callable[[str], None]) -> Iterator[str]:
    for count, member in enumerate(manifest.members, 1):
        try:
            with (folder / member.path).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != member.sha256:
                    yield f"{member.path}: its content was changed"
        except FileNotFoundError:
            yield f"{member.path}: is missing"
        except OSError as problem:
            yield f"{member.path}: can't be read ({problem.strerror})"
        if count % 1000 == 0 or count == len(manifest.members):
            say(f"checked {count:,} of {len(manifest.members):,} files")


def problems_of_restored(actor: Actor, manifest: Manifest) -> list[str]:
    """Everything in which this platform differs from the backup it was restored from."""
    require(actor, BACK_UP)
    told = differences(manifest.facts, databases.facts_now())
    try:
        keys.verify()
    except keyring.BadKeyring as other:
        told.append(f"keys: {other}")
    found = audit.verify(actor)
    if not found.whole:
        problem = found.verdict.problem
        told.append(f"audit trail: {problem.message if problem else found.head_problems or 'rows are not guarded'}")
    told += [f"files: {checked.problem}" for checked in files.verify_all() if checked.problem]
    return [*told, *_missing_members(manifest)]


def _missing_members(manifest: Manifest) -> Iterator[str]:
    roots = {store.name: store.root for store in stores.stores()}
    for member in manifest.members[1:]:
        store, _, rest = member.path.removeprefix(f"{FILES}/").partition("/")
        path = roots[store] / rest
        if not path.is_file() or path.stat().st_size != member.size:
            yield f"{path}: is missing or cut short"
