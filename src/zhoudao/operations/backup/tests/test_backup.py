"""A backup holds everything as of one moment, whatever is written meanwhile, and can be put back elsewhere."""

import json
import os
import stat

import pytest
from django.db import connection

from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import sign_head
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.files import store
from zhoudao.core.files.models import StoredFile
from zhoudao.operations.backup import checking, databases, making, restoring, stores
from zhoudao.operations.backup.rules import MANIFEST, BadBackup

pytestmark = pytest.mark.django_db(transaction=True)


def create(tmp_path, said, **options):
    return making.create(SYSTEM, tmp_path / "backups", said.append, **options)


def problems(made, said):
    return checking.problems(SYSTEM, made.folder, said.append)


def test_a_drill_restores_everything_elsewhere(hand_in, tmp_path, said):
    hand_in("one")
    sign_head(SYSTEM)
    hand_in("two")
    made = create(tmp_path, said)
    printed = restoring.drill(SYSTEM, made.folder, said.append)
    assert printed["problems"] == []
    assert printed["rows"] == sum(made.manifest.facts.tables.values())
    assert made.manifest.facts.tables[StoredFile._meta.db_table] == 2
    assert printed["audit_sequence"] == made.manifest.facts.audit_sequence == 3
    assert AuditRow.objects.filter(purpose="drill").count() == 1


def test_a_backup_is_for_its_owner_alone(hand_in, tmp_path, said):
    hand_in("one")
    made = create(tmp_path, said)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in made.folder.rglob("*") if path.is_file()}
    assert modes == {0o400}
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700


def test_no_key_is_in_it(hand_in, tmp_path, said, settings):
    hand_in("one")
    made = create(tmp_path, said)
    from zhoudao.core.keys import keyring

    secrets = [keyring.get().blind_key.hex().encode(), settings.SECRET_KEY.encode()]
    everything = b"".join(path.read_bytes() for path in made.folder.rglob("*") if path.is_file())
    assert not [secret for secret in secrets if secret in everything]
    assert not [path for path in made.folder.rglob("*") if "key" in path.name]


def test_what_is_written_while_it_is_made_is_whole_or_not_in_it(hand_in, tmp_path, said, monkeypatch):
    hand_in("before")
    real = databases.copy

    def busy(folder):
        hand_in("between the files and the database")
        copied = real(folder)
        hand_in("after the database")
        return copied

    monkeypatch.setattr(databases, "copy", busy)
    made = create(tmp_path, said)
    monkeypatch.undo()
    assert made.manifest.facts.tables[StoredFile._meta.db_table] == 2
    printed = restoring.drill(SYSTEM, made.folder, said.append)
    assert printed["problems"] == []


def test_a_replaced_file_makes_it_cut_again(hand_in, tmp_path, said, monkeypatch, settings):
    table = settings.VAULTS_DIR / "v1" / "ledger.parquet"
    table.parent.mkdir(parents=True)
    table.write_bytes(b"old")
    real, times = databases.copy, []

    def busy(folder):
        if not times:
            beside = table.with_name("beside")
            beside.write_bytes(b"new")
            os.replace(beside, table)
        times.append(1)
        return real(folder)

    monkeypatch.setattr(databases, "copy", busy)
    made = create(tmp_path, said)
    assert len(times) == 2
    assert (made.folder / "stores" / "vaults" / "v1" / "ledger.parquet").read_bytes() == b"new"
    assert any("was replaced while" in each for each in said)


def test_a_row_whose_content_is_gone_is_no_backup(hand_in, tmp_path, said):
    store.path_of(hand_in("lost").address).unlink()
    with pytest.raises(BadBackup, match="a stored content that is not there"):
        create(tmp_path, said)
    assert list((tmp_path / "backups").iterdir()) == []


def test_nothing_is_left_in_the_stores(hand_in, tmp_path, said, settings):
    hand_in("one")
    (settings.FILES_DIR / f"{stores.CUT}crashed").mkdir()
    create(tmp_path, said)
    assert not list(settings.FILES_DIR.glob(f"{stores.CUT}*"))


def test_an_unchanged_file_takes_no_room_twice(hand_in, tmp_path, said, monkeypatch):
    moments = iter(range(9))
    from datetime import timedelta

    began = making.clock.machine_now()
    monkeypatch.setattr(making.clock, "machine_now", lambda: began + timedelta(seconds=next(moments)))
    hand_in("one")
    first = create(tmp_path, said)
    hand_in("two")
    second = create(tmp_path, said)
    shared = [m.path for m in second.manifest.members if (second.folder / m.path).stat().st_nlink > 1]
    assert (first.linked, second.linked) == (0, 1)
    assert len(shared) == 1
    third = create(tmp_path, said, keep=1)
    assert third.removed == [first.folder.name, second.folder.name]
    assert problems(third, said) == []


def _alter(path, content):
    path.chmod(0o600)
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", ["change", "remove", "add", "manifest"])
def test_a_spoiled_backup_is_named_and_never_restored(spoil, hand_in, tmp_path, said):
    hand_in("one")
    made = create(tmp_path, said)
    member = made.folder / made.manifest.members[1].path
    if spoil == "change":
        _alter(member, b"two")
        expected = f"{made.manifest.members[1].path}: its content was changed"
    elif spoil == "remove":
        member.unlink()
        expected = f"{made.manifest.members[1].path}: is missing"
    elif spoil == "add":
        (made.folder / "stray.txt").write_text("?")
        expected = "stray.txt: is not in the manifest"
    else:
        content = json.loads((made.folder / MANIFEST).read_text())
        content["facts"]["audit_sequence"] += 1
        _alter(made.folder / MANIFEST, json.dumps(content).encode())
        expected = "manifest.json: was altered"
    assert [each for each in problems(made, said) if each.startswith(expected)]
    with pytest.raises(BadBackup):
        restoring.drill(SYSTEM, made.folder, said.append)


def test_nothing_is_restored_over_what_is_there(hand_in, tmp_path, said):
    hand_in("one")
    made = create(tmp_path, said)
    with pytest.raises(BadBackup, match="is not empty"):
        restoring.restore(SYSTEM, made.folder, said.append)
    with pytest.raises(BadBackup, match="tables already"):
        databases.put_back(made.folder / made.manifest.database)


def test_the_other_kind_of_database_is_refused(hand_in, tmp_path, said):
    hand_in("one")
    made = create(tmp_path, said)
    other = {"sqlite": "database.pgdump", "postgresql": "database.sqlite3"}[connection.vendor]
    with pytest.raises(BadBackup, match="expected one of the kind"):
        databases.put_back(made.folder / other)


def test_a_member_outside_the_backup_is_refused(hand_in, tmp_path, said):
    hand_in("one")
    made = create(tmp_path, said)
    content = json.loads((made.folder / MANIFEST).read_text())
    content["members"][1]["path"] = "stores/../../outside"
    _alter(made.folder / MANIFEST, json.dumps(content).encode())
    with pytest.raises(BadBackup, match="lies outside the backup"):
        checking.read(made.folder)


def test_a_full_disk_leaves_nothing(hand_in, tmp_path, said, monkeypatch):
    hand_in("one")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "_copy", full)
    with pytest.raises(BadBackup, match="No space left on device"):
        create(tmp_path, said)
    assert list((tmp_path / "backups").iterdir()) == []
