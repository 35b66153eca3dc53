"""A certificate as a PDF, set with typst in the font that the house brings along."""

from __future__ import annotations

import io
import json
from pathlib import Path

import segno
import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhoudao.core import city, clock
from zhoudao.core.look import typefaces, words
from zhoudao.counter.credentials.queries import Shown
from zhoudao.counter.credentials.rules import last_day

TEMPLATE = Path(__file__).parent / "papers" / "certificate.typ"


def certificate(shown: Shown, language: str) -> bytes:
    """The PDF, in one language. A character no font has is printed as its code, and a line says so."""
    credential = shown.credential
    year = clock.local(clock.now()).year
    with override(language):
        name, missing = typefaces.printable(str(credential.name))
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
        rows += [(names.get(language, ""), typefaces.printable(value)[0]) for names, value in shown.facts]
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
        font_paths=typefaces.folders(),
        ignore_system_fonts=True,
        sys_inputs={"said": json.dumps(said, ensure_ascii=False), "code": code.getvalue().decode()},
    )
    assert isinstance(made, bytes)
    return made
