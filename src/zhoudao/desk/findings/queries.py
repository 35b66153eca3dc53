"""What the pages of findings show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count

from zhoudao.core.access import Actor
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.cases.models import Member
from zhoudao.desk.cases.rules import WORKING
from zhoudao.desk.evidence.ledger import pages, tables
from zhoudao.desk.evidence.models import Cleaning
from zhoudao.desk.evidence.queries import open_ledger
from zhoudao.desk.evidence.rules import CleaningState
from zhoudao.desk.findings.models import Finding, Package, Run
from zhoudao.desk.findings.rules import EXPORT, LOOK, UNFINISHED, JobState, Verdict
from zhoudao.desk.findings.searching import ROWS_FILE

PAGE_ROWS = 30
ROWS_SHOWN = 200


@dataclass(frozen=True)
class ListPage:
    here: Inside
    page: Page
    counts: Counter[str]
    """Findings by verdict."""
    running: list[Run]
    runs: list[Run]
    """The latest, ended."""
    has_ledger: bool
    names: dict[str, str]
    """Holder of each account that a finding of the page is about."""


def list_page(actor: Actor, number: str, verdict: Verdict, run: int | None, page: int) -> ListPage:
    here = gate.look(actor, number, LOOK, seeing="findings")
    found = Finding.objects.select_related("run", "assigned_to").filter(case=here.case)
    if run:
        found = found.filter(run_id=run)
    counts = Counter(
        dict(found.order_by().values_list("verdict").annotate(n=Count("pk")).values_list("verdict", "n"))
    )
    runs = list(Run.objects.filter(case=here.case)[:30])
    has_ledger = Cleaning.objects.filter(case=here.case, state=CleaningState.DONE.value).exists()
    shown = Paginator(found.filter(verdict=verdict.value), PAGE_ROWS).get_page(page)
    accounts = sorted({each["id"] for one in shown for each in one.subjects if each["kind"] == "account"})
    return ListPage(
        here,
        shown,
        counts,
        [each for each in runs if each.state in UNFINISHED],
        [each for each in runs if each.state not in UNFINISHED][:10],
        has_ledger,
        _names(here, accounts) if has_ledger and accounts else {},
    )


def _names(here: Inside, accounts: list[str]) -> dict[str, str]:
    with tables.cursor(open_ledger(here)) as found:
        told = tables.rows(
            found, "SELECT account, name FROM accounts WHERE list_contains(?, account)", [accounts]
        )
    return {each["account"]: each["name"] or "" for each in told}


@dataclass(frozen=True)
class FindingPage:
    here: Inside
    finding: Finding
    subjects: list[dict[str, Any]]
    """kind, id, role, and of an account its holder and reference."""
    rows: list[dict[str, Any]]
    members: list[Member]
    following: int | None
    """The next open one."""


def finding_page(actor: Actor, number: str, finding_pk: int) -> FindingPage:
    """One finding in a ledger with its rows. Raises Finding.DoesNotExist."""
    here = gate.look(actor, number, LOOK, seeing="finding", finding=finding_pk)
    finding = one_of(here, finding_pk)
    if finding.run.ledger is None:
        raise Finding.DoesNotExist
    with tables.cursor(
        open_ledger(here, finding.run.ledger.number), here.vault.open(f"{finding.run.folder}/{ROWS_FILE}")
    ) as found:
        rows = rows_of(found, finding.finding_id, ROWS_SHOWN)
        accounts = {
            each["account"]: each
            for each in tables.rows(
                found,
                "SELECT account, name, ref FROM accounts WHERE list_contains(?, account)",
                [[each["id"] for each in finding.subjects]],
            )
        }
    return FindingPage(
        here,
        finding,
        [{**each, **accounts.get(each["id"], {})} for each in finding.subjects],
        rows,
        members_of(here),
        following(here, finding),
    )


def one_of(here: Inside, finding_pk: int) -> Finding:
    """Raises Finding.DoesNotExist."""
    return (
        Finding.objects.select_related("run", "run__ledger", "assigned_to")
        .prefetch_related("notes__written_by")
        .get(pk=finding_pk, case=here.case)
    )


def members_of(here: Inside) -> list[Member]:
    """Those a finding can be given to."""
    return list(Member.objects.select_related("user").filter(case=here.case, left_at=None))


def following(here: Inside, finding: Finding) -> int | None:
    """The next open one."""
    still_open = Finding.objects.filter(case=here.case, verdict=Verdict.OPEN.value).exclude(pk=finding.pk)
    return still_open.values_list("pk", flat=True).first()


def detector_of(actor: Actor, number: str, finding_pk: int) -> str:
    """What found it: its page may be another room's. Raises Finding.DoesNotExist."""
    gate.seated(actor, number, LOOK)
    return Finding.objects.select_related("run").get(pk=finding_pk, case__number=number).run.detector


def rows_of(found: Any, finding_id: str, limit: int) -> list[dict[str, Any]]:
    """The transfers of a finding, in the order it tells them."""
    return tables.rows(
        found,
        f"""
        SELECT {pages.COLUMNS} FROM finding_rows f JOIN ledger l ON l.transfer_id = f.transfer_id
        LEFT JOIN accounts s ON s.account = l.source_account
        LEFT JOIN accounts t ON t.account = l.target_account
        WHERE f.finding_id = ? ORDER BY f.position LIMIT ?
        """,  # noqa: S608
        [finding_id, limit],
    )


def runs_under_way(actor: Actor, number: str) -> list[Run]:
    """For the progress that a page asks for once a second."""
    gate.seated(actor, number, LOOK)
    return list(Run.objects.filter(case__number=number, state__in=list(UNFINISHED)))


@dataclass(frozen=True)
class PackagesPage:
    here: Inside
    packages: list[Package]
    running: Package | None
    members: list[Member]
    accepted: int


def packages_page(actor: Actor, number: str) -> PackagesPage:
    here = gate.look(actor, number, LOOK, seeing="packages")
    packages = list(Package.objects.filter(case=here.case))
    return PackagesPage(
        here,
        packages,
        next((each for each in packages if each.state in UNFINISHED), None),
        members_of(here),
        Finding.objects.filter(case=here.case, verdict=Verdict.ACCEPTED.value)
        .values("finding_id")
        .distinct()
        .count(),
    )


def package_under_way(actor: Actor, number: str) -> Package | None:
    gate.seated(actor, number, LOOK)
    return Package.objects.filter(case__number=number).first()


def package(actor: Actor, number: str, package_number: int) -> tuple[Inside, Package]:
    """A package to take out. Raises Package.DoesNotExist."""
    here = gate.look(actor, number, EXPORT, duties=WORKING, seeing="package", package=package_number)
    return here, Package.objects.get(case=here.case, number=package_number, state=JobState.DONE.value)
