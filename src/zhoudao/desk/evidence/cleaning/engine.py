"""The one place that speaks to ``zhoudao.engines.statements``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhoudao.desk.evidence.rules import Accounting
from zhoudao.engines.detection import Cancelled


@dataclass(frozen=True)
class Raw:
    """A raw file, opened."""

    path: Path
    name: str
    """As it came."""
    sha256: str


def clean(
    files: Sequence[Raw], out: Path, progress: Callable[[float, str], None], cancelled: Callable[[], bool]
) -> Accounting:
    """Write the ledger's tables and its report into ``out``. Raises Cancelled, and what the engine raises."""
    raise NotImplementedError("zhoudao.engines.statements")


def said(problem: Exception) -> str:
    """What the analyst is told."""
    return str(problem) or type(problem).__name__


__all__ = ["Cancelled", "Raw", "clean", "said"]
