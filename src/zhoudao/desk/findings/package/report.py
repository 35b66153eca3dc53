"""The report and the extraction record as PDF, set by typst.

The record holds what 《关于办理刑事案件收集提取和审查判断电子数据若干问题的规定》 (法发〔2016〕22号), art. 14, asks:
cause, object, content, time, place, method, process, and a list of the electronic data with kind, format and integrity
values, signed by the officers and the holder. Two officers extract, as 《公安机关办理刑事案件电子数据取证规则》
(公通字〔2018〕41号, in force 1 February 2019), art. 6, asks. Unverified: both articles were compared with copies on the
web, not with an official one. The layout is ours, not the Ministry's form (式样): print it beside the form where the
form is asked for. The place of extraction is written by hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst

from zhoudao.core.clock import local
from zhoudao.core.look import typefaces, words
from zhoudao.desk.cases.labels import BASES, OFFENCES
from zhoudao.desk.cases.rules import Basis, Offence
from zhoudao.desk.findings.package.contents import Contents

TEMPLATE = Path(__file__).parent / "report.typ"


def report(contents: Contents, folder: Path) -> bytes:
    """What was found, finding by finding, each with its rows."""
    return _set(
        "report", contents, folder, {"findings": [_finding(contents, each) for each in contents.findings]}
    )


def record(contents: Contents, folder: Path, manifest_sha256: str) -> bytes:
    """The extraction record (提取笔录) with the list of electronic data (电子数据清单)."""
    files = [
        [
            str(place),
            each.name,
            each.name.rpartition(".")[2].upper(),
            f"{each.size:,}",
            each.sha256,
            each.document_number,
        ]
        for place, each in enumerate(contents.files, 1)
    ]
    return _set("record", contents, folder, {"files": files, "manifest": manifest_sha256})


def _set(part: str, contents: Contents, folder: Path, more: dict[str, Any]) -> bytes:
    zh = words.is_chinese(contents.language)
    data = {
        "part": part,
        "zh": zh,
        "number": contents.case["number"],
        "title": contents.case["title"],
        "offence": str(OFFENCES[Offence(contents.case["offence"])]),
        "basis": str(BASES[Basis(contents.case["basis"])]),
        "document": contents.document_number,
        "made_at": contents.made_at.replace("T", " ")[:19],
        "officers": [f"{each['name']} {each['staff_number']}" for each in contents.officers],
        "documents": [each["number"] for each in contents.documents],
        "requests": [
            f"{each['document_number']} {each['addressee']} {each['sent_on']} / {each['answered_on']}"
            for each in contents.requests
        ],
        **more,
    }
    source = folder / "report.typ"
    source.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "data.json").write_text(
        typefaces.printable(json.dumps(data, ensure_ascii=False))[0], encoding="utf-8"
    )
    made = typst.compile(str(source), root=str(folder), font_paths=typefaces.folders(), format="pdf")
    assert isinstance(made, bytes)
    return made


ROWS_PRINTED = 40
"""Rows of a finding in the report; all of them stand in ledger_rows.csv."""


def _finding(contents: Contents, told: Any) -> dict[str, Any]:
    rows = [contents.rows[each] for each in told.rows[:ROWS_PRINTED]]
    return {
        "title": told.title,
        "id": told.finding_id,
        "subjects": ", ".join(each["id"] for each in told.subjects),
        "sentences": told.sentences,
        "score": f"{told.score:.2f}",
        "amount": words.money(told.amount) if told.amount is not None else "",
        "why": told.why,
        "decided": f"{told.decided_by} {told.decided_at.replace('T', ' ')[:16]}",
        "detector": f"{told.detector} {told.version}",
        "params": ", ".join(f"{name} {value}" for name, value in told.params.items()),
        "not_checked": "; ".join(told.not_checked),
        "notes": [f"{each['by']}: {each['text']}" for each in told.notes],
        "rows": [_row(row) for row in rows],
        "more": max(0, len(told.rows) - len(rows)),
        "total": words.money(told.rows_total),
        "count": len(told.rows),
    }


def _row(row: dict[str, Any]) -> Sequence[str]:
    source = row["sources"][0] if row["sources"] else None
    return [
        f"{local(row['time']):%Y-%m-%d %H:%M:%S}",
        f"{row['source_name'] or ''} {row['source_account'] or ''}".strip(),
        f"{row['target_name'] or ''} {row['target_account'] or ''}".strip(),
        words.money(row["amount"]),
        f"{source['source_file']} {source['source_sheet'] or ''} #{source['source_row']}" if source else "",
    ]
