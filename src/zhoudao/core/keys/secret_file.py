"""Secrets kept in a file of their own, readable by the owner alone. Pure standard library: settings import
it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_once(path: Path, content: str | None = None) -> bool:
    """Write ``content`` (64 random characters when None) to ``path`` with mode 0600, unless it exists
    already.

    The file appears whole or not at all: two processes that start together keep one file, and neither ever
    reads half of it. Returns whether this call wrote it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _write_draft(path, content if content is not None else secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    _sync_folder(path.parent)
    return True


def replace(path: Path, content: str) -> None:
    """Put ``content`` in the place of the file at ``path``: a reader sees the old file or the new one,
    whole.
    """
    os.replace(_write_draft(path, content), path)
    _sync_folder(path.parent)


def _write_draft(path: Path, content: str) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # a full disk: leave no half-written secret behind
        draft.unlink(missing_ok=True)
        raise
    return draft


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
