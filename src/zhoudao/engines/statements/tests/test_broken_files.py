"""Files that can't be used are refused by name; broken ones never crash and are always accounted for."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.engines import statements
from zhoudao.engines.statements.reading.encodings import GB18030, utf8_blocks
from zhoudao.engines.statements.tests.mutations import check, mutants, originals


@pytest.mark.parametrize("part", range(10))
def test_a_hundred_mutants_are_accounted_for(tmp_path, part):
    mutants(tmp_path / "mutants", part, 100)
    check(tmp_path / "mutants", tmp_path / "out")


@pytest.mark.parametrize("odd", [b"\x80", b"\xff", b"\xfe\x39\xfe\x38"])
def test_bytes_that_are_no_characters_take_three_each(odd):
    """A file of nothing but such bytes: the longest a text in GB 18030 can become."""
    whole = b"".join(bytes(block) for block in utf8_blocks(io.BytesIO(odd * 50_000), GB18030, 0)).decode()
    assert set(whole) <= {"\ufffd", "0", "8", "9"}
    assert whole.count("\ufffd") >= 50_000


@given(st.binary(max_size=300))
def test_any_bytes_at_all_become_text(raw):
    told = b"".join(bytes(block) for block in utf8_blocks(io.BytesIO(raw), GB18030, 0))
    told.decode("utf-8")


def test_a_zip_with_nothing_in_it_is_refused_by_name(tmp_path):
    folder = tmp_path / "answers"
    folder.mkdir()
    with zipfile.ZipFile(folder / "hollow.zip", "w") as archive:
        archive.writestr("__MACOSX/._a.csv", b"x")
    report = statements.clean([folder], tmp_path / "out")
    assert [(each["file"], each["reason"]) for each in report.files_refused] == [
        ("answers/hollow.zip", "empty")
    ]


def test_what_is_not_broken_is_read_whole(tmp_path):
    for name, data in originals().items():
        (tmp_path / name).write_bytes(data)
        report = statements.clean([tmp_path / name], tmp_path / "out")
        assert (report.rows_in, report.rows_kept, report.rows_refused) == (40, 40, 0), name
        (tmp_path / name).unlink()


def test_files_that_cannot_be_read_are_named_with_the_reason(tmp_path):
    whole = originals()["book.xlsx"]
    bad = {
        "empty.csv": (b"", "empty"),
        "blank.csv": (b"\n\n\n", "empty"),
        "torn.xlsx": (whole[: len(whole) // 2], "torn"),
        "photo.csv": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "not_a_table"),
        "scan.pdf": (b"%PDF-1.7 ...", "not_a_table"),
        "heading-only.csv": ("交易时间,交易卡号,收付标志,交易金额\n".encode(), "no_rows"),
        "endless.csv": (b"a" * 3_000_000, "line_too_long"),
    }
    folder = tmp_path / "answers"
    folder.mkdir()
    for name, (data, _) in bad.items():
        (folder / name).write_bytes(data)
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (65 << 20))
    report = statements.clean([folder], tmp_path / "out")
    found = {
        refused["file"].split("/")[1].split("!")[0]: refused["reason"] for refused in report.files_refused
    }
    assert found == {name: reason for name, (_, reason) in bad.items()} | {"bomb.zip": "zip_bomb"}
    assert report.rows_in == 0


def test_a_wrong_extension_changes_nothing(tmp_path):
    (tmp_path / "book.csv").write_bytes(originals()["book.xlsx"])
    (tmp_path / "text.xlsx").write_bytes(originals()["gbk.csv"])
    report = statements.clean([tmp_path / "book.csv", tmp_path / "text.xlsx"], tmp_path / "out")
    assert (report.rows_in, report.rows_refused) == (80, 0)
    assert (report.rows_kept, report.rows_merged) == (40, 40)


def test_nothing_is_written_when_it_is_stopped(tmp_path):
    (tmp_path / "a.csv").write_bytes(originals()["gbk.csv"])
    with pytest.raises(FileNotFoundError):
        statements.clean([tmp_path / "missing"], tmp_path / "out")
    assert not (tmp_path / "out" / "ledger.parquet").exists()
