"""A key file of the test's own, and a table with two sealed columns that no room has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps.registry import Apps
from django.db import connection, models

from zhoudao.core.keys import columns, contents
from zhoudao.core.keys.fields import SealedTextField


@pytest.fixture
def key_file(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's keyring will be made, at its first use. No room keeps contents under it."""
    monkeypatch.setattr(contents, "_kept", {})
    settings.KEYS_FILE = tmp_path / "keys" / "keys.json"
    return settings.KEYS_FILE


@pytest.fixture
def note(db, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[models.Model]]:
    """A model with two sealed columns, whose table exists for one test."""

    class Note(models.Model):
        text = SealedTextField(null=True)
        other = SealedTextField(default="", blank=True)

        class Meta:
            app_label = "keys"
            apps = Apps()  # a registry of its own, so that no migration is missed

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE keys_note (id integer PRIMARY KEY, text text NULL, other text NOT NULL)")
    monkeypatch.setattr(columns, "installed_models", lambda: [Note])
    yield Note
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE keys_note")


@pytest.fixture
def stored(note):
    """Reads a column as the database holds it: ``stored(column)`` gives {id: text}."""

    def read(column: str) -> dict[int, str]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {column} FROM keys_note ORDER BY id")
            return dict(cursor.fetchall())

    return read
