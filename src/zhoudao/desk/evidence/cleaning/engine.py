"""The one place that speaks to ``zhoudao.engines.statements``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhoudao.desk.evidence.models import ColumnRoles
from zhoudao.desk.evidence.rules import CONFIRMED, Accounting
from zhoudao.engines import detection

FOLDER = "files"
"""The folder files are laid out in; their names in the ledger begin with it."""
REGISTER = "register.parquet"
"""What account sheets say of accounts (holder, identity number, card): the engine's ``accounts.parquet``."""
ESSENTIAL = frozenset({"time", "amount", "debit", "credit", "account", "card", "payer_account"})
SURE = 0.95
"""The engine reads a sheet when a header or a layout names all of these; what values suggest is for a person."""

Cancelled = detection.Cancelled


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
    names = {raw.sha256: raw.name for raw in files}
    folder = files[0].path.parent if files else out
    order = {
        f"{FOLDER}/{raw.path.name}": place
        for place, raw in enumerate(sorted(files, key=lambda raw: raw.path.name))
    }

    def tell(file: str, rows: int) -> None:
        if cancelled():  # between two small files the engine itself doesn't ask
            raise Cancelled
        place = order.get(file.partition("!")[0], 0)
        progress(0.9 * place / max(len(files), 1), names.get(Path(file).stem, file))

    statements = _statements()
    try:
        called = {raw.path: raw.name for raw in files}
        told = statements.clean([folder], out, confirmed(), tell, cancelled, names=called)
    except statements.Cancelled:
        raise Cancelled from None
    (out / "accounts.parquet").replace(out / REGISTER)
    data = told.as_data()
    data["files"] = list(by_file(data, names))
    (out / "report.json").write_text(json.dumps(data, ensure_ascii=False, default=str), encoding="utf-8")
    return Accounting(
        rows_in=told.rows_in,
        kept=told.rows_kept,
        merged=told.rows_merged,
        refused=told.rows_refused,
        lines_skipped=sum(told.lines_skipped.values()),
        transfers=told.transfers,
    )


def by_file(data: dict[str, Any], names: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The report's sheets, added up by file: what the page shows of each."""
    refused = {Path(each["file"].partition("!")[0]).stem: each for each in data["files_refused"]}
    for sha256 in names:
        sheets = [sheet for sheet in data["sheets"] if sheet["sha256"] == sha256]
        used = [sheet for sheet in sheets if sheet["rows_in"]]
        yield {
            "sha256": sha256,
            "layout": ", ".join(dict.fromkeys(sheet["layout"] for sheet in used if sheet["layout"])),
            "rows_in": sum(sheet["rows_in"] for sheet in sheets),
            "rows_read": sum(sheet["rows_read"] for sheet in sheets),
            "rows_refused": sum(sheet["rows_refused"] for sheet in sheets),
            "sheets": sheets,
            "refused": refused.get(sha256),
            "unsure": (refused.get(sha256) or {}).get("reason") == "not_a_statement"
            or any(_is_unsure(sheet) for sheet in sheets),
        }


def _is_unsure(sheet: dict[str, Any]) -> bool:
    """Refused as a whole, because what its columns are was only guessed."""
    sure = all(found["confidence"] >= SURE for role, found in sheet["roles"].items() if role in ESSENTIAL)
    return sheet["kind"] == "transactions" and sheet["rows_read"] == 0 < sheet["rows_refused"] and not sure


def confirmed() -> list[Any]:
    """The layouts that analysts confirmed, in every case."""
    return [_layout(each.roles, each.header_sha256) for each in ColumnRoles.objects.all()]


def sheets_of(raw: Raw) -> list[Any]:
    """Every sheet of a file with its columns (``statements.Recognised``): what an analyst confirms."""
    return _statements().examine(raw.path, confirmed(), {raw.path: raw.name})


def roles() -> tuple[str, ...]:
    """What a column may be."""
    return tuple(role for role in _statements().known_roles() if role != "ignored")


def why_no_layout(roles: dict[str, Any], fingerprint: str) -> str:
    """What is wrong with a layout that an analyst confirms; empty when nothing is."""
    try:
        _layout(roles, fingerprint)
    except _statements().BadLayout as problem:
        return str(problem)
    return ""


def _layout(roles: dict[str, Any], fingerprint: str) -> Any:
    """Raises BadLayout."""
    named = {**roles, "name": f"{CONFIRMED}{fingerprint[:8]}", "fingerprint": fingerprint}
    return _statements().layout_of(named, fingerprint)


def reason(code: str, language: str) -> str:
    """Why a row was refused, in words."""
    zh, en = _statements().ROWS.get(code, (code, code))
    return zh if language.startswith("zh") else en


def _statements() -> Any:
    """The engine, loaded when it is first needed: its kernels take a moment, and most pages need none of them."""
    from zhoudao.engines import statements

    return statements


def said(problem: Exception) -> str:
    """What the analyst is told."""
    return str(problem) or type(problem).__name__
