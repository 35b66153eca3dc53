"""What the pages of invoice cases show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from zhoudao.core.access import Actor
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.cases.models import Member
from zhoudao.desk.cases.rules import WORKING
from zhoudao.desk.cases.vault import Vault
from zhoudao.desk.findings import queries as findings
from zhoudao.desk.findings.models import Finding
from zhoudao.desk.findings.rules import UNFINISHED, JobState
from zhoudao.desk.trade.models import FoundCase, Screening
from zhoudao.desk.trade.report.packing import with_hashes
from zhoudao.desk.trade.rules import EXPORT, LOOK, ROWS_SHOWN
from zhoudao.desk.trade.screening import ACCOUNTING, REFUSED, ROWS, TOLD

REFUSED_SHOWN = 50


@dataclass(frozen=True)
class StartPage:
    here: Inside
    running: Screening | None
    last: Screening | None
    done: Screening | None
    """The latest that ended well."""
    found: list[FoundCase]
    accounting: dict[str, Any]
    refused: list[dict[str, Any]]


def start_page(actor: Actor, number: str) -> StartPage:
    here = gate.look(actor, number, LOOK, seeing="invoice cases")
    screenings = list(Screening.objects.filter(case=here.case)[:30])
    done = next((each for each in screenings if each.state == JobState.DONE), None)
    accounting: dict[str, Any] = {}
    refused: list[dict[str, Any]] = []
    if done is not None:
        accounting = json.loads(here.vault.read(f"{done.folder}/{ACCOUNTING}"))
        path = here.vault.open(f"{done.folder}/{REFUSED}")
        refused = pl.scan_parquet(path).head(REFUSED_SHOWN).collect().to_dicts()
    return StartPage(
        here,
        next((each for each in screenings if each.state in UNFINISHED), None),
        screenings[0] if screenings else None,
        done,
        list(done.found.select_related("finding").exclude(finding=None)) if done else [],
        accounting,
        refused,
    )


def under_way(actor: Actor, number: str) -> Screening | None:
    gate.seated(actor, number, LOOK)
    return Screening.objects.filter(case__number=number, state__in=list(UNFINISHED)).first()


@dataclass(frozen=True)
class CasePage:
    here: Inside
    found: FoundCase
    told: dict[str, Any]
    """As ``engines.invoices.dossier.tell``."""
    finding: Finding
    members: list[Member]
    following: int | None
    """The next finding to decide."""


def case_page(actor: Actor, number: str, finding_pk: int) -> CasePage:
    """Raises FoundCase.DoesNotExist."""
    here = gate.look(actor, number, LOOK, seeing="invoice case", finding=finding_pk)
    found = _found(here, finding_pk)
    finding = findings.one_of(here, finding_pk)
    told = json.loads(here.vault.read(f"{found.folder}/{TOLD}"))
    return CasePage(here, found, told, finding, findings.members_of(here), findings.following(here, finding))


@dataclass(frozen=True)
class RowsPage:
    here: Inside
    found: FoundCase
    rows: list[dict[str, Any]]
    """A page of them, ``raw`` as a dict."""
    count: int
    sums: dict[str, tuple[int, int, int]]
    """By currency: amount, net, tax of all of them."""


def rows_page(
    actor: Actor, number: str, finding_pk: int, headings: list[str], month: str, page: int
) -> RowsPage:
    """Rows under some headings, of a month or all. Raises FoundCase.DoesNotExist."""
    here = gate.look(actor, number, LOOK, seeing="invoice rows", headings=headings, month=month)
    found = _found(here, finding_pk)
    rows = pl.scan_parquet(here.vault.open(f"{found.folder}/{ROWS}"))
    rows = rows.filter(pl.col("heading").is_in(headings))
    if month:
        rows = rows.filter(pl.col("day").dt.strftime("%Y-%m") == month)
    chosen = rows.collect()
    shown = chosen.slice((page - 1) * ROWS_SHOWN, ROWS_SHOWN).to_dicts()
    for row in shown:
        row["raw"] = json.loads(row["raw"] or "{}")
    sums = chosen.filter(pl.col("currency").is_not_null()).group_by("currency").agg(
        pl.col("amount").sum(), pl.col("net").sum(), pl.col("tax").sum()
    )  # fmt: skip
    return RowsPage(
        here, found, shown, len(chosen),
        {row[0]: (row[1], row[2], row[3]) for row in sums.sort("currency").iter_rows()},
    )  # fmt: skip


@dataclass(frozen=True)
class Exported:
    here: Inside
    found: FoundCase
    told: dict[str, Any]
    rows: pl.DataFrame


def exported(actor: Actor, number: str, finding_pk: int) -> Exported:
    """What a report is made of. Raises FoundCase.DoesNotExist."""
    here = gate.look(actor, number, EXPORT, duties=WORKING, seeing="invoice report", finding=finding_pk)
    found = _found(here, finding_pk)
    told, rows = kept(found, here.vault)
    return Exported(here, found, told, rows)


def kept(found: FoundCase, box: Vault, folder: Path | None = None) -> tuple[dict[str, Any], pl.DataFrame]:
    """A case found as it lies in the vault: told, and its rows with the SHA-256 of the file each stands in."""
    told = json.loads(box.read(f"{found.folder}/{TOLD}"))
    files = json.loads(box.read(f"{found.screening.folder}/{ACCOUNTING}"))["files"]
    rows = pl.read_parquet(box.open(f"{found.folder}/{ROWS}", folder))
    return told, with_hashes(rows, {each["file"]: each["sha256"] for each in files})


def _found(here: Inside, finding_pk: int) -> FoundCase:
    return FoundCase.objects.select_related("screening").get(finding=finding_pk, screening__case=here.case)
