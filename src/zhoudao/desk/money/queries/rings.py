"""Rings that a run of the detector found, and one of them hop by hop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator

from zhoudao.core.access import Actor
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.evidence.ledger import tables
from zhoudao.desk.evidence.models import Cleaning
from zhoudao.desk.evidence.queries import open_ledger
from zhoudao.desk.evidence.rules import CleaningState
from zhoudao.desk.findings.models import Finding, Run
from zhoudao.desk.findings.queries import rows_of
from zhoudao.desk.findings.rules import UNFINISHED
from zhoudao.desk.findings.searching import ROWS_FILE
from zhoudao.desk.money.queries.common import Account, by_account, looking

DETECTOR = "flows.rings"
PAGE_ROWS = 30


@dataclass(frozen=True)
class RingsPage:
    here: Inside
    page: Page
    """Findings, the best first."""
    names: dict[str, Account]
    running: bool
    has_run: bool
    has_ledger: bool


def rings_page(actor: Actor, number: str, page: int) -> RingsPage:
    here = looking(actor, number, False, seeing="rings")
    runs = Run.objects.filter(case=here.case, detector=DETECTOR)
    has_ledger = Cleaning.objects.filter(case=here.case, state=CleaningState.DONE.value).exists()
    found = Finding.objects.select_related("run").filter(case=here.case, run__detector=DETECTOR)
    newest = runs.exclude(state__in=list(UNFINISHED)).first()
    if newest is not None:
        found = found.filter(run=newest)
    shown = Paginator(found, PAGE_ROWS).get_page(page)
    accounts = {each["id"] for one in shown for each in one.subjects if each["kind"] == "account"}
    names: dict[str, Account] = {}
    if has_ledger and accounts:
        with tables.cursor(open_ledger(here)) as opened:
            names = by_account(opened, accounts)
    return RingsPage(
        here, shown, names, runs.filter(state__in=list(UNFINISHED)).exists(), newest is not None, has_ledger
    )


@dataclass(frozen=True)
class Hop:
    row: dict[str, Any]
    """As the ledger tells it."""
    payee: Account | None
    kept_from: int | None
    """Percent of the transfer before that went on with this one; None of the first."""


@dataclass(frozen=True)
class RingPage:
    here: Inside
    finding: Finding
    ledger: int
    ledger_sha256: str
    hops: list[Hop]
    origin: Account | None

    @property
    def first(self) -> datetime:
        return self.hops[0].row["time"]

    @property
    def last(self) -> datetime:
        return self.hops[-1].row["time"]


def ring_page(actor: Actor, number: str, finding_pk: int, *, exporting: bool = False) -> RingPage | None:
    """None when the finding is no ring of this case."""
    here = looking(actor, number, exporting, seeing="ring", finding=finding_pk)
    finding = (
        Finding.objects.select_related("run", "run__ledger")
        .filter(pk=finding_pk, case=here.case, run__detector=DETECTOR)
        .first()
    )
    if finding is None or finding.run.ledger is None:
        return None
    ledger = finding.run.ledger
    rows_file = here.vault.open(f"{finding.run.folder}/{ROWS_FILE}")
    with tables.cursor(open_ledger(here, ledger.number), rows_file) as found:
        rows = rows_of(found, finding.finding_id, 100)
        accounts = by_account(found, {row["target_account"] for row in rows})
    hops = [
        Hop(
            row,
            accounts.get(row["target_account"]),
            round(100 * row["amount"] / before["amount"]) if before and before["amount"] else None,
        )
        for before, row in zip([None, *rows], rows, strict=False)
    ]
    origin = accounts.get(rows[0]["source_account"]) if rows else None
    return RingPage(here, finding, ledger.number, ledger.ledger_sha256, hops, origin) if hops else None
