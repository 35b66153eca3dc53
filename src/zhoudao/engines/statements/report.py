"""What a run did: every row accounted for, what was repaired and how, what was refused and why."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from zhoudao.engines.statements.reasons import FILES, ROWS


@dataclass
class Sheet:
    """One sheet of one file, as it was recognised and read. ``roles``: role to header and confidence.

    ``hashing``: the file's SHA-256, worked out while the file is read; ``sha256`` waits for it.
    """

    file: str
    hashing: Future[str]
    sheet: str
    kind: str
    layout: str
    fingerprint: str
    roles: dict[str, dict[str, Any]]
    account: str = ""
    rows_in: int = 0
    rows_read: int = 0
    rows_refused: int = 0
    lines_skipped: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)

    @property
    def sha256(self) -> str:
        return self.hashing.result()

    def as_data(self) -> dict[str, Any]:
        plain = _plain(self)
        del plain["hashing"]
        plain["lines_skipped_by_kind"] = plain.pop("lines_skipped")
        return {"file": plain.pop("file"), "sha256": self.sha256, **plain}


@dataclass
class Report:
    """``rows_in = rows_kept + rows_merged + rows_refused``; ``transfers`` are the rows of the ledger, which
    are ``rows_kept``."""

    sheets: list[Sheet] = field(default_factory=list)
    files_refused: list[dict[str, str]] = field(default_factory=list)
    rows_in: int = 0
    rows_kept: int = 0
    rows_merged: int = 0
    rows_refused: int = 0
    lines_skipped: Counter[str] = field(default_factory=Counter)
    refused_by_reason: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    merged_duplicates: int = 0
    merged_two_sides: int = 0
    balance: dict[str, Any] = field(default_factory=dict)
    failed: int = 0
    reversed_pairs: int = 0
    unmatched_reversals: int = 0
    own_account: int = 0

    @property
    def transfers(self) -> int:
        return self.rows_kept

    def as_data(self) -> dict[str, Any]:
        """For ``report.json``: reasons in both languages, skipped lines as a total and by kind."""
        data = _plain(self)
        data["sheets"] = [sheet.as_data() for sheet in self.sheets]
        data["lines_skipped"] = sum(self.lines_skipped.values())
        data["lines_skipped_by_kind"] = dict(self.lines_skipped)
        data["transfers"] = self.transfers
        data["refused_by_reason"] = [
            {"reason": code, "rows": count, "zh": ROWS[code][0], "en": ROWS[code][1]}
            for code, count in self.refused_by_reason.most_common()
        ]
        return data


def _plain(thing: Report | Sheet) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(thing).items()}


def refused_file(file: str, reason: str) -> dict[str, str]:
    return {"file": file, "reason": reason, "zh": FILES[reason][0], "en": FILES[reason][1]}
