"""The store is checked against the records, and what nobody refers to is swept."""

import os

import pytest

from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.files import actions, queries, store
from zhoudao.core.files.tests.uploads import CSV, JPEG, PDF, PNG, Upload

pytestmark = pytest.mark.django_db
LONG_AGO = 1_000_000_000


def kept(content, name):
    return actions.keep(SYSTEM, actions.receive(Upload(name, content)), room="testing", subject="point:P001")


def problems():
    return [checked.problem for checked in queries.verify_all() if checked.problem]


def test_a_store_that_is_whole():
    kept(PDF, "a.pdf")
    kept(PDF, "b.pdf")
    assert [checked.problem for checked in queries.verify_all()] == [None]


def test_what_is_wrong_is_named():
    changed, cut, gone, executable, swapped = (
        store.path_of(kept(content, name).address)
        for content, name in (
            (PDF, "a.pdf"), (JPEG, "a.jpg"), (PNG, "a.png"), (PDF + b"\n", "b.pdf"), (CSV, "a.csv"),
        )
    )  # fmt: skip
    for path in (changed, cut, swapped):
        path.chmod(0o600)
    swapped.write_bytes(changed.read_bytes())
    changed.write_bytes(changed.read_bytes()[:-1] + b"X")
    cut.write_bytes(cut.read_bytes()[:-1])
    gone.unlink()
    executable.chmod(0o500)
    found = sorted(problem.rpartition("/")[2][64:] for problem in problems())
    assert found == [
        ": another content lies in its place",
        ": is executable; expected mode 400",
        ": is missing",
        ": it was altered, cut, or sealed under another key",
        ": it was altered, cut, or sealed under another key",
    ]


def test_only_old_and_forgotten_content_is_swept(store_folder):
    used, forgotten, young = (
        kept(PDF, "a.pdf"),
        actions.receive(Upload("a.jpg", JPEG)),
        actions.receive(Upload("a.png", PNG)),
    )
    half = store.incoming() / "half-received"
    half.write_bytes(b"%PDF")
    for path in (store.path_of(used.address), forgotten.path, half):
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert actions.sweep(SYSTEM) == 2
    assert store.path_of(used.address).exists()
    assert young.path.exists()
    assert not forgotten.path.exists()
    assert not half.exists()


def test_content_that_comes_again_is_young_again():
    path = actions.receive(Upload("a.pdf", PDF)).path
    os.utime(path, (LONG_AGO, LONG_AGO))
    actions.receive(Upload("a.pdf", PDF))
    assert actions.sweep(SYSTEM) == 0


def test_only_the_platform_and_administrators_sweep():
    with pytest.raises(Forbidden):
        actions.sweep(Actor("user:2", Role.CLERK))
