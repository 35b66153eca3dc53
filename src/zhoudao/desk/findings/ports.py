"""What higher rooms lend to findings: some findings rest on other tables than a ledger.

ports.offer("invoices.cases", ports.Source("trade:of_finding", packed, _("Invoices")))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.functional import Promise

from zhoudao.desk.cases.vault import Vault
from zhoudao.desk.findings.models import Finding


@dataclass(frozen=True)
class Packed:
    """A finding's part of a package. ``figures``: each ``name, value, files, column``, a sum over a column of annexes,
    which the package's own script adds up again."""

    annexes: dict[str, bytes]
    figures: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    route: str
    """Of the finding's own page, by case number and finding."""
    packed: Callable[[Finding, Vault, Path], Packed]
    """With a private folder for tables that are opened on the way."""
    rows: str | Promise
    """What the finding's rows are, as a heading over their number."""


_sources: dict[str, Source] = {}


def offer(detector: str, source: Source) -> None:
    _sources[detector] = source


def source_of(detector: str) -> Source | None:
    """None for those that rest on the ledger."""
    return _sources.get(detector)
