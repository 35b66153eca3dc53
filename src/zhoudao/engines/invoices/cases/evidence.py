"""Every screen run once over a case, and what each says of each firm: the ground that scores and widening stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from zhoudao.engines.detection import Batch, Context, Detector, Gap, MissingTables, RunRecord, start
from zhoudao.engines.stored import Table


@dataclass(frozen=True)
class Hit:
    """One screen's finding about one firm."""

    detector: str
    finding_id: str
    score: float
    code: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Loop:
    """Payments of one firm into one account that came back (``invoices.payment_returns``).

    ``receiver`` is the firm that holds the account paid into, None for a private one; ``conduits`` the accounts the
    money passed after it, ``ends`` where it came to rest."""

    finding_id: str
    payer: str
    receiver: str | None
    account: str
    conduits: tuple[str, ...]
    ends: tuple[str, ...]
    times: int
    sent: int


@dataclass
class Evidence:
    """``hits``: by firm, by screen. ``not_checked``: what no screen could say, for want of a table or a column."""

    hits: dict[str, dict[str, Hit]] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    transfers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each loop's finding the transfers it is told by."""
    records: list[RunRecord] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)


ABOUT = ("issuer", "exporter", "payer")
"""Roles in which a finding speaks against a firm."""
LOOPS = "invoices.payment_returns"


def gather(
    tables: Mapping[str, Table], screens: Iterable[Detector], context: Context, hashes: Mapping[str, str],
    told: Callable[[Batch], None] = lambda _: None,
) -> Evidence:  # fmt: skip
    """What ``screens`` find; all of their findings and rows go by ``told`` and are not kept. A screen that lacks its
    tables is left out, and ``not_checked`` says so."""
    wanted = list(screens)
    done = Evidence()
    for number, screen in enumerate(wanted):
        context.report(number / len(wanted), screen.title.en)
        inside = Context(cancelled=context.cancelled, memory_mib=context.memory_mib, threads=context.threads)
        try:
            running = start(screen, tables, {}, inside, input_hashes=hashes)
        except MissingTables as problem:
            done.not_checked.append(Gap("missing", screen.name, what=", ".join(problem.missing)))
            continue
        largest: dict[str, tuple] = {}
        for batch in running.batches:
            told(batch)
            _take(done, screen.name, batch, largest)
        done.records.append(running.record)
        done.not_checked += [
            gap.of(screen.name) if isinstance(gap, Gap) else f"{screen.name}: {gap}"
            for gap in running.record.not_checked
        ]
    done.loops.sort(key=lambda loop: (-loop.sent, loop.finding_id))
    return done


def _take(done: Evidence, detector: str, batch: Batch, largest: dict[str, tuple]) -> None:
    """Of a firm's findings by one screen the strongest stays, of equal ones the largest: whatever their order."""
    for one in batch.findings.to_pylist():
        (why, *_) = one["reasons"]
        hit = Hit(detector, one["finding_id"], one["score"], why["code"], dict(why["values"]))
        rank = (-hit.score, -(one["amount"] or 0), hit.finding_id)
        for subject in one["subjects"]:
            firm = subject["id"]
            if subject["kind"] == "firm" and subject["role"] in ABOUT and rank < largest.get(firm, (1,)):
                largest[firm] = rank
                done.hits.setdefault(firm, {})[detector] = hit
        if detector == LOOPS:
            done.loops.append(_loop(one, hit))
    if detector == LOOPS:
        for row in batch.rows.select(["finding_id", "transfer_id"]).to_pylist():
            if row["transfer_id"] is not None:
                done.transfers[row["finding_id"]] = (
                    *done.transfers.get(row["finding_id"], ()), row["transfer_id"]
                )  # fmt: skip


def _loop(one: dict, hit: Hit) -> Loop:
    by_role: dict[str, list[str]] = {}
    for subject in one["subjects"]:
        by_role.setdefault(subject["role"], []).append(subject["id"])
    return Loop(
        hit.finding_id, by_role["payer"][0], next(iter(by_role.get("issuer", ())), None), by_role["receiver"][0],
        tuple(by_role.get("conduit", ())), tuple(by_role.get("end", ())), int(hit.values["times"]),
        int(hit.values["sent"]),
    )  # fmt: skip
