"""A sealed column holds ciphertext that opens only where it was sealed, and hides itself from reprs and
dumps.
"""

from __future__ import annotations

import base64

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.core.keys import keyring
from zhoudao.core.keys.keyring import CannotUnseal

NAME = "欧阳𬎆𲎯·买买提"


def overwrite(column: str, text: str, row: int = 1) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE keys_note SET {column} = %s WHERE id = %s", [text, row])


def test_reads_what_was_written(note):
    note.objects.create(id=1, text=NAME, other="x" * 10_000)
    found = note.objects.get()
    assert (found.text, found.other) == (NAME, "x" * 10_000)


def test_the_database_holds_only_ciphertext(note, stored):
    note.objects.create(id=1, text=NAME)
    token = stored("text")[1]
    assert token.startswith("k1:")
    assert NAME.encode() not in base64.b64decode(token.removeprefix("k1:"))
    assert stored("other")[1] == ""


def test_equal_texts_are_sealed_differently(note, stored):
    note.objects.bulk_create([note(id=1, text=NAME), note(id=2, text=NAME)])
    assert stored("text")[1] != stored("text")[2]


def test_null_and_empty_stay_as_they_are(note, stored):
    note.objects.create(id=1, text=None, other="")
    assert stored("text")[1] is None
    assert note.objects.get().text is None
    assert note.objects.filter(text__isnull=True).count() == 1


def test_moved_to_another_column_is_refused(note, stored):
    note.objects.create(id=1, text=NAME)
    overwrite("other", stored("text")[1])
    with pytest.raises(CannotUnseal, match=r"a value of keys_note\.other .* moved from another column"):
        note.objects.get()


@pytest.mark.parametrize("place", [0, 5, 11, 12, 20, -1])
def test_any_altered_byte_is_refused(note, stored, place):
    note.objects.create(id=1, text=NAME)
    raw = bytearray(base64.b64decode(stored("text")[1].removeprefix("k1:")))
    raw[place] ^= 1
    overwrite("text", "k1:" + base64.b64encode(raw).decode())
    with pytest.raises(CannotUnseal) as problem:
        note.objects.get()
    assert NAME not in str(problem.value)


@pytest.mark.parametrize("token", ["plain text", "k1:", "k1:%%%", "k1:AAAA", "k9:AAAA", ":", "k1"])
def test_what_is_no_ciphertext_is_refused(note, token):
    note.objects.create(id=1, text=NAME)
    overwrite("text", token)
    with pytest.raises(CannotUnseal):
        note.objects.get()


def test_is_hidden_from_reprs(note):
    note.objects.create(id=1, text=NAME)
    found = note.objects.get()
    assert NAME not in repr(found.text)
    assert NAME not in repr(vars(found))
    assert NAME not in repr(list(note.objects.values()))
    assert f"{found.text}" == NAME


def test_the_database_can_not_look_into_it(note):
    for lookup in ("text", "text__contains", "text__in"):
        with pytest.raises(FieldError, match="filter by its blind index"):
            note.objects.filter(**{lookup: NAME}).count()


def test_is_not_written_to_dumps(note):
    note.objects.create(id=1, text=NAME)
    with pytest.raises(FieldError, match="isn't written to dumps"):
        serializers.serialize("json", note.objects.all())


@given(st.text(), st.text(min_size=1), st.text(min_size=1))
def test_opens_in_its_place_and_nowhere_else(text, place, elsewhere):
    ring = keyring.Keyring("test", (keyring._new_data_key(3),), bytes(32))
    text = text.encode("utf-8", "ignore").decode()
    place, elsewhere = (name.encode("utf-8", "ignore").decode() for name in (place, elsewhere))
    token = ring.seal(text, place)
    assert ring.unseal(token, place) == text
    if elsewhere != place:
        with pytest.raises(CannotUnseal):
            ring.unseal(token, elsewhere)
