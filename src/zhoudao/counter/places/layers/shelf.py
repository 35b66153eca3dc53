"""Where drawn layers are kept: files named by their content, and one file that says which are in use.

A file is written beside the others and never changed, so a browser may keep it for ever; a drawing becomes
current by replacing ``current.json``, so that readers see the old one or the new one whole. The drawing
before stays, for pages that are open.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from zhoudao.counter.places.layers.rules import Tile

CURRENT = "current.json"
NAME = re.compile(r"(roads|boats|streets)-[0-9a-f]{16}")
A_YEAR_ZERO = (1980, 1, 1, 0, 0, 0)
"""Zip files must have a date; the same one each time makes the same bytes."""


def folder() -> Path:
    return Path(settings.VAR) / "layers"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def compact(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def squeeze(content: bytes) -> bytes:
    """Compressed, the same bytes each time."""
    return gzip.compress(content, mtime=0)


def put(kind: str, data: Any) -> str:
    """Keep a GeoJSON document; its name."""
    content = compact(data)
    name = f"{kind}-{digest(content)}"
    _write(folder() / f"{name}.json.gz", squeeze(content))
    return name


def put_tiles(kind: str, tiles: Iterable[tuple[Tile, bytes]]) -> str:
    """Keep tiles, compressed one by one in one archive; its name."""
    folder().mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=".draft-", dir=folder())
    hashed = hashlib.sha256()
    try:
        with (
            os.fdopen(descriptor, "wb") as stream,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive,
        ):
            for tile, content in tiles:
                member = f"{tile.zoom}/{tile.x}/{tile.y}"
                squeezed = squeeze(content)
                hashed.update(member.encode() + squeezed)
                archive.writestr(zipfile.ZipInfo(member, A_YEAR_ZERO), squeezed)
        name = f"{kind}-{hashed.hexdigest()[:16]}"
        os.chmod(draft, 0o644)
        os.replace(draft, folder() / f"{name}.zip")
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return name


@dataclass(frozen=True)
class Drawing:
    """What is in use, and what it was drawn from."""

    names: dict[str, str] = field(default_factory=dict)
    """The file of each kind: roads, boats, streets."""
    extent: list[float] = field(default_factory=list)
    """West, south, east, north of the streets: no tile is asked for outside."""
    sources: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the extract and the feed."""


def publish(drawing: Drawing) -> None:
    """Put a drawing in use; forget all but it and the one before."""
    kept = {*current().names.values(), *drawing.names.values()}
    _write(folder() / CURRENT, compact(asdict(drawing)))
    for file in folder().iterdir():
        if NAME.match(file.name) and file.name.split(".")[0] not in kept:
            file.unlink(missing_ok=True)


def current() -> Drawing:
    """The drawing in use; an empty one when nothing has been drawn."""
    try:
        return Drawing(**json.loads((folder() / CURRENT).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Drawing()


def document(name: str) -> bytes | None:
    """A kept document, compressed; None when there is none of that name."""
    if not NAME.fullmatch(name):
        return None
    try:
        return (folder() / f"{name}.json.gz").read_bytes()
    except FileNotFoundError:
        return None


def tile(name: str, wanted: Tile) -> bytes | None:
    """A kept tile, compressed; None when nothing is in it, or there is no archive of that name."""
    path = folder() / f"{name}.zip"
    if not NAME.fullmatch(name) or not path.exists():
        return None
    try:
        return _archive(path).read(f"{wanted.zoom}/{wanted.x}/{wanted.y}")
    except KeyError:
        return None


@lru_cache(maxsize=2)
def _archive(path: Path) -> zipfile.ZipFile:
    """Kept open: its list of tiles is read once. Safe to read from several threads."""
    return zipfile.ZipFile(path)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_bytes(content)
    os.replace(draft, path)
