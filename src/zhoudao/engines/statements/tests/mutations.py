"""Statement files broken in the ways files break, from a seed: each mutant must still be accounted for."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import xlsxwriter

from zhoudao.engines import statements

HEADER = "交易时间,交易卡号,户名,对手账号,对手户名,收付标志,交易金额,交易余额,摘要,流水号"

MADE_AT = datetime(2026, 1, 31)  # noqa: DTZ001  zip and xlsx know no zone
"""Kept inside the files: the same seed then breaks the same bytes on any day."""


def _record(place: int) -> str:
    when = f"2026-01-{1 + place % 28:02d} 09:{place % 60:02d}:00"
    accounts = f"62990000000000123{place % 3:02d},甲某,6299000000000999{place:03d},乙某"
    return f"{when},{accounts},{'出' if place % 2 else '进'},{place + 1}.50,{1000 + place}.00,转账,S{place}"


def originals() -> dict[str, bytes]:
    """One small good file of each kind."""
    rows = [_record(place) for place in range(40)]
    text = (
        "某某银行交易明细\n账号：6299000000000012300\n"
        + "\n".join([HEADER, *rows, "合计,,,,,,820.00,,,"])
        + "\n"
    )
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": MADE_AT})
        sheet = workbook.add_worksheet("交易明细")
        for place, line in enumerate([HEADER, *rows]):
            sheet.write_row(place, 0, line.split(","))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("反馈/明细.csv", MADE_AT.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text.encode("gb18030"))
    html = "<table>" + "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split(",")) + "</tr>" for line in [HEADER, *rows]
    )
    return {
        "gbk.csv": text.encode("gb18030"),
        "utf8.csv": text.encode("utf-8-sig"),
        "utf16.tsv": text.replace(",", "\t").encode("utf-16"),
        "book.xlsx": book.getvalue(),
        "packed.zip": packed.getvalue(),
        "table.xls": html.encode(),
    }


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One to four accidents: bytes flipped, cut, doubled, lines gone or swapped, columns shifted, encodings wrong."""
    for _ in range(chance.randint(1, 4)):
        kind = chance.randrange(9)
        at = chance.randrange(max(len(data), 1))
        if kind == 0:
            changed = bytearray(data)
            for _ in range(chance.randint(1, 20)):
                if changed:
                    changed[chance.randrange(len(changed))] = chance.randrange(256)
            data = bytes(changed)
        elif kind == 1:
            data = data[:at]
        elif kind == 2:
            data = data[:at] + data[at + chance.randint(1, 200) :]
        elif kind == 3:
            data = data[:at] + data[at : at + 300] + data[at:]
        elif kind == 4:
            lines = data.split(b"\n")
            chance.shuffle(lines)
            data = b"\n".join(lines)
        elif kind == 5:
            data = data.replace(
                b",", bytes(chance.choice(b';\t|,"') for _ in range(1)), chance.randint(1, 200)
            )
        elif kind == 6:
            encodings = ["utf-8", "gb18030", "utf-16", "latin-1"]
            text = data.decode(chance.choice(encodings), "replace")
            data = text.encode(chance.choice(encodings), "replace")
        elif kind == 7:
            odd = chance.choice([b"\0" * 50, b'"', b"\r\r\n", b"\xef\xbb\xbf", b'="', b"1E+99"])
            data = data[:at] + odd + data[at:]
        else:
            lines = [
                b",".join(sorted(line.split(b","), key=lambda _: chance.random()))
                for line in data.split(b"\n")
            ]
            data = b"\n".join(lines)
    return data


def check(folder: Path, out: Path) -> statements.Report:
    """Clean a folder of mutants and hold the accounting to it. Raises AssertionError."""
    report = statements.clean([folder], out)
    assert report.rows_in == report.rows_kept + report.rows_merged + report.rows_refused
    ledger = pq.read_table(out / "ledger.parquet", columns=["transfer_id", "amount"])
    assert ledger.num_rows == report.transfers == len(set(ledger["transfer_id"].to_pylist()))
    assert (
        pq.read_metadata(out / "transfer_sources.parquet").num_rows == report.rows_kept + report.rows_merged
    )
    assert pq.read_metadata(out / "refused.parquet").num_rows == report.rows_refused
    seen = {sheet.file.split("!")[0] for sheet in report.sheets} | {
        file["file"].split("!")[0] for file in report.files_refused
    }
    assert seen == {f"{folder.name}/{path.name}" for path in folder.iterdir()}, (
        "a file that nothing is said of"
    )
    return report


def mutants(folder: Path, seed: int, count: int) -> None:
    """Write ``count`` mutants into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    known = sorted(originals().items())
    for number in range(count):
        name, data = known[number % len(known)]
        (folder / f"{number:06d}-{name}").write_bytes(mutate(data, chance))
