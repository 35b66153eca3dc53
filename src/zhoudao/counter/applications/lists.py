"""A list that is taken away, as CSV and as PDF: every row and every page says who took it, when, and who approved."""

from __future__ import annotations

import json
from pathlib import Path

import typst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhoudao.core import city, clock, spreadsheets
from zhoudao.core.look import typefaces, words
from zhoudao.counter.applications.labels import STAFF_STATUSES
from zhoudao.counter.applications.queries.exports import Row, Taken
from zhoudao.counter.applications.rules import Status
from zhoudao.counter.catalog.labels import CHANNELS
from zhoudao.counter.catalog.schema import Channel

TEMPLATE = Path(__file__).parent / "papers" / "list.typ"


def mark(taken: Taken) -> str:
    """Who took it, when, and under which approval."""
    at = clock.local(taken.at).strftime("%Y-%m-%d %H:%M")
    return _("Taken by %(by)s, %(at)s, approval %(number)s") % {
        "by": taken.by, "at": at, "number": taken.request.number,
    }  # fmt: skip


def heads() -> list[str]:
    return [
        _("Number"), _("Item"), _("Applicant"), _("District"), _("Channel"), _("State"),
        pgettext("list", "Received"), pgettext("list", "Decided"), pgettext("list", "Working days"),
    ]  # fmt: skip


def cells(row: Row, names: dict[str, str], language: str) -> list[str]:
    each = row.application
    days = each.taken_workdays
    return [
        each.number,
        names.get(each.item, each.item),
        row.applicant,
        words.text(city.current().district(each.district).name, language),
        str(CHANNELS[Channel(each.channel)]),
        str(STAFF_STATUSES[Status(each.status)][1]),
        clock.local(each.received_at).strftime("%Y-%m-%d %H:%M"),
        clock.local(each.decided_at).strftime("%Y-%m-%d %H:%M") if each.decided_at else "",
        "" if days is None else str(days),
    ]


def as_csv(taken: Taken, names: dict[str, str], language: str) -> bytes:
    said = mark(taken)
    lines = [[*heads(), _("Mark")], *([*cells(row, names, language), said] for row in taken.rows)]
    return b"".join(spreadsheets.pieces(lines))


def as_pdf(taken: Taken, names: dict[str, str], language: str) -> bytes:
    """A4 across, the mark in the head of each page and behind its text."""
    said = {
        "title": _("List of applications"),
        "mark": mark(taken),
        "reason": _("Reason: %(reason)s") % {"reason": typefaces.printable(str(taken.request.reason))[0]},
        "language": "en" if language == "en" else "zh",
        "heads": heads(),
        "rows": [
            [typefaces.printable(cell)[0] for cell in cells(row, names, language)] for row in taken.rows
        ],
    }
    made = typst.compile(
        str(TEMPLATE),
        font_paths=typefaces.folders(),
        ignore_system_fonts=True,
        sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)
    return made
