"""A case's vault (案件保险库): its files, sealed under the case's own key, and the private folder they are opened into.

    <VAULTS_DIR>/<vault>/raw/<sha256>          as they came, sealed, never changed
    <VAULTS_DIR>/<vault>/<name>                everything else: documents, tables, packages
    <OPEN_VAULTS_DIR>/<vault>/                 opened, mode 700; wiped when nobody works in the case any more

A file is written beside its place and renamed, so that what is there is whole. Destroying a case destroys the key
first: what a disk or a backup of the files still holds is noise then.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from zhoudao.desk.cases.models import Case, CaseKey
from zhoudao.engines.seals import streams
from zhoudao.engines.seals.streams import Sealed

PIECE = 1024 * 1024


class VaultGone(Exception):
    """The case was destroyed, or its key is not in this database."""

    http_status = 404


@dataclass(frozen=True)
class Vault:
    name: str
    key: bytes = field(repr=False)

    @property
    def folder(self) -> Path:
        return Path(settings.VAULTS_DIR) / self.name

    @property
    def private(self) -> Path:
        """The opened folder; made when first asked for."""
        return _private_folder(Path(settings.OPEN_VAULTS_DIR) / self.name)

    # Putting in ----------------------------------------------------------------------------------------------------

    def put(self, name: str, pieces: Iterable[bytes]) -> Sealed:
        """Seal ``pieces`` as ``name``, replacing what had it."""
        with self._unfinished() as path:
            with path.open("wb") as file:
                sealed = streams.seal(pieces, file, self.key, self._place(name))
                _flush(file.fileno())
            self._rename(path, name)
        return sealed

    def put_file(self, name: str, path: Path) -> Sealed:
        return self.put(name, pieces_of(path))

    def put_raw(self, pieces: Iterable[bytes]) -> Sealed:
        """Seal ``pieces`` as ``raw/<their SHA-256>``; a content that is there already stays as it is."""
        with self._unfinished() as path:
            with path.open("wb") as file:
                sealed = streams.seal(pieces, file, self.key, self._place("raw/"))
                _flush(file.fileno())
            if not self.has(f"raw/{sealed.sha256}"):
                self._rename(path, f"raw/{sealed.sha256}")
        return sealed

    # Taking out ----------------------------------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def names(self) -> list[str]:
        """Everything in it, by name."""
        return sorted(
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        )

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of ``name``. Raises FileNotFoundError, streams.CannotOpen."""
        with (self.folder / name).open("rb") as file:
            yield from streams.unseal(file, self.key, self._place(name))

    def read(self, name: str) -> bytes:
        return b"".join(self.pieces(name))

    def open(self, name: str, into: Path | None = None) -> Path:
        """``name`` as a plain file in the private folder (or in ``into``), opened once. Raises as ``pieces``."""
        path = (into or self.private) / name
        if path.is_file():
            return path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        coming = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with open(os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for piece in self.pieces(name):
                    file.write(piece)
            os.replace(coming, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                coming.unlink()
        return path

    @contextlib.contextmanager
    def workshop(self) -> Iterator[Path]:
        """A private folder of one piece of work; it is gone afterwards."""
        folder = _private_folder(Path(settings.OPEN_VAULTS_DIR) / f"{self.name}.work-{secrets.token_hex(8)}")
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    # Ends ----------------------------------------------------------------------------------------------------------

    def remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.folder / name).unlink()

    def _place(self, name: str) -> str:
        # A raw content is named by what is in it, so its place is the shelf; its own hash binds the rest.
        return f"{self.name}/raw" if name.startswith("raw/") else f"{self.name}/{name}"

    @contextlib.contextmanager
    def _unfinished(self) -> Iterator[Path]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f".{secrets.token_hex(8)}"
        try:
            yield path
        finally:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()

    def _rename(self, path: Path, name: str) -> None:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.chmod(0o400)
        os.replace(path, place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def make_key(case: Case) -> None:
    CaseKey.objects.create(case=case, material=secrets.token_hex(32))


def of(case: Case) -> Vault:
    """Raises VaultGone."""
    key = CaseKey.objects.filter(case=case).first()
    if key is None:
        raise VaultGone(f"case {case.number} has no key: it was destroyed")
    return Vault(case.vault, bytes.fromhex(key.material))


def size_of(vault: str) -> tuple[int, int]:
    """Files and bytes of a vault, as they lie on the disk."""
    files = [path for path in (Path(settings.VAULTS_DIR) / vault).rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)


def wipe(vault: str) -> bool:
    """Remove the opened folder; whether there was one."""
    folder = Path(settings.OPEN_VAULTS_DIR) / vault
    there = folder.exists()
    shutil.rmtree(folder, ignore_errors=True)
    return there


def destroy(vault: str) -> None:
    """Remove the sealed files and whatever lies opened. The caller has destroyed the key."""
    for opened in opened_folders():
        if opened.name.partition(".")[0] == vault:
            shutil.rmtree(opened, ignore_errors=True)
    shutil.rmtree(Path(settings.VAULTS_DIR) / vault, ignore_errors=True)


def opened_folders() -> list[Path]:
    """Every folder that holds something opened: of vaults, and of pieces of work."""
    root = Path(settings.OPEN_VAULTS_DIR)
    return sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


def pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _private_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder


def _flush(descriptor: int) -> None:
    os.fsync(descriptor)
