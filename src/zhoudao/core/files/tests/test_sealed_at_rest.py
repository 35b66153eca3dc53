"""What people hand in lies sealed on the disk, through rotations and after an upgrade; nobody learns what it is."""

import hashlib
import os
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import RequestFactory

from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.files import actions, queries, rotating, sealing, store
from zhoudao.core.files.models import StoredFile
from zhoudao.core.files.rules import kind_named
from zhoudao.core.files.tests.uploads import CSV, DOCX, JPEG, PDF, PNG, Upload
from zhoudao.core.keys import actions as keys
from zhoudao.core.keys import keyring

pytestmark = pytest.mark.django_db
LONG = PDF + os.urandom(2_500_000)
"""Three segments."""


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.KEYS_FILE = tmp_path / "keys" / "keys.json"


def kept(content=PDF, name="a.pdf", piece=65_536):
    return actions.keep(
        SYSTEM, actions.receive(Upload(name, content, piece)), room="testing", subject="point:P001"
    )


def read(stored):
    return b"".join(store.open_content(stored.address))


def on_the_disk(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pieces_of(content, length=16):
    """Runs of bytes of that length, every one of a short content: what a search of the disk would look for."""
    step = max(1, len(content) // 500)
    return {content[start : start + length] for start in range(0, len(content) - length + 1, step)}


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", PDF), ("b.pdf", LONG), ("a.jpg", JPEG), ("a.png", PNG), ("a.docx", DOCX), ("a.csv", CSV)],
)
def test_no_piece_of_a_content_is_on_the_disk(name, content, store_folder, monkeypatch):
    """Neither when it lies in its place nor at any write on the way there."""
    written, write = [], os.write
    monkeypatch.setattr(
        store.os, "write", lambda file, data: written.append(bytes(data)) or write(file, data)
    )
    stored = kept(content, name)
    monkeypatch.undo()
    everything = b"".join(on_the_disk(store_folder).values())
    assert len(everything) > len(content)
    assert not [piece for piece in pieces_of(content) if piece in everything]
    assert b"".join(written) == everything
    assert read(stored) == content


def test_what_is_sent_stays_in_memory_until_it_is_sealed(settings):
    """As long as the longest that is taken: Django would spool a longer one to a disk in plain."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    longest = SimpleUploadedFile("a.pdf", PDF + bytes(settings.FILE_LIMIT_MIB * 2**20 - len(PDF)))
    (sent,) = RequestFactory().post("/", {"file": longest}).FILES.values()
    assert not isinstance(sent, TemporaryUploadedFile)
    assert sent.size == settings.FILE_LIMIT_MIB * 2**20


def test_its_address_tells_nothing_without_the_keys(store_folder):
    stored = kept()
    names = "".join(str(path) for path in on_the_disk(store_folder))
    assert hashlib.sha256(PDF).hexdigest() not in names
    assert hashlib.sha256(PDF).hexdigest() not in "".join(AuditRow.objects.values_list("details", flat=True))
    assert kept(name="again.pdf").address == stored.address
    assert len(on_the_disk(store_folder)) == 1


def test_another_installations_address_is_another(store_folder, settings, tmp_path):
    here = actions.receive(Upload("a.pdf", PDF)).address
    settings.KEYS_FILE = tmp_path / "other" / "keys.json"
    keyring.make(settings.KEYS_FILE)
    assert str(actions.receive(Upload("a.pdf", PDF)).address) != here


def test_a_rotation_seals_every_content_again(store_folder):
    files = [kept(), kept(LONG, "b.pdf"), kept(JPEG, "a.jpg")]
    before, times = (
        on_the_disk(store_folder),
        {path: path.stat().st_mtime_ns for path in on_the_disk(store_folder)},
    )
    done = keys.rotate(SYSTEM)
    after = on_the_disk(store_folder)
    assert done.rewritten["files"] == 3
    assert set(before) == set(after)
    assert all(content.startswith(b"k2\n") for content in after.values())
    assert times == {path: path.stat().st_mtime_ns for path in after}
    assert [read(stored) for stored in files] == [PDF, LONG, JPEG]
    assert [checked.problem for checked in queries.verify_all()] == [None] * 3


def test_a_rotation_killed_among_the_files_loses_none_and_goes_on(store_folder, monkeypatch):
    files = [kept(), kept(LONG, "b.pdf"), kept(JPEG, "a.jpg")]
    replace, done = os.replace, []

    def die_at_the_second(source, target):
        if str(target).startswith(str(store_folder)):
            done.append(target)
        if len(done) == 2:
            raise KeyboardInterrupt
        return replace(source, target)

    monkeypatch.setattr(store.os, "replace", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        keys.rotate(SYSTEM)
    monkeypatch.undo()
    assert [read(stored) for stored in files] == [PDF, LONG, JPEG]
    assert rotating.SealedFiles().count(1) == 2
    finished = keys.rotate(SYSTEM)
    assert (finished.version, finished.resumed, finished.rewritten["files"]) == (2, True, 2)
    assert [read(stored) for stored in files] == [PDF, LONG, JPEG]


def test_a_key_that_seals_a_content_is_not_retired(monkeypatch):
    kept()
    keyring.save(keyring.get().with_new_data_key())
    later = keys.clock.machine_now() + 2 * keys.rules.SETTLING + timedelta(minutes=1)
    StoredFile.objects.all().delete()  # its sealed name is gone: only the content is under the first key
    with monkeypatch.context() as patch:
        patch.setattr(keys.queries.columns, "existing", list)
        patch.setattr(keys.clock, "machine_now", lambda: later)
        assert keys.retire(SYSTEM) == []
        assert keys.rotate(SYSTEM).resumed
        assert keys.retire(SYSTEM) == [1]


def test_a_content_put_in_anothers_place_is_never_given_out():
    first, second = kept(), kept(JPEG, "a.jpg")
    place = store.path_of(first.address)
    place.chmod(0o600)
    place.write_bytes(store.path_of(second.address).read_bytes())
    given = []
    with pytest.raises(sealing.Broken, match="another content lies in its place"):
        given.extend(store.open_content(first.address))
    assert given == []


def test_what_an_earlier_release_kept_in_plain_opens_and_is_sealed(store_folder):
    digest = hashlib.sha256(PDF).hexdigest()
    plain = store_folder / "sha256" / digest[:2] / digest[2:4] / digest
    plain.parent.mkdir(parents=True)
    plain.write_bytes(PDF)
    plain.chmod(0o400)
    for name in ("a.pdf", "b.pdf"):
        content = store.Content(digest, len(PDF), kind_named("pdf"), name)
        actions.keep(SYSTEM, content, room="testing", subject="point:P001")
    old = StoredFile.objects.filter(address=digest)
    assert read(old[0]) == PDF
    assert [checked.problem for checked in queries.verify_all()] == [None]
    assert actions.seal_plain(SYSTEM) == 1
    assert not plain.exists()
    assert not old.exists()
    assert {read(stored) for stored in StoredFile.objects.all()} == {PDF}
    assert not [path for path, content in on_the_disk(store_folder).items() if b"%PDF" in content]
    assert actions.seal_plain(SYSTEM) == 0
