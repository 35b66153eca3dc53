"""A case's vault: sealed at rest under its own key, opened into a private folder, wiped when nobody works in it."""

import os
import stat
import time
from datetime import timedelta

import pytest

from zhoudao.core import clock
from zhoudao.desk.cases import actions, vault
from zhoudao.desk.cases.models import CaseKey, Sitting
from zhoudao.desk.cases.rules import LONGEST_SITTING, Duty, Purpose
from zhoudao.engines.seals.streams import CannotOpen

pytestmark = pytest.mark.django_db


def everything_under(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_nothing_in_the_vault_can_be_read_without_the_key(case, settings):
    sealed = vault.of(case).put_raw([b"6222 0001 secret ", b"line"])
    assert vault.of(case).read(f"raw/{sealed.sha256}") == b"6222 0001 secret line"
    assert b"secret" not in everything_under(settings.VAULTS_DIR)
    assert b"secret" not in CaseKey.objects.get(case=case).material.encode()


def test_the_same_raw_content_is_kept_once_and_never_replaced(case):
    box = vault.of(case)
    first = box.put_raw([b"statement"])
    path = box.folder / "raw" / first.sha256
    before = path.read_bytes()
    assert box.put_raw([b"state", b"ment"]) == first
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o400


def test_a_sealed_file_moved_to_another_name_does_not_open(case):
    box = vault.of(case)
    box.put("tables/one", [b"1"])
    box.put("tables/two", [b"2"])
    os.replace(box.folder / "tables/one", box.folder / "tables/two")
    with pytest.raises(CannotOpen):
        box.read("tables/two")


def test_the_private_folder_is_the_owners_alone(case):
    box = vault.of(case)
    box.put("tables/one", [b"1"])
    path = box.open("tables/one")
    assert path.read_bytes() == b"1"
    assert stat.S_IMODE(box.private.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_leaving_wipes_what_lay_open_unless_another_member_is_at_work(case, mei, officer):
    lin = officer("lin")
    actions.add_member(mei, case.number, "lin", Duty.ANALYST)
    actions.enter(lin, case.number, Purpose.TRACE)
    box = vault.of(case)
    box.put("tables/one", [b"1"])
    path = box.open("tables/one")
    actions.leave(mei, case.number)
    assert path.exists()
    actions.leave(lin, case.number)
    assert not path.exists()


def test_what_a_quiet_sitting_left_open_is_wiped_by_the_worker(case, settings):
    box = vault.of(case)
    box.put("tables/one", [b"1"])
    path = box.open("tables/one")
    assert actions.wipe_unused() == 0
    Sitting.objects.update(seen_at=clock.machine_now() - timedelta(minutes=settings.SITTING_MINUTES + 1))
    assert actions.wipe_unused() == 1
    assert not path.exists()


def test_a_piece_of_work_has_its_own_folder_and_leaves_none(case):
    with vault.of(case).workshop() as folder:
        (folder / "x").write_bytes(b"plain")
        assert actions.wipe_unused() == 0
    assert not folder.exists()


def test_what_a_piece_of_work_that_died_left_is_wiped_in_the_end(case):
    with vault.of(case).workshop() as folder:
        (folder / "x").write_bytes(b"plain")
        old = time.time() - LONGEST_SITTING.total_seconds() - 60
        os.utime(folder, (old, old))
        assert actions.wipe_unused() == 1
        assert not folder.exists()
