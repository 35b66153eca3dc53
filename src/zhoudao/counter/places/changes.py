"""What follows from a change of the directory: a new version of it, and, where points may have moved, a new
network."""

from __future__ import annotations

import secrets

from zhoudao.core.one_look import read_once
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.counter.places.models import DirectoryVersion

BUILD_NETWORK = "places.build_network"
"""The job that builds the network anew."""


def happened(*, points: bool = False) -> None:
    """Called by every action that changed the directory, in its transaction. ``points``: some were added,
    moved or withdrawn."""
    stamp = secrets.randbits(62)
    DirectoryVersion.objects.update_or_create(pk=1, defaults={"stamp": stamp})
    if points:
        enqueue_job(BUILD_NETWORK, key=f"{BUILD_NETWORK}:{stamp}")


def version() -> int:
    """A number that differs after every change of points, phones, guides and closures; 0 before the first. One SQL
    query."""
    return read_once("directory", _stamp)


def _stamp() -> int:
    return DirectoryVersion.objects.values_list("stamp", flat=True).first() or 0
