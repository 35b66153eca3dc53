"""Files of a case are read whole: every row kept, merged or refused with file, row and field."""

import polars as pl
import pytest

from zhoudao.engines.invoices.reading import NothingToRead, read_folder, sheets

HEADER = "数电发票号码,发票种类,开票日期,销方识别号,购方识别号,金额,税额,价税合计,发票状态"
GOOD = (
    "25339000000000305041,专用发票,2025-12-22 13:56:00,91339999MAE6JRT93Y,91359999MAW97LBA0Y,"
    "25052.62,3256.84,28309.46,正常"
)


def read(folder):
    return read_folder(folder, folder.with_name(f"{folder.name}-shelf"))


def invoices(tmp_path, *lines, name="发票.csv", encoding="utf-8"):
    (tmp_path / name).write_text("\n".join(lines) + "\n", encoding=encoding)
    return read(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_reads_the_same(tmp_path, encoding):
    case = invoices(tmp_path, HEADER, GOOD, encoding=encoding)
    (row,) = case.tables["invoices"].arrow().to_pylist()
    assert (row["net"], row["tax"], row["total"], row["state"]) == (2505262, 325684, 2830946, "valid")
    assert row["issued_at"].isoformat() == "2025-12-22T05:56:00+00:00"
    assert (row["source_file"], row["source_row"]) == ("发票.csv", 2)


def test_a_title_above_the_header_and_empty_lines_are_skipped(tmp_path):
    case = invoices(tmp_path, "样例税务局导出", "", HEADER, "", GOOD)
    report = case.report()
    assert (report["rows_in"], report["rows_kept"]) == (1, 1)
    assert case.tables["invoices"].arrow()["source_row"].to_pylist() == [5]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("25052.62", "二万五", "金额"),
        ("25052.62", "25052.623", "金额"),
        ("25052.62", "", "金额"),
        ("2025-12-22 13:56:00", "2025-13-22", "开票日期"),
        ("专用发票", "收据", "发票种类"),
        ("正常", "", "发票状态"),
        (",91339999MAE6JRT93Y", ",", "销方识别号"),
    ],
)
def test_a_cell_that_can_not_be_read_is_refused_by_row_and_field(tmp_path, old, new, field):
    case = invoices(tmp_path, HEADER, GOOD, GOOD.replace("305041", "305042").replace(old, new))
    report = case.report()
    assert (report["rows_in"], report["rows_kept"], report["rows_refused"]) == (2, 1, 1)
    (refused,) = case.refused.arrow().to_pylist()
    assert (refused["source_file"], refused["source_row"], refused["field"]) == ("发票.csv", 3, field)
    assert refused["expected"]


def test_a_consumer_needs_no_code(tmp_path):
    case = invoices(tmp_path, HEADER, GOOD.replace("91359999MAW97LBA0Y", ""))
    assert case.tables["invoices"].arrow()["buyer_id"].to_pylist() == [""]


def test_full_width_digits_thousands_and_signs_are_read(tmp_path):
    case = invoices(
        tmp_path, HEADER, GOOD.replace("25052.62", '"¥２5,052.62"').replace("28309.46", '"28,309.46"')
    )
    assert case.tables["invoices"].arrow()["net"].to_pylist() == [2505262]


def test_what_was_exported_twice_is_merged_and_what_contradicts_it_refused(tmp_path):
    (tmp_path / "b.csv").write_text(f"{HEADER}\n{GOOD}\n{GOOD.replace('正常', '作废')}\n", encoding="utf-8")
    case = invoices(tmp_path, HEADER, GOOD, name="a.csv")
    report = case.report()
    assert (report["rows_in"], report["rows_kept"], report["rows_merged"], report["rows_refused"]) == (
        3,
        1,
        1,
        1,
    )
    assert case.refused.arrow()["source_row"].to_pylist() == [3]
    assert case.tables["invoices"].arrow()["state"].to_pylist() == ["valid"]


def test_a_row_wider_than_its_header_is_refused(tmp_path):
    case = invoices(tmp_path, HEADER, GOOD + ",one too many", GOOD.replace("305041", "305042"))
    assert case.report()["rows_refused"] == 1
    assert case.refused.arrow()["expected"].to_pylist() == ["as many cells as headers"]


def test_a_file_that_is_none_of_ours_is_reported_and_the_rest_read(tmp_path):
    (tmp_path / "note.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "torn.xlsx").write_bytes(b"PK\x03\x04 and nothing else")
    (tmp_path / "bomb.xml").write_text('<!DOCTYPE x [<!ENTITY a "aaaa">]><x><r>&a;</r></x>')
    case = invoices(tmp_path, HEADER, GOOD)
    problems = {one.file: one.problem for one in case.files}
    assert "expected CSV, XLSX, XLS or XML" in problems["note.pdf"]
    assert "can't be opened" in problems["torn.xlsx"]
    assert "can't be read" in problems["bomb.xml"]
    assert problems["发票.csv"] == ""
    assert case.report()["rows_kept"] == 1


def test_rows_told_by_the_receiver_are_turned(tmp_path):
    (tmp_path / "流水.csv").write_text(
        "交易卡号,户名,证件号,交易时间,交易金额,收付标志,对手账号,对手户名,对手证件号,摘要,币种,是否成功,流水号\n"
        "A,甲,1,2026-01-05 09:30:00,100.00,出,B,乙,2,货款,人民币,是,T1\n"
        "B,乙,2,2026-01-05 09:40:00,90.00,进,C,丙,3,货款,CNY,否,T2\n",
        encoding="gb18030",
    )
    frame = pl.from_arrow(read(tmp_path).tables["ledger"].arrow()).sort("transfer_id")
    assert frame["source_account"].to_list() == ["A", "C"]
    assert frame["target_account"].to_list() == ["B", "B"]
    assert frame["target_name"].to_list() == ["乙", "乙"]
    assert frame["currency"].to_list() == ["CNY", "CNY"]
    assert frame["succeeded"].to_list() == [True, False]


def test_a_folder_without_a_case_says_so(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(NothingToRead, match="no file in it has the headers"):
        read(tmp_path)


def test_a_cell_with_a_line_end_in_it_is_one_row_and_keeps_the_numbers_of_those_after_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(sheets, "LETTERS_AT_ONCE", 200)  # so that many pieces are read before and after it
    many = [GOOD.replace("305041", f"{number:06}") for number in range(300)]
    many[150] = many[150].replace("91359999MAW97LBA0Y", '"91359999\nMAW97LBA0Y"')
    case = invoices(tmp_path, HEADER, *many)
    assert case.report()["rows_kept"] == 300
    rows = case.tables["invoices"].arrow()
    assert rows["source_row"].to_pylist() == [*range(2, 152), *range(153, 303)]
    assert set(rows["buyer_id"].to_pylist()) == {"91359999MAW97LBA0Y"}


def test_pieces_of_a_file_are_one_sheet_in_the_account(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "LETTERS_AT_ONCE", 200)
    twice = [GOOD.replace("305041", f"{number:06}") for number in (*range(40), *range(10))]
    case = invoices(tmp_path, HEADER, *twice, GOOD.replace("正常", ""))
    (one,) = case.files
    assert (one.rows_in, one.rows_kept, one.rows_merged, one.rows_refused, one.lines_skipped) == (
        51,
        40,
        10,
        1,
        1,
    )
