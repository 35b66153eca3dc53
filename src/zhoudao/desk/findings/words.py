"""A finding in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from zhoudao.core.look.words import text
from zhoudao.desk.findings import ports
from zhoudao.desk.findings.models import Finding
from zhoudao.engines.detection import detectors, say, say_gap


def title_of(detector: str, language: str) -> str:
    known = detectors().get(detector)
    return text(known.title, language) if known else detector


def rows_of(detector: str) -> str:
    """What the rows of its findings are: a ledger's, unless a higher room says otherwise."""
    source = ports.source_of(detector)
    return str(source.rows) if source else _("Rows")


def sentences(finding: Finding, detector: str, language: str) -> list[str]:
    """Its reasons as sentences; codes where the detector is gone or no longer knows one."""
    known = detectors().get(detector)
    told = []
    for reason in finding.reasons:
        try:
            if known is None:
                raise KeyError(detector)
            told.append(say(known, reason["code"], reason["values"], language))
        except KeyError:
            told.append(f"{reason['code']} {reason['values']}")
    return told


def gaps(kept: Iterable[object], language: str) -> list[str]:
    """What a run could not check, in the reader's words."""
    called = {name: text(one.title, language) for name, one in detectors().items()}
    return [say_gap(each, language, called) for each in kept]
