"""Who may screen a case's invoices, look at what was found, and take a report out. Pure."""

from __future__ import annotations

from enum import StrEnum

from zhoudao.core.access import Permission, Role
from zhoudao.desk.cases.rules import DESK_ROLES

LOOK = Permission("trade.look", "look at the invoice cases found in a case", DESK_ROLES)
SCREEN = Permission("trade.screen", "screen a case's invoices, customs and registrations", {Role.ANALYST})
EXPORT = Permission("trade.export", "take a report of an invoice case out", {Role.ANALYST})
WORK = Permission("trade.work", "screen invoices in the worker", ())
"""Nobody but the platform's own worker, for somebody who may."""
ROWS_SHOWN = 50
"""A page of rows."""


class Paper(StrEnum):
    """What a report is taken out as."""

    PDF = "pdf"
    DOCX = "docx"
