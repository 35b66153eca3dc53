"""What the pages of evidence show. Each look passes the gate before anything is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhoudao.core.access import Actor, Permission
from zhoudao.core.keys import keyring
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.cases.models import Retrieval
from zhoudao.desk.cases.queries import RetrievalRow, retrieval_rows
from zhoudao.desk.cases.rules import EVERY_DUTY, WORKING, Duty
from zhoudao.desk.evidence.cleaning import engine
from zhoudao.desk.evidence.cleaning.running import report_of
from zhoudao.desk.evidence.ledger import filters as asking
from zhoudao.desk.evidence.ledger import pages, pivot, profiles, raw, tables
from zhoudao.desk.evidence.ledger.filters import Filters
from zhoudao.desk.evidence.models import Cleaning, EvidenceFile
from zhoudao.desk.evidence.rules import EXPORT, LOOK, UNFINISHED, CleaningState, FileState

WORDS_PLACE = "evidence.words"
MOST_EXPORTED = 1_000_000
REFUSED_PAGE = 100


class NoLedger(Exception):
    """The case has no ledger yet."""

    http_status = 404


def seal_words(words: str) -> str:
    """Words for an address: only this platform reads them."""
    return keyring.get().seal(words, WORDS_PLACE)


def open_words(token: str) -> str:
    """Raises BadFilter for a token this platform did not make."""
    try:
        return keyring.get().unseal(token, WORDS_PLACE)
    except keyring.CannotUnseal:
        raise asking.BadFilter("words", "words sealed by this platform: search again") from None


# Files ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FilesPage:
    here: Inside
    files: list[EvidenceFile]
    running: Cleaning | None
    ledger: Cleaning | None
    """The newest that is done."""
    last: Cleaning | None
    """The newest, done or not."""
    report: dict[str, Any]
    requests: list[Retrieval]


def files_page(actor: Actor, number: str) -> FilesPage:
    here = gate.look(actor, number, LOOK, seeing="files")
    cleanings = list(Cleaning.objects.filter(case=here.case)[:20])
    done = next((each for each in cleanings if each.state == CleaningState.DONE), None)
    return FilesPage(
        here,
        list(EvidenceFile.objects.select_related("retrieval", "archive").filter(case=here.case)),
        next((each for each in cleanings if each.state in UNFINISHED), None),
        done,
        cleanings[0] if cleanings else None,
        report_of(here.vault, done) if done else {},
        list(Retrieval.objects.filter(case=here.case)),
    )


def inputs_of(files: Sequence[EvidenceFile]) -> str:
    """Over the hashes of what a cleaning would take now: compared with what a ledger was made of."""
    hashes = sorted(file.sha256 for file in files if file.state == FileState.KEPT)
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def cleaning_under_way(actor: Actor, number: str) -> Cleaning | None:
    """The newest cleaning, for its progress: asked once a second, so the look was written when the page was opened."""
    gate.seated(actor, number)
    return Cleaning.objects.filter(case__number=number).first()


def raw_file(actor: Actor, number: str, file_id: int) -> tuple[Inside, EvidenceFile]:
    """A raw file, to take it out of the case. Raises EvidenceFile.DoesNotExist."""
    here = gate.look(actor, number, EXPORT, duties=WORKING, seeing="raw file")
    return here, EvidenceFile.objects.get(case=here.case, pk=file_id)


@dataclass(frozen=True)
class LayoutPage:
    here: Inside
    file: EvidenceFile
    sheets: list[Any]
    """``statements.Recognised``."""
    roles: tuple[str, ...]


def layout_page(actor: Actor, number: str, file_id: int) -> LayoutPage:
    """What each column of a file seems to be, to be confirmed. Raises EvidenceFile.DoesNotExist."""
    here = gate.look(actor, number, LOOK, seeing="layout")
    file = EvidenceFile.objects.get(case=here.case, pk=file_id)
    raw = engine.Raw(here.vault.open(f"raw/{file.sha256}"), str(file.name), file.sha256)
    return LayoutPage(here, file, engine.sheets_of(raw), engine.roles())


@dataclass(frozen=True)
class RefusedPage:
    here: Inside
    rows: list[dict[str, Any]]
    total: int
    start: int


def refused_page(actor: Actor, number: str, start: int, sha256: str = "") -> RefusedPage:
    """Raw rows that are no transfer, a hundred from ``start``; of one file, when given."""
    here = gate.look(actor, number, LOOK, seeing="refused rows")
    with tables.cursor(open_ledger(here)) as found:
        condition, values = ("source_sha256 = ?", [sha256]) if sha256 else ("true", [])
        total = found.execute(f"SELECT count(*) FROM refused WHERE {condition}", values).fetchone()  # noqa: S608
        rows = tables.rows(
            found,
            f"SELECT * FROM refused WHERE {condition} "  # noqa: S608
            "ORDER BY source_file, source_sheet, source_row LIMIT ? OFFSET ?",
            [*values, REFUSED_PAGE, start],
        )
    return RefusedPage(here, rows, total[0] if total else 0, start)


# The ledger -----------------------------------------------------------------------------------------------------------


def ledger_of(here: Inside, number: int | None = None) -> Cleaning:
    """The newest ledger, or one of its earlier versions. Raises NoLedger."""
    done = Cleaning.objects.filter(case=here.case, state=CleaningState.DONE.value)
    found = done.filter(number=number).first() if number else done.first()
    if found is None:
        raise NoLedger(f"case {here.case.number} has no ledger {number or ''}")
    return found


def open_ledger(here: Inside, number: int | None = None) -> Path:
    """Its tables, opened in the private folder. Raises NoLedger."""
    cleaning = ledger_of(here, number)
    for name in tables.TABLES:
        path = here.vault.open(f"{cleaning.folder}/{name}.parquet")
    return path.parent


@dataclass(frozen=True)
class BreaksPage:
    here: Inside
    breaks: list[dict[str, Any]]
    total: int
    balance: dict[str, Any]
    """How many balances were followed, from the report."""


def breaks_page(actor: Actor, number: str, most: int = 500) -> BreaksPage:
    """Where an account's balances don't chain, the largest first."""
    here = gate.look(actor, number, LOOK, seeing="balance breaks")
    with tables.cursor(open_ledger(here)) as found:
        total = found.execute("SELECT count(*) FROM breaks").fetchone()
        told = tables.rows(
            found, "SELECT * FROM breaks ORDER BY abs(missing) DESC, account, time LIMIT ?", [most]
        )
    report = report_of(here.vault, ledger_of(here))
    return BreaksPage(here, told, total[0] if total else 0, report.get("balance", {}))


def _finding_rows(here: Inside, filters: Filters) -> Path | None:
    """The rows of a run's findings, where they are asked for (the findings room put them there)."""
    if not filters.run or not filters.finding:
        return None
    try:
        return here.vault.open(f"runs/{filters.run}/finding_rows.parquet")
    except FileNotFoundError:
        raise asking.BadFilter("run", "a run of this case") from None


@dataclass(frozen=True)
class LedgerPage:
    here: Inside
    filters: Filters
    order: str
    page: pages.Page
    sums: pages.Sums
    subject: dict[str, Any] | None
    """The account or person it is told from."""
    other: dict[str, Any] | None
    channels: list[str]


def ledger_page(
    actor: Actor,
    number: str,
    query: Mapping[str, str],
    permission: Permission = LOOK,
    duties: frozenset[Duty] = EVERY_DUTY,
) -> LedgerPage:
    """Rows and sums. Raises NoLedger, BadFilter."""
    filters = asking.read(query, open_words)
    order = query.get("order", "")
    here = gate.look(actor, number, permission, duties=duties, seeing="ledger", filters=filters.used)
    with tables.cursor(open_ledger(here, filters.ledger), _finding_rows(here, filters)) as found:
        subject = pages.subject_of(found, filters)
        return LedgerPage(
            here,
            filters,
            order,
            pages.page(
                found,
                filters,
                subject,
                order or pages.DEFAULT_ORDER,
                query.get("after", ""),
                query.get("before", ""),
            ),
            pages.sums(found, filters, subject),
            _named(found, filters.account, filters.person),
            _named(found, filters.counterparty, ""),
            pages.channels(found),
        )


def exported_rows(
    actor: Actor, number: str, query: Mapping[str, str], permission: Permission, duties: frozenset[Duty]
) -> tuple[Inside, Iterator[list[Any]]]:
    """The listed rows for a spreadsheet, a million at most, each with its sources; the first line is the heads."""
    filters = asking.read(query, open_words)
    here = gate.look(actor, number, permission, duties=duties, seeing="export", filters=filters.used)
    folder, finding_rows = open_ledger(here, filters.ledger), _finding_rows(here, filters)

    def lines() -> Iterator[list[Any]]:
        with tables.cursor(folder, finding_rows) as found:
            condition, values = asking.where(filters, pages.subject_of(found, filters))
            found.execute(pages.exporting(condition, MOST_EXPORTED), values)
            yield [column[0] for column in found.description or ()]
            while batch := found.fetchmany(5000):
                yield from (list(row) for row in batch)

    return here, lines()


def _named(found: Any, account: str, person: str) -> dict[str, Any] | None:
    if not account and not person:
        return None
    column, value = ("ref", account) if account else ("person", person)
    told = tables.rows(
        found,
        f"SELECT * FROM accounts WHERE {column} = ? ORDER BY in_count + out_count DESC LIMIT 1",  # noqa: S608
        [value],
    )
    return told[0] if told else None


@dataclass(frozen=True)
class Stand:
    """One place in a raw file where a transfer stands."""

    file: EvidenceFile | None
    name: str
    sha256: str
    sheet: str
    row: int
    lines: list[raw.Line]
    problem: str = ""


@dataclass(frozen=True)
class RowPage:
    here: Inside
    row: dict[str, Any]
    stands: list[Stand]


def row_page(actor: Actor, number: str, transfer_id: str, ledger: int | None = None) -> RowPage | None:
    """One transfer and its raw lines; None when the ledger has no such transfer."""
    here = gate.look(actor, number, LOOK, seeing="raw line", transfer=transfer_id[:64])
    with tables.cursor(open_ledger(here, ledger)) as found:
        row = pages.transfer(found, transfer_id)
        stood = pages.sources(found, transfer_id)
    if row is None:
        return None
    return RowPage(here, row, [_stand(here, each) for each in stood])


def _stand(here: Inside, source: Mapping[str, Any]) -> Stand:
    return stand_at(
        here,
        source["source_sha256"],
        source["source_file"],
        source["source_sheet"] or "",
        int(source["source_row"]),
    )


def stand_at(here: Inside, sha256: str, name: str, sheet: str, row: int) -> Stand:
    """A raw line with its neighbours. ``problem`` says what hinders showing it."""
    file = EvidenceFile.objects.filter(case=here.case, sha256=sha256).first()
    if file is None:
        return Stand(None, name, sha256, sheet, row, [], "missing")
    opened = here.vault.open(f"raw/{sha256}")
    path = opened.with_name(f"{sha256}{Path(str(file.name)).suffix.lower()[:8]}")
    if path != opened and not path.exists():
        path.symlink_to(opened.name)
    try:
        lines = raw.lines_around(path, sheet, row)
    except (raw.NoSuchLine, OSError, ValueError) as problem:
        return Stand(file, str(file.name), sha256, sheet, row, [], str(problem))
    return Stand(file, str(file.name), sha256, sheet, row, lines)


@dataclass(frozen=True)
class PivotPage:
    here: Inside
    filters: Filters
    pivot: pivot.Pivot
    sums: pages.Sums
    subject: dict[str, Any] | None


def pivot_page(
    actor: Actor, number: str, query: Mapping[str, str], down: str, across: str, measure: str
) -> PivotPage:
    filters = asking.read(query, open_words)
    here = gate.look(actor, number, LOOK, seeing="pivot", filters=filters.used, down=down, across=across)
    with tables.cursor(open_ledger(here, filters.ledger), _finding_rows(here, filters)) as found:
        subject = pages.subject_of(found, filters)
        sums = pages.sums(found, filters, subject)
        if not filters.currency and sums.by_currency:
            filters = filters.but(currency=sums.by_currency[0].currency)
        return PivotPage(
            here,
            filters,
            pivot.pivot(found, filters, subject, down, across, measure),
            sums,
            _named(found, filters.account, filters.person),
        )


@dataclass(frozen=True)
class ProfilePage:
    here: Inside
    filters: Filters
    profile: profiles.Profile
    named: dict[str, Any]


def profile_page(
    actor: Actor, number: str, kind: str, ref: str, query: Mapping[str, str]
) -> ProfilePage | None:
    """An account (``kind`` account) or a person; None when the ledger has none under that reference."""
    filters = asking.read({**query, kind: ref}, open_words)
    here = gate.look(actor, number, LOOK, seeing=f"profile of {kind}", filters=filters.used)
    with tables.cursor(open_ledger(here, filters.ledger)) as found:
        named = _named(found, filters.account, filters.person)
        if named is None:
            return None
        subject = pages.subject_of(found, filters)
        return ProfilePage(here, filters, profiles.profile(found, filters, subject), named)


@dataclass(frozen=True)
class AccountsPage:
    here: Inside
    words: str
    accounts: list[dict[str, Any]]


def accounts_page(actor: Actor, number: str, token: str) -> AccountsPage:
    """Accounts by words (a sealed token); the busiest without."""
    words = open_words(token) if token else ""
    here = gate.look(actor, number, LOOK, seeing="accounts", searched=bool(words))
    with tables.cursor(open_ledger(here)) as found:
        return AccountsPage(here, words, pages.search(found, words, 100))


@dataclass(frozen=True)
class NextRound:
    here: Inside
    accounts: list[dict[str, Any]]
    """Counterparties without a statement that nobody has asked about, the largest sums first."""
    asked: list[RetrievalRow]


def next_round(actor: Actor, number: str, least_fen: int, exporting: bool = False) -> NextRound:
    """Whom to ask about next: accounts that money came from or went to, ``least_fen`` or more in all."""
    permission, duties = (EXPORT, WORKING) if exporting else (LOOK, EVERY_DUTY)
    here = gate.look(actor, number, permission, duties=duties, seeing="next round")
    asked = retrieval_rows(here.case)
    known = sorted({account.split()[0] for row in asked for account in row.accounts if account.split()})
    with tables.cursor(open_ledger(here)) as found:
        accounts = tables.rows(
            found,
            """
            SELECT *, in_count + out_count AS transfers FROM accounts
            WHERE NOT stated AND NOT list_contains(?, account) AND in_amount + out_amount >= ?
            ORDER BY in_amount + out_amount DESC, account LIMIT 500
            """,
            [known, least_fen],
        )
    return NextRound(here, accounts, asked)
