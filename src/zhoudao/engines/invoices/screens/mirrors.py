"""Mirror legs (对敲): foreign money comes from abroad, and on the day yuan of the same worth leave at home for
somebody's private account. No money crosses the border; an underground bank has sold its customer the dollars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from zhoudao.engines.detection import Param, Text
from zhoudao.engines.invoices.screens.relational import Screened, relational, rows_of

_START = "a starting point, to be calibrated on returned cases"
ZONE = 8 * 3600
"""Days are the city's own: receipts say the day, transfers the second in UTC."""


def _mirror_legs(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """The rate is what the banks themselves gave: yuan over foreign money of receipts credited on the same day."""
    moved = t["ledger"].filter(lambda r: r.succeeded.fill_null(True))
    moved = moved.mutate(day=(moved.time.epoch_seconds() + ZONE) // 86_400)
    holders = t["accounts"].select("account", "holder_id", "holder_kind")
    received = t["receipts"].mutate(
        day=t["receipts"].received_on.cast("timestamp").epoch_seconds() // 86_400, cents="amount"
    )
    internal = holders.filter(holders.holder_kind == "bank").select(source_account="account")
    credited = moved.join(internal, "source_account").select("day", account="target_account", yuan="amount")
    pairs = received.select("receipt_id", "day", "account", "currency", "cents").join(
        credited, ["day", "account"]
    )
    rates = pairs.mutate(rate=pairs.yuan / pairs.cents).group_by("currency", "day").agg(
        rate=lambda j: j.rate.median()
    )  # fmt: skip
    worth = received.join(rates, ["currency", "day"]).mutate(yuan=lambda j: j.cents * j.rate)
    firms = t["registrations"]
    ours = ibis.union(
        firms.select("firm_id", holder_id="firm_id"),
        firms.filter(firms.legal_representative.notnull()).select(
            "firm_id", holder_id="legal_representative"
        ),
    )
    accounts = holders.join(ours, "holder_id").select(exporter_id="firm_id", source_account="account")
    private = holders.filter(holders.holder_kind == "person").select(
        target_account="account", taker="holder_id"
    )
    left = moved.join(accounts, "source_account").join(private, "target_account").select(
        "exporter_id", "day", "amount", "time", "taker", "target_account"
    )  # fmt: skip
    heads = firms.select(exporter_id="firm_id", boss="legal_representative")
    left = left.join(heads, "exporter_id").filter(lambda j: j.boss.fill_null("") != j.taker)
    legs = _with_key(worth).select("receipt_id", "key", "yuan").join(_with_key(left), "key").filter(
        lambda j: (j.amount - j.yuan).abs() <= j.yuan * p["apart"]
    )  # fmt: skip
    counted = legs.group_by("exporter_id").agg(
        times=legs.receipt_id.nunique(), amount=legs.amount.sum(), takers=legs.target_account.nunique(),
        first=legs.time.min(), last=legs.time.max(),
    )  # fmt: skip
    total = received.group_by("exporter_id").agg(receipts=received.receipt_id.nunique())
    both = counted.join(total, "exporter_id").mutate(share=lambda j: j.times / j.receipts)
    found = both.filter((both.times >= p["times"]) & (both.share >= p["share"]))
    findings = found.select(
        subject=found.exporter_id, score=(0.5 + 0.5 * found.share).clip(upper=1.0), amount=found.amount.cast("int64"),
        first_time=found["first"], last_time=found["last"], times=found.times, receipts=found.receipts,
        takers=found.takers,
    )  # fmt: skip
    rows = t["receipts"].join(legs.select("receipt_id").distinct(), "receipt_id")
    return Screened(
        findings, rows_of(rows, rows.exporter_id).filter(lambda r: r.subject.isin(found.exporter_id))
    )


def _with_key(table: ir.Table) -> ir.Table:
    """Firm and day as one key: given two, a planner may first pair all of a day's receipts with all its transfers."""
    return table.mutate(key=table.exporter_id + "@" + table.day.cast("string"))


MIRROR_LEGS = relational(
    "invoices.mirror_legs",
    Text("地下钱庄对敲", "Mirror legs of an underground bank"),
    Text(
        "收汇当日，企业或其法定代表人向他人私户付出等值人民币，折算汇率与银行结汇价相差不超过限度。碰巧同日同额也会如此。",
        "On the day foreign money arrives, the firm or its head pays yuan of the same worth to somebody's private"
        " account, at the bank's own rate. Equal sums on one day may also be chance.",
    ),
    Text(
        "{receipts} 笔收汇中 {times} 笔当日有等值人民币付出，收款私户 {takers} 个",
        "{times} of {receipts} receipts had yuan of the same worth leave that day, to {takers} private accounts",
    ),
    {
        "receipts": ("receipt_id", "exporter_id", "received_on", "amount", "currency", "account"),
        "ledger": ("source_account", "target_account", "amount", "time"),
        "accounts": ("account", "holder_id", "holder_kind"),
        "registrations": ("firm_id", "legal_representative"),
    },
    _mirror_legs,
    params=(
        Param("apart", 0.02, "share", Text("相差至多", "Apart at most"), 0, 0.2,
              source="the trade's usual line for an implied rate"),
        Param("times", 3, "times", Text("次数", "Times at least"), 1, 1000, source=_START),
        Param("share", 0.1, "share", Text("占收汇", "Share of receipts"), 0, 1, source=_START),
    ),
    role="exporter",
)  # fmt: skip

DETECTORS = (MIRROR_LEGS,)
