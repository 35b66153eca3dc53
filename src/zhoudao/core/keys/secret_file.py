"""Secrets kept in a file of their own, readable by the owner alone. Pure standard library: settings import it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_once(path: Path, content: str | None = None) -> None:
    """Write ``content`` (64 random characters when None) to ``path`` with mode 0600, unless it exists already."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content if content is not None else secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
