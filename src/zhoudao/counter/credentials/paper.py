"""A certificate as a PDF, set with typst in the font that the house brings along."""

from __future__ import annotations

import io
import json
import struct
from functools import cache
from pathlib import Path

import segno
import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhoudao.core import city, clock
from zhoudao.core.look import words
from zhoudao.counter.credentials.queries import Shown
from zhoudao.counter.credentials.rules import last_day

FONTS = Path(words.__file__).parent / "fonts"
FONT = FONTS / "NotoSansSC-Regular.ttf"
TEMPLATE = Path(__file__).parent / "papers" / "certificate.typ"
FIRST_HAN = 0x2E80
"""Below this block (CJK Radicals Supplement) typst has faces of its own to fall back on."""


def certificate(shown: Shown, language: str) -> bytes:
    """The PDF, in one language. A character the font doesn't have is printed as its code, and a line says so."""
    credential = shown.credential
    year = clock.local(clock.now()).year
    with override(language):
        name, missing = printable(str(credential.name))
        rows = [
            (_("Name"), name),
            (_("Number"), credential.number),
            (_("Document"), credential.document),
            (_("District"), words.text(city.current().district(credential.district).name, language)),
            (_("Issued"), words.day(credential.issued_at, language, 0)),
            (_("Valid until"), words.day(last_day(credential.valid_until), language, 0)),
        ]
        if credential.endorsed_until is not None:
            rows.append((_("Endorse by"), words.day(last_day(credential.endorsed_until), language, 0)))
        rows += [(names.get(language, ""), printable(value)[0]) for names, value in shown.facts]
        said = {
            "kind": credential.kind.names.get(language, ""),
            "issuer": words.text(city.current().name, language),
            "language": "en" if language == "en" else "zh",
            "rows": [row for row in rows if row[1]],
            "missing": _("The font has no shape for %(codes)s; the code beside this has the name in full.")
            % {"codes": ", ".join(missing)}
            if missing
            else "",
            "how": _("Scan the code on the page that checks certificates. The code decides, not the paper."),
            "printed": _("Printed %(when)s") % {"when": words.moment(clock.now(), language, year)},
        }
    code = io.BytesIO()
    segno.make(str(credential.text), error="m", boost_error=False, micro=False).save(
        code, kind="svg", border=2
    )
    made = typst.compile(
        str(TEMPLATE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"said": json.dumps(said, ensure_ascii=False), "code": code.getvalue().decode()},
    )
    assert isinstance(made, bytes)
    return made


def printable(text: str) -> tuple[str, list[str]]:
    """``text`` with each character the font lacks written as 〔U+20BB7〕, and those codes."""
    lacking = {c for c in text if ord(c) >= FIRST_HAN and not has_shape(ord(c))}
    codes = [f"U+{ord(character):04X}" for character in sorted(lacking)]
    for character in lacking:
        text = text.replace(character, f"〔U+{ord(character):04X}〕")
    return text, codes


def has_shape(code: int) -> bool:
    return any(first <= code <= last for first, last in _covered())


@cache
def _covered() -> tuple[tuple[int, int], ...]:
    """The ranges of characters in the font: its table "cmap" in format 12 (OpenType 1.9, "cmap")."""
    data = FONT.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    directory = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)
    }
    cmap = directory[b"cmap"]
    (subtables,) = struct.unpack_from(">H", data, cmap + 2)
    for number in range(subtables):
        (offset,) = struct.unpack_from(">I", data, cmap + 4 + 8 * number + 4)
        if struct.unpack_from(">H", data, cmap + offset) == (12,):
            (groups,) = struct.unpack_from(">I", data, cmap + offset + 12)
            return tuple(
                struct.unpack_from(">II", data, cmap + offset + 16 + 12 * group) for group in range(groups)
            )
    raise AssertionError(f"{FONT} has no cmap of format 12")
