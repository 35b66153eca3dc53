"""The kiosk's journal: what a power cut leaves, what a disk shows, and what is the same wish."""

import pytest

from zhoudao.counter.kiosks.machine.journal import ANSWERS_KEPT, REFERENCE, Journal, Outcome

SECRET = bytes(range(32))
WISH = {"item": "household-certificate", "card": {"number": "339999197001010011"}, "answers": {"about": "迁移"}}
DONE = Outcome("A20261124-00001", "2026-11-24T17:00:00+08:00")


@pytest.fixture
def journal(tmp_path) -> Journal:
    return Journal(tmp_path, SECRET)


def everything(folder) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_row_outlives_the_process_and_shows_nothing_on_the_disk(journal, tmp_path):
    key = journal.write(WISH)
    assert b"339999" not in everything(tmp_path)
    assert b"household" not in everything(tmp_path)
    again = Journal(tmp_path, SECRET)
    assert again.waiting == [key]
    assert again.body(key) == WISH


def test_an_answer_ends_the_row_and_holds_nothing_of_the_person(journal, tmp_path):
    key = journal.write(WISH)
    journal.settle(key, DONE, 1000.0)
    assert list(tmp_path.rglob("*.row")) == []
    assert Journal(tmp_path, SECRET).outcome(key) == DONE
    assert b"339999" not in everything(tmp_path)
    assert journal.find(key[:REFERENCE].upper()) == key
    assert journal.find("../etc/p") is None
    assert journal.find("00000000") is None


def test_the_same_wish_is_the_same_row_until_its_answer_is_a_day_old(journal, tmp_path):
    key = journal.write(WISH)
    assert journal.write(dict(WISH)) == key
    journal.settle(key, DONE, 1000.0)
    again = Journal(tmp_path, SECRET)
    assert again.write(WISH) == key
    assert again.waiting == [], "it has its answer"
    assert again.write({**WISH, "item": "id-card-loss-report"}) != key
    again.forget(0.0)  # a clock that lost its battery
    again.forget(1000.0 + ANSWERS_KEPT)
    assert again.write(WISH) == key
    again.forget(1001.0 + ANSWERS_KEPT)
    assert again.write(WISH) != key
    assert again.outcome(key) is None


def test_a_power_cut_between_answer_and_wiping_sends_nothing_twice(journal, tmp_path):
    key = journal.write(WISH)
    held = (tmp_path / "rows" / f"{key}.row").read_bytes()
    journal.settle(key, DONE, 1000.0)
    (tmp_path / "rows" / f"{key}.row").write_bytes(held)
    again = Journal(tmp_path, SECRET)
    assert again.waiting == []
    assert again.outcome(key) == DONE


def test_a_half_written_row_was_promised_to_nobody_and_is_wiped(journal, tmp_path):
    key = journal.write(WISH)
    (tmp_path / "rows" / ".0123.row.ab").write_bytes((tmp_path / "rows" / f"{key}.row").read_bytes()[:40])
    assert Journal(tmp_path, SECRET).waiting == [key]
    assert [file.name for file in (tmp_path / "rows").iterdir()] == [f"{key}.row"]


def test_a_row_that_cannot_be_read_is_left_aside_and_named(journal, tmp_path):
    key, other = journal.write(WISH), journal.write({"item": "another"})
    file = tmp_path / "rows" / f"{key}.row"
    file.write_text(file.read_text()[:-8] + "AAAAAAA=")
    again = Journal(tmp_path, SECRET)
    assert again.damaged == [key]
    assert again.waiting == [other]
    assert len(Journal(tmp_path, bytes(32)).damaged) == 2, "another device reads none"


def test_a_row_is_good_only_under_its_own_name(journal, tmp_path):
    key = journal.write(WISH)
    (tmp_path / "rows" / f"{key}.row").rename(tmp_path / "rows" / "ffff.row")
    assert Journal(tmp_path, SECRET).damaged == ["ffff"]
