"""Whether the database holds a sample. Asked at every start: nothing that makes or loads one is imported here."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from zhoudao.core.access import Permission
from zhoudao.core.people.models import User
from zhoudao.sample import tables

LOAD = Permission("sample.load", "load the sample city into the database", ())
"""Nobody but the platform itself: it is done by a command on the server."""

LOADED = "loaded"
"""The folder that keeps what was loaded: its manifest, and who can sign in. No later build touches it."""


def loaded_folder() -> Path:
    """Where the manifest and the accounts of the loaded sample are kept."""
    return Path(settings.SAMPLE_DIR) / LOADED


def is_loaded() -> bool:
    """Whether the database has the accounts of a sample that was loaded to the end."""
    accounts = loaded_folder() / "staff.csv"
    if not accounts.is_file():
        return False
    first = tables.read(accounts)[0]["username"]
    try:
        return User.objects.filter(username=first).exists()
    except DatabaseError:  # not migrated yet
        return False
