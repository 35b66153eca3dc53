"""Whatever step of storing fails, nothing is left behind and the error says so."""

import errno
import os

import pytest

from zhoudao.core.files import actions, store
from zhoudao.core.files.tests.test_receiving import everything_in
from zhoudao.core.files.tests.uploads import DOCX, Upload

STEPS = ("open", "write", "fsync", "replace", "close")


class Disk:
    """Lets the first ``room`` steps through, then is full."""

    def __init__(self, room):
        self.room, self.steps = room, []

    def step(self, name, real):
        def do(*arguments, **options):
            self.steps.append(name)
            if len(self.steps) > self.room and name != "close":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*arguments, **options)

        return do


def receive_on(disk, monkeypatch):
    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(store.os, name, disk.step(name, getattr(os, name)))
        return actions.receive(Upload("a.docx", DOCX, 100))


def test_a_full_disk_at_any_step_leaves_nothing(monkeypatch, tmp_path, settings):
    settings.FILES_DIR = tmp_path / "count"
    whole = Disk(10_000)
    assert receive_on(whole, monkeypatch).size == len(DOCX)
    assert {"open", "write", "fsync", "replace"} <= set(whole.steps)
    for room in range(len(whole.steps)):
        if whole.steps[room] == "close":
            continue
        settings.FILES_DIR = tmp_path / str(room)
        with pytest.raises(store.CannotStore, match=r"a\.docx: nothing was kept, because the disk is full"):
            receive_on(Disk(room), monkeypatch)
        assert everything_in(settings.FILES_DIR) == [], whole.steps[: room + 1]


def test_a_folder_that_cannot_be_written(settings, tmp_path):
    (tmp_path / "a-file").write_text("")
    settings.FILES_DIR = tmp_path / "a-file"
    with pytest.raises(store.CannotStore, match="nothing was kept, because Not a directory"):
        actions.receive(Upload("a.docx", DOCX))


def test_a_disk_that_takes_a_little_at_a_time(monkeypatch):
    write = os.write
    monkeypatch.setattr(store.os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    assert b"".join(store.open_content(actions.receive(Upload("a.docx", DOCX)).address)) == DOCX
