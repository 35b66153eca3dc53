"""What a case lets whom do, and when. Pure.

The law behind it: before a case is filed (立案), the police may query but not freeze (公安机关办理刑事案件程序规定,
2020 revision, art. 174); after filing they may do both (刑事诉讼法, art. 144). Unverified: neither article number
was compared with an official copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from zhoudao.core.access import Permission, Role

DESK_ROLES = frozenset({Role.ANALYST, Role.TAX_OFFICER})
LIST = Permission("cases.list", "list the cases one is a member of", DESK_ROLES)
OPEN = Permission("cases.open", "open a case on an accepted or filed basis", {Role.ANALYST})
ENTER = Permission("cases.enter", "enter a case one is a member of, saying what for", DESK_ROLES)
LOOK = Permission("cases.look", "look at what a case holds", DESK_ROLES)
MANAGE = Permission("cases.manage", "change a case's members, basis, expiry and hold", {Role.ANALYST})
RETRIEVE = Permission("cases.retrieve", "register requests to banks and companies", {Role.ANALYST})
FREEZE = Permission("cases.freeze", "register requests to freeze, once a case is filed", {Role.ANALYST})
CLOSE = Permission("cases.close", "close a case; it is read-only from then on", {Role.ANALYST})
PROPOSE_DELETION = Permission("cases.propose_deletion", "propose to destroy a closed case", {Role.ANALYST})
DESTROY = Permission(
    "cases.destroy", "destroy a closed case that another officer proposed", {Role.ANALYST, Role.COMMANDER}
)
WIPE = Permission("cases.wipe", "wipe the opened vaults that nobody works in any more", ())
"""Nobody but the platform itself."""


class Basis(StrEnum):
    ACCEPTED = "accepted"
    """受案: may query."""
    FILED = "filed"
    """立案: may query and freeze."""


class Offence(StrEnum):
    FALSE_INVOICES = "false_invoices"
    REFUND_FRAUD = "refund_fraud"
    BID_RIGGING = "bid_rigging"
    UNDERGROUND_BANK = "underground_bank"
    ILLEGAL_BUSINESS = "illegal_business"
    EMBEZZLEMENT = "embezzlement"
    FUND_RAISING = "fund_raising"
    PYRAMID = "pyramid"
    FUTURES = "futures"
    FRAUD = "fraud"
    OTHER = "other"


class Duty(StrEnum):
    """A member's part in the case."""

    LEAD = "lead"
    """Lead handler (主办)."""
    ANALYST = "analyst"
    TAX_OFFICER = "tax_officer"
    VIEWER = "viewer"


EVERY_DUTY = frozenset(Duty)
WORKING = frozenset({Duty.LEAD, Duty.ANALYST})
NOTING = WORKING | {Duty.TAX_OFFICER}
LEADING = frozenset({Duty.LEAD})


class Purpose(StrEnum):
    """Why somebody enters a case; the audit trail keeps it beside every look."""

    IMPORT = "import"
    TRACE = "trace"
    IDENTIFY = "identify"
    PREPARE = "prepare"
    REVIEW = "review"
    TRAINING = "training"


class DocumentKind(StrEnum):
    ACCEPTANCE = "acceptance"
    """受案登记表."""
    FILING = "filing"
    """立案决定书."""
    EXTENSION = "extension"
    REQUEST = "request"
    """调取证据通知书, 协助查询财产通知书."""
    ANSWER = "answer"
    DELETION = "deletion"


BASIS_DOCUMENT = {Basis.ACCEPTED: DocumentKind.ACCEPTANCE, Basis.FILED: DocumentKind.FILING}


class Measure(StrEnum):
    """What a request asks for."""

    QUERY = "query"
    FREEZE = "freeze"


LONGEST_BASIS = timedelta(days=365)
"""Longest time until a basis must be renewed. The platform's own limit, not a statutory one."""
RETENTION = timedelta(days=5 * 365)
"""How long a closed case is kept before it may be destroyed, unless its lead says longer. The platform's own default;
put the period of the city's records schedule into the case."""
LONGEST_SITTING = timedelta(hours=12)
DOCUMENT_LIMIT = 20 * 1024 * 1024
"""Bytes of a scanned document."""


class Refusal(StrEnum):
    """Why a case can't be worked in now."""

    EXPIRED = "expired"
    CLOSED = "closed"
    DESTROYED = "destroyed"
    NOT_FILED = "not_filed"


@dataclass(frozen=True)
class State:
    """What of a case decides who may do what."""

    basis: Basis
    expires_at: datetime
    closed: bool
    destroyed: bool


def refusal(state: State, now: datetime, *, writing: bool = False, freezing: bool = False) -> Refusal | None:
    """Why not, or None. An expired basis stops looking as well; a closed case is read, never written."""
    if state.destroyed:
        return Refusal.DESTROYED
    if now >= state.expires_at:
        return Refusal.EXPIRED
    if writing and state.closed:
        return Refusal.CLOSED
    if freezing and state.basis is not Basis.FILED:
        return Refusal.NOT_FILED
    return None


def why_not_destroyed(
    *, closed_at: datetime | None, retain_until: date | None, held: bool, today: date
) -> str | None:
    """What keeps a case from being destroyed: "open", "held", "retained"; None when nothing does."""
    if closed_at is None:
        return "open"
    if held:
        return "held"
    if retain_until is not None and today < retain_until:
        return "retained"
    return None


@dataclass(frozen=True)
class Period:
    first: date
    last: date


@dataclass(frozen=True)
class Gap:
    """A stretch of days of an account that was asked for and not answered."""

    account: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def gaps(accounts: Sequence[str], asked: Period, answered: Iterable[tuple[str, Period]]) -> list[Gap]:
    """For each account asked for, the days of ``asked`` that no answer covers; one nobody answered is one gap."""
    covered: dict[str, list[Period]] = {}
    for account, period in answered:
        covered.setdefault(account, []).append(period)
    found = []
    for account in accounts:
        at = asked.first
        for period in sorted(covered.get(account, []), key=lambda each: each.first):
            if period.first > at:
                found.append(Gap(account, at, min(period.first - timedelta(days=1), asked.last)))
            at = max(at, period.last + timedelta(days=1))
            if at > asked.last:
                break
        if at <= asked.last:
            found.append(Gap(account, at, asked.last))
    return [gap for gap in found if gap.first <= gap.last]
