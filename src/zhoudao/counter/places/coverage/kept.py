"""What was worked out once, kept beside the network it was worked out on and gone with it.

A file is named by everything its content depends on, so what it holds is right as long as it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhoudao.engines.wayfinding import Network

FOLDER = "coverage"
MOST_FILES = 400
"""Kept at most; the oldest go first. An answer is 1 to 300 KB."""
FORMAT = 1
"""Raised when the meaning of what is kept changes."""

Answer = dict[str, Any]


def name_of(kind: str, inputs: Mapping[str, Any]) -> str:
    """The name of an answer: its kind, and a hash of what it depends on (JSON values)."""
    text = json.dumps([FORMAT, kind, inputs], sort_keys=True, ensure_ascii=False)
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def find(network: Network, name: str) -> Answer | None:
    """An answer worked out earlier; None when there is none, or it can't be read."""
    folder = _folder(network)
    if folder is None:
        return None
    try:
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def keep(network: Network, name: str, answer: Answer) -> None:
    """Keep an answer. A full disk, or a network replaced meanwhile, only means working it out again."""
    folder = _folder(network)
    if folder is None:
        return
    coming = folder / f".{name}-{os.getpid()}"
    try:
        folder.mkdir(exist_ok=True)  # without parents: a network that is gone stays gone
        coming.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
        os.replace(coming, folder / f"{name}.json")
        _tidy(folder)
    except OSError:
        coming.unlink(missing_ok=True)


def _folder(network: Network) -> Path | None:
    """In the house's folder of this build: <VAR>/map/BUILD/coverage."""
    return network.build_path.parent.parent / FOLDER if network.build_path else None


def _tidy(folder: Path) -> None:
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in files[MOST_FILES:]:
        old.unlink(missing_ok=True)
