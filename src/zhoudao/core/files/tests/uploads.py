"""Small real files of every kind that is taken."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 64 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 64
CSV = "姓名,证件\n艾丽丝,无\n".encode()


def office(member: str, *more: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("[Content_Types].xml", member, *more):
            archive.writestr(name, "<x/>")
    return file.getvalue()


DOCX, XLSX = office("word/document.xml"), office("xl/workbook.xml")


class Upload:
    """What a form hands over, in pieces as small as wanted."""

    def __init__(self, name: str, content: bytes, piece: int = 7) -> None:
        self.name, self.content, self.piece = name, content, piece

    def chunks(self) -> Iterable[bytes]:
        for start in range(0, len(self.content), self.piece):
            yield self.content[start : start + self.piece]
