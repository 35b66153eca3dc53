"""The report set as PDF by typst and as Word by python-docx."""

from __future__ import annotations

import io
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import docx
import typst
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from zhoudao.core.look import typefaces
from zhoudao.desk.trade.report.contents import Report, Table

TEMPLATE = Path(__file__).parent / "report.typ"
FACE = "宋体"


def as_pdf(report: Report) -> bytes:
    sections = [
        {"title": title, "parts": [asdict(each) if isinstance(each, Table) else each for each in parts]}
        for title, parts in report.sections
    ]
    data = json.dumps(
        {"title": report.title, "number": report.number, "sections": sections}, ensure_ascii=False
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source = folder / "report.typ"
        source.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        (folder / "data.json").write_text(typefaces.printable(data)[0], encoding="utf-8")
        made = typst.compile(str(source), root=str(folder), font_paths=typefaces.folders(), format="pdf")
    assert isinstance(made, bytes)
    return made


def as_docx(report: Report) -> bytes:
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FACE, Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    title = document.add_heading(report.title, 0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(report.number).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for heading, parts in report.sections:
        document.add_heading(heading, 1)
        for part in parts:
            if isinstance(part, Table):
                _table(document, part)
            else:
                document.add_paragraph(part)
    for paragraph in document.paragraphs:
        for run in paragraph.runs:  # headings have a Western face of their own
            run.font.name = FACE
            run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FACE)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document: docx.document.Document, table: Table) -> None:
    drawn = document.add_table(rows=1, cols=len(table.head), style="Table Grid")
    for cell, word in zip(drawn.rows[0].cells, table.head, strict=True):
        cell.paragraphs[0].add_run(word).bold = True
    for row in table.rows:
        for place, (cell, word) in enumerate(zip(drawn.add_row().cells, row, strict=True)):
            cell.text = word
            if place in table.right:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()
