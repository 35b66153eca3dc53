"""A rotation seals everything under a new key; killed anywhere it loses nothing, and run again it
finishes.
"""

from __future__ import annotations

import fcntl
from datetime import timedelta

import pytest

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.keys import actions, columns, keyring, queries, rules

ROWS = 1_234


@pytest.fixture
def notes(note):
    note.objects.bulk_create(
        note(id=row, text=f"text {row}", other="o" if row % 2 else "") for row in range(1, ROWS + 1)
    )
    note.objects.create(id=ROWS + 1, text=None)
    return note


def versions(stored) -> set[str]:
    return {
        token.partition(":")[0] for column in ("text", "other") for token in stored(column).values() if token
    }


def test_seals_everything_again_under_a_new_key(notes, stored):
    told = []
    done = actions.rotate(SYSTEM, lambda column, rows: told.append((column, rows)))
    assert (done.version, done.resumed) == (2, False)
    assert done.rewritten == {"keys_note.text": ROWS, "keys_note.other": ROWS // 2}
    assert versions(stored) == {"k2"}
    assert [row.text for row in notes.objects.order_by("id")[:3]] == ["text 1", "text 2", "text 3"]
    assert told[0] == ("keys_note.text", actions.BATCH)


def test_goes_on_after_it_was_killed(notes, stored, monkeypatch):
    put, done = columns.SealedColumn.put, []

    def die_in_the_middle(column, key, old, new):
        done.append(key)
        if len(done) == actions.BATCH + 7:
            raise KeyboardInterrupt
        return put(column, key, old, new)

    with monkeypatch.context() as patch:
        patch.setattr(columns.SealedColumn, "put", die_in_the_middle)
        with pytest.raises(KeyboardInterrupt):
            actions.rotate(SYSTEM)
    assert versions(stored) == {"k1", "k2"}
    assert {row.text for row in notes.objects.all()} == {f"text {row}" for row in range(1, ROWS + 1)} | {None}

    finished = actions.rotate(SYSTEM)
    assert (finished.version, finished.resumed) == (2, True)
    assert versions(stored) == {"k2"}
    assert [key.version for key in keyring.get().data_keys] == [1, 2]


def test_keeps_what_somebody_writes_meanwhile(notes, stored, monkeypatch):
    put = columns.SealedColumn.put

    def write_first(column, key, old, new):
        if key == 5 and column.column == "text":
            notes.objects.filter(id=5).update(text="written meanwhile")
        return put(column, key, old, new)

    monkeypatch.setattr(columns.SealedColumn, "put", write_first)
    actions.rotate(SYSTEM)
    assert notes.objects.get(id=5).text == "written meanwhile"
    assert versions(stored) == {"k2"}


def test_refuses_to_start_on_a_value_that_does_not_open(notes, key_file):
    before = key_file.read_bytes()
    with columns.SealedColumn("default", "keys_note", "text", "id")._run(
        "UPDATE {table} SET {column} = %s WHERE {key} = %s", ["k1:AAAA", 1]
    ):
        pass
    with pytest.raises(keyring.BadKeyring):
        actions.rotate(SYSTEM)
    assert key_file.read_bytes() == before


def test_only_one_at_a_time(notes, key_file):
    keyring.get()
    with key_file.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(keyring.BadKeyring, match="another rotation"):
            actions.rotate(SYSTEM)


def test_is_the_security_officers(notes, key_file):
    before = key_file.read_bytes()
    for role in set(Role) - {Role.SECURITY_OFFICER, Role.SYSTEM}:
        actor = Actor("user:1", role, frozenset({"*"}))
        with pytest.raises(Forbidden):
            actions.rotate(actor)
        with pytest.raises(Forbidden):
            actions.retire(actor)
    assert key_file.read_bytes() == before
    assert actions.rotate(Actor("user:2", Role.SECURITY_OFFICER)).version == 2


def test_shows_how_much_is_under_each_key(notes):
    actions.rotate(SYSTEM)
    state = queries.state(SYSTEM)
    assert [(key.version, key.values) for key in state.keys] == [(1, 0), (2, ROWS + ROWS // 2)]
    assert state.waiting == 0


def test_a_key_in_use_or_just_superseded_is_not_retired(notes):
    actions.rotate(SYSTEM)
    assert actions.retire(SYSTEM) == []
    moment = clock.machine_now() + 2 * rules.SETTLING
    keys = keyring.get().data_keys
    assert rules.retirable(keys, {1: 3, 2: 9}, moment) == []
    assert rules.retirable(keys, {1: 0, 2: 9}, moment) == [1]
    assert rules.retirable(keys, {1: 0, 2: 0}, moment) == [1]


def test_a_retired_key_is_gone_and_all_still_opens(notes, key_file, monkeypatch):
    actions.rotate(SYSTEM)
    later = clock.machine_now() + rules.SETTLING + timedelta(minutes=1)
    monkeypatch.setattr(actions.clock, "machine_now", lambda: later)
    assert actions.retire(SYSTEM) == [1]
    assert [key.version for key in keyring.get().data_keys] == [2]
    assert notes.objects.get(id=1).text == "text 1"


def test_running_processes_follow(notes, key_file):
    assert notes.objects.get(id=1).text == "text 1"
    held = keyring.get()
    actions.rotate(SYSTEM)
    assert keyring.get() is not held
    assert notes.objects.get(id=1).text == "text 1"
