"""The key file is made once, for its owner alone, and anything wrong with it is one clear error."""

from __future__ import annotations

import json
import os
import stat
import threading

import pytest

from zhoudao.core.keys import keyring, queries, secret_file
from zhoudao.core.keys.keyring import BadKeyring


@pytest.fixture(autouse=True)
def _no_sealed_values(db):
    """Making a key file asks the database whether something was sealed before."""


def test_is_made_at_first_use_for_its_owner_alone(key_file):
    ring = keyring.get()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert ring.current.version == 1
    before = key_file.read_bytes()
    assert keyring.make(key_file) is False
    assert key_file.read_bytes() == before


def test_two_that_start_together_keep_one_file(tmp_path):
    path = tmp_path / "secret"
    wrote = []
    start = threading.Barrier(8)

    def write() -> None:
        start.wait()
        wrote.append(secret_file.write_once(path))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wrote) == [False] * 7 + [True]
    assert len(path.read_text()) == 64
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(secret_file.os, "fsync", full)
    with pytest.raises(BadKeyring, match="can't be written: No space left on device"):
        keyring.make(tmp_path / "keys.json")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_keeps_the_old_file_on_a_change(key_file, monkeypatch):
    ring = keyring.get()
    before = key_file.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(secret_file.os, "fsync", full)
    with pytest.raises(BadKeyring, match="it is as it was"):
        keyring.save(ring.with_new_data_key())
    assert key_file.read_bytes() == before
    assert list(key_file.parent.iterdir()) == [key_file]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604])
def test_open_to_others_is_refused(key_file, mode):
    keyring.get()
    key_file.chmod(mode)
    os.utime(key_file, (1, 1))  # so that it is read again
    with pytest.raises(BadKeyring, match=f"chmod 600 {key_file}"):
        keyring.get()


@pytest.mark.parametrize("cut", [0, 1, 10, 200, -2])
def test_torn_is_refused(key_file, cut):
    keyring.get()
    key_file.write_text(key_file.read_text()[:cut])
    with pytest.raises(BadKeyring, match="is not a whole key file"):
        keyring.get()


def test_a_changed_character_is_refused(key_file):
    keyring.get()
    content = json.loads(key_file.read_text())
    material = content["data_keys"][0]["key"]
    content["data_keys"][0]["key"] = ("B" if material[0] == "A" else "A") + material[1:]
    key_file.write_text(json.dumps(content))
    with pytest.raises(BadKeyring, match="checksum"):
        keyring.get()


def test_another_json_file_is_refused(key_file):
    key_file.parent.mkdir()
    key_file.write_text('{"some": "thing"}')
    key_file.chmod(0o600)
    with pytest.raises(BadKeyring, match="is not a Zhoudao key file"):
        keyring.get()


def test_missing_while_values_are_sealed_is_refused(note, key_file):
    note.objects.create(id=1, text="kept")
    key_file.unlink()
    with pytest.raises(BadKeyring, match=r"no key file at .* holds sealed values \(keys_note\.text\)"):
        keyring.get()
    assert not key_file.exists()


def test_the_wrong_file_is_refused_at_the_start(note, key_file, tmp_path, settings):
    note.objects.create(id=1, text="kept")
    other = tmp_path / "other.json"
    secret_file.write_once(other, keyring.dump(keyring.Keyring("", (keyring._new_data_key(1),), bytes(32))))
    queries.verify()
    settings.KEYS_FILE = other
    with pytest.raises(BadKeyring, match=r"a value of keys_note\.text doesn't open with key k1"):
        queries.verify()


def test_may_come_from_the_environment(note, key_file, monkeypatch, tmp_path):
    note.objects.create(id=1, text="kept")
    content = key_file.read_text()
    key_file.unlink()
    monkeypatch.setenv("ZHOUDAO_KEYS_JSON", content)
    assert note.objects.get().text == "kept"
    assert keyring.get().source == "ZHOUDAO_KEYS_JSON"
    assert not key_file.exists()
    with pytest.raises(BadKeyring, match="put its content in a file"):
        keyring.save(keyring.get().with_new_data_key())


def test_torn_in_the_environment_is_refused(key_file, monkeypatch):
    monkeypatch.setenv("ZHOUDAO_KEYS_JSON", "{")
    with pytest.raises(BadKeyring, match=r"^ZHOUDAO_KEYS_JSON is not a whole key file"):
        keyring.get()


def test_shows_no_key_in_any_repr(key_file):
    ring = keyring.get()
    secrets = [
        json.loads(key_file.read_text())["blind_key"],
        json.loads(key_file.read_text())["data_keys"][0]["key"],
    ]
    shown = repr(ring) + repr(ring.current)
    assert not any(secret in shown for secret in secrets)
    assert repr(ring.blind_key) not in shown
    assert repr(ring.current.material) not in shown
