"""The documents that browsers keep, built when what they are made of has changed, named by what is in them.

``<VAR>/offline/`` holds the documents, compressed, and ``current.json``, which says which are in use; it is replaced
last, so that a reader finds the old ones or the new ones whole. The ones before stay until the next build.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

import zhoudao
from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places import changes
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.layers.shelf import compact, digest, squeeze
from zhoudao.counter.places.offline.facts import facts, read
from zhoudao.counter.places.offline.rules import LANGUAGES
from zhoudao.counter.places.offline.texts import texts

FORMAT = 1
"""Raised when what the documents hold changes its shape: browsers then fetch them anew."""
CURRENT = "current.json"
NAME = re.compile(r"(facts|texts-zh-hans|texts-en)-[0-9a-f]{16}")


@dataclass(frozen=True)
class Edition:
    """One set of documents."""

    made_of: str
    """What it was built from: the same again needs no new one."""
    made: str
    """The moment, ISO 8601."""
    names: dict[str, str]
    """Name of each document by kind: facts, and texts by language."""

    @property
    def day(self) -> str:
        return self.made[:10]


def folder() -> Path:
    return Path(settings.VAR) / "offline"


def in_use() -> Edition | None:
    """The edition there is; None before the first."""
    try:
        return Edition(**json.loads((folder() / CURRENT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def document(name: str) -> bytes | None:
    """A document, compressed with gzip; None when there is none of that name."""
    if not NAME.fullmatch(name):
        return None
    try:
        return (folder() / f"{name}.json.gz").read_bytes()
    except FileNotFoundError:
        return None


def offered() -> Edition:
    """What a visitor is offered: the edition there is, made new when it is of another day. The job keeps it up to date
    in between. Raises NoNetwork."""
    held = in_use()
    if held is not None and held.day == clock.local(clock.now()).date().isoformat():
        return held
    return renew()


def renew() -> Edition:
    """Build a new edition unless nothing has changed; one process at a time. Raises NoNetwork."""
    with _alone():
        held, wanted = in_use(), _made_of()
        return held if held is not None and held.made_of == wanted else _build(wanted)


def _made_of() -> str:
    build = home.build_in_use()
    if build is None:
        raise home.NoNetwork("no network to keep a part of")
    parts = [
        FORMAT, zhoudao.__version__, build.name, changes.version(), catalog.version(SYSTEM),
        clock.local(clock.now()).date().isoformat(), repr(workdays.in_force(SYSTEM)),
    ]  # fmt: skip
    return digest(compact(parts))


def _build(made_of: str) -> Edition:
    held = read(SYSTEM, clock.now())
    names = {"facts": _put("facts", facts(SYSTEM, held))}
    for language in LANGUAGES:
        names[language] = _put(f"texts-{language}", texts(held, language))
    before = in_use()
    edition = Edition(made_of, clock.local(held.moment).isoformat(), names)
    _write(CURRENT, compact(asdict(edition)))
    in_reach = {*names.values(), *(before.names.values() if before else ())}
    for file in folder().glob("*.json.gz"):
        if file.name.removesuffix(".json.gz") not in in_reach:
            file.unlink(missing_ok=True)
    return edition


def _put(kind: str, data: Any) -> str:
    content = compact(data)
    name = f"{kind}-{digest(content)}"
    _write(f"{name}.json.gz", squeeze(content))
    return name


def _write(name: str, content: bytes) -> None:
    draft = folder() / f".{name}-{os.getpid()}"
    draft.write_bytes(content)
    os.replace(draft, folder() / name)


@contextmanager
def _alone() -> Iterator[None]:
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
