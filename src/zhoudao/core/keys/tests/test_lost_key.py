"""A key file that is lost: what docs/keys.md says one can still do, done."""

from __future__ import annotations

import pytest
from django.db import connection

from zhoudao.core.access import SYSTEM
from zhoudao.core.keys import actions, keyring, queries
from zhoudao.core.keys.keyring import BadKeyring


def test_with_its_copy_put_back_everything_opens(note, key_file):
    note.objects.create(id=1, text="kept")
    copy = key_file.read_bytes()
    key_file.unlink()
    with pytest.raises(BadKeyring):
        keyring.get()
    key_file.write_bytes(copy)
    key_file.chmod(0o600)
    queries.verify()
    assert note.objects.get().text == "kept"


def test_a_copy_from_before_a_rotation_opens_what_was_sealed_then_and_nothing_later(note, key_file, stored):
    note.objects.create(id=1, text="kept")
    then, before = stored("text")[1], key_file.read_bytes()
    actions.rotate(SYSTEM)
    key_file.write_bytes(before)
    key_file.chmod(0o600)
    with pytest.raises(BadKeyring):
        queries.verify()
    with connection.cursor() as cursor:  # the backup of that time
        cursor.execute("UPDATE keys_note SET text = %s WHERE id = 1", [then])
    queries.verify()
    assert note.objects.get().text == "kept"


def test_with_none_a_new_start_needs_the_sealed_tables_empty(note, key_file):
    note.objects.create(id=1, text="lost")
    key_file.unlink()
    with pytest.raises(BadKeyring, match="holds sealed values"):
        keyring.get()
    note.objects.all().delete()
    note.objects.create(id=2, text="registered again")
    assert key_file.exists(), "a new file is made as soon as nothing is sealed under the lost one"
    queries.verify()
    assert note.objects.get().text == "registered again"
