"""Signed heads: appended, never changed, and nothing half-written."""

import errno
import json
import os
import threading

import pytest
from django.db import connection

from zhoudao.core.access import SYSTEM, Forbidden
from zhoudao.core.audit import actions, queries, signing
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.audit.tests.trails import ALICE, grow

pytestmark = pytest.mark.django_db


def test_heads_are_appended(heads_folder):
    grow(1)
    actions.sign_head(SYSTEM)
    first = (heads_folder / "2026-11-24.jsonl").read_text()
    actions.sign_head(SYSTEM)
    both = (heads_folder / "2026-11-24.jsonl").read_text()
    assert both.startswith(first)
    assert [json.loads(line)["sequence"] for line in both.splitlines()] == [1, 2]
    assert json.loads(AuditRow.objects.last().details)["sequence"] == 2


def test_only_the_auditor_and_the_platform_sign():
    with pytest.raises(Forbidden):
        actions.sign_head(ALICE)


def test_the_signing_key_is_the_owners_alone(settings, tmp_path):
    settings.KEYS_FILE = tmp_path / "keys" / "keys.json"
    key = signing.private_key()
    path = signing.key_path()
    assert path.stat().st_mode & 0o777 == 0o600
    assert signing.private_key().private_bytes_raw() == key.private_bytes_raw()
    path.chmod(0o644)
    with pytest.raises(signing.BadSigningKey, match="can be read by others: run chmod 600"):
        signing.private_key()
    path.chmod(0o600)
    path.write_text("not a key")
    with pytest.raises(signing.BadSigningKey, match="expected 64 hexadecimal digits"):
        signing.private_key()


def test_a_full_disk_leaves_the_file_as_it_was(heads_folder, monkeypatch):
    grow(1)
    actions.sign_head(SYSTEM)
    before = (heads_folder / "2026-11-24.jsonl").read_bytes()
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        actions.sign_head(SYSTEM)
    assert (heads_folder / "2026-11-24.jsonl").read_bytes() == before
    assert AuditRow.objects.last().outcome == "failed"


def test_an_export_on_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    grow(1)
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        actions.export(SYSTEM, tmp_path / "trail.jsonl")
    assert list(tmp_path.iterdir()) == []


def full_disk(descriptor):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time")
def test_what_others_write_while_a_head_is_signed_breaks_nothing(heads_folder, monkeypatch):
    grow(1)
    really = queries.last_row

    def elsewhere():
        grow(1)
        connection.close()

    def looked_at_late():
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
        return really()

    monkeypatch.setattr(queries, "last_row", looked_at_late)
    head = actions.sign_head(SYSTEM).head
    assert (head.sequence, AuditRow.objects.count()) == (1, 3)
    monkeypatch.undo()
    assert actions.sign_head(SYSTEM).head.sequence == 3


def test_a_row_that_stands_on_no_record_is_never_signed(heads_folder):
    grow(1)
    AuditRow.objects.create(**{**AuditRow.objects.values().get(), "sequence": 2, "hash": "f" * 64})
    with pytest.raises(actions.BrokenChain, match="the last row isn't the one on record"):
        actions.sign_head(SYSTEM)
