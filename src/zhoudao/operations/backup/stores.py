"""The folders that are backed up, and how they are cut at one moment while others write to them.

Two kinds. In a *sealed* store a file never changes once it has its name: a changed one is written beside it and takes
its name, so that a hard link keeps what was there. In a *growing* store files are written on (the signed heads), so
they are copied, and before the database: what was signed is then never later than the chain that is backed up.

    link every sealed file  ->  copy the growing ones  ->  copy the database  ->  link what is new

A content that a row of the database refers to was there when the row was written, so it is in one of the two passes,
unless it was removed or replaced in between; that is found out, and the whole cut is made again.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from zhoudao.sample.loaded import loaded_folder

CUT = ".cut-"


class Moved(Exception):
    """Something was replaced while the cut was made; it has to be made again."""


@dataclass(frozen=True)
class Store:
    name: str
    """Its folder in the backup."""
    root: Path
    sealed: bool


def stores() -> list[Store]:
    """What is backed up besides the database.

    Not among them: keys (kept apart, docs/backup.md), indexes, assets and the sample's sources (made anew), and opened
    vaults.
    """
    var = Path(settings.VAR)
    return [
        Store("files", Path(settings.FILES_DIR), sealed=True),
        Store("vaults", Path(settings.VAULTS_DIR), sealed=True),
        Store("audit-heads", Path(settings.AUDIT_HEADS_DIR), sealed=False),
        Store("map", var / "map", sealed=False),
        Store("layers", var / "layers", sealed=False),
        Store("visits", var / "visits", sealed=False),
        Store("sample", loaded_folder(), sealed=False),
    ]


def files_in(root: Path) -> Iterator[Path]:
    """The finished files below ``root``, relative to it: none that is being received or written."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if each != "incoming" and not each.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(root)


class Cut:
    """Sealed stores as hard links, growing ones as copies, in a folder of their own within each store's root."""

    def __init__(self) -> None:
        self._name = f"{CUT}{secrets.token_hex(6)}"
        self.stores = [store for store in stores() if store.root.is_dir()]

    def folder(self, store: Store) -> Path:
        return store.root / self._name

    def take(self) -> None:
        """The first pass, before the database is copied."""
        for store in self.stores:
            self.folder(store).mkdir(mode=0o700)
            for path in files_in(store.root):
                _keep(store.root / path, self.folder(store) / path, link=store.sealed)

    def complete(self) -> None:
        """The second pass, after it. Raises Moved."""
        for store in self.stores:
            if not store.sealed:
                continue
            for path in files_in(store.root):
                kept = self.folder(store) / path
                if not kept.exists():
                    _keep(store.root / path, kept, link=True)
                elif not _same(store.root / path, kept):
                    raise Moved(f"{store.name}/{path} was replaced while the backup was made")

    def members(self) -> Iterator[tuple[str, Path]]:
        """Path in the backup, and where the content lies now."""
        for store in self.stores:
            for path in files_in(self.folder(store)):
                yield f"{store.name}/{path.as_posix()}", self.folder(store) / path

    def forget(self) -> None:
        for store in self.stores:
            shutil.rmtree(self.folder(store), ignore_errors=True)


@contextmanager
def cut() -> Iterator[Cut]:
    """A cut that leaves nothing behind; what an interrupted one left is removed too."""
    made = Cut()
    for store in made.stores:
        for left in store.root.glob(f"{CUT}*"):
            shutil.rmtree(left, ignore_errors=True)
    try:
        yield made
    finally:
        made.forget()


def _keep(path: Path, kept: Path, *, link: bool) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, kept) if link else shutil.copy2(path, kept)
    except FileNotFoundError:  # removed since it was listed: whoever removed it has removed its row
        return


def _same(path: Path, kept: Path) -> bool:
    try:
        return os.path.samefile(path, kept)
    except FileNotFoundError:
        return True  # removed since: the cut still has it
