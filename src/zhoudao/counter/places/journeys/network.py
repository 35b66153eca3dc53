"""Where the network lives, and the one this process has open.

``<VAR>/map/`` holds one folder a build, the file ``current`` that names the one in use, and ``waiting/`` for a source
that has nothing to be built with yet. A build holds the extract and the feed it was made from, the points, and the
engine's own folder: what is in use and what it was made of are replaced together.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from zhoudao.engines.wayfinding import BadNetwork, Network

log = logging.getLogger(__name__)

STREETS, FEED, POINTS = "streets.osm.pbf", "gtfs.zip", "points.json"
ENGINE = "network"
"""The engine's folder in a build."""
CURRENT, WAITING = "current", "waiting"


class NoNetwork(LookupError):
    """No streets and timetable have been imported yet, or what there is can't be opened."""

    http_status = 503

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.what = _("Ways and travel times can't be worked out just now")
        self.todo = _("Look for places by distance instead, or call us.")


@dataclass(frozen=True)
class _Open:
    build: Path
    network: Network


_held: _Open | None = None
_opening = threading.Lock()


def folder() -> Path:
    return Path(settings.VAR) / "map"


def build_in_use() -> Path | None:
    """The folder of the build in use; None when there is none."""
    try:
        name = (folder() / CURRENT).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return folder() / name


def current() -> Network:
    """The network in use, opened once in each process and again when it was replaced. Raises NoNetwork.

    Where the new one can't be opened, the old one stays in use."""
    global _held
    held, build = _held, build_in_use()
    if build is None:
        raise NoNetwork(f"no network in {folder()}; import streets and a timetable")
    if held is not None and held.build == build:
        return held.network
    with _opening:
        if _held is None or _held.build != build:
            _held = _opened(build, _held)
        return _held.network


def _opened(build: Path, held: _Open | None) -> _Open:
    try:
        return _Open(build, Network.open(build / ENGINE))
    except BadNetwork as bad:
        log.error("the network can't be opened: %s", bad)
        if held is not None and held.build.parent == build.parent:
            return _Open(build, held.network)  # not asked again until another build is in use
        raise NoNetwork(str(bad)) from bad


def exists() -> bool:
    """Whether there is a network that can be asked."""
    try:
        current()
    except NoNetwork:
        return False
    return True
