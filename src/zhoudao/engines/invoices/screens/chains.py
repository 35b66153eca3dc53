"""Invoices that go round or are only passed on: cycles of firms, and long chains in which nobody earns anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from zhoudao.engines.detection import (
    Batch,
    Context,
    Detector,
    Found,
    Param,
    Reason,
    Row,
    Subject,
    Text,
    batch_of,
)
from zhoudao.engines.flows import rings
from zhoudao.engines.flows.graph import from_arrays
from zhoudao.engines.invoices.screens.relational import Screened, relational, rows_of, standing
from zhoudao.engines.stored import Table, batches, gathered, lazy, numbered, taken

_START = "a starting point, to be calibrated on returned cases"
_DAY = 86_400 * 1_000_000
_PLACE = ("source_file", "source_sheet", "source_row")


def _cycles(tables: Mapping[str, Table], p: Mapping[str, Any], context: Context) -> Iterator[Batch]:
    """Invoices as if they were transfers from seller to buyer: the money graph's search for rings does the rest."""
    invoices = tables["invoices"]
    passed = _passed(invoices, p["fen"])
    if not len(passed.row):
        return
    graph = from_arrays(passed.seller, passed.buyer, passed.time, passed.net)
    rounds: dict[frozenset[int], set[int]] = {}
    times: dict[frozenset[int], int] = {}
    for batch in rings(
        graph, window=p["days"] * _DAY, longest=p["firms"], least_amount=p["fen"], kept_low=p["kept_low"],
        kept_high=p["kept_high"], threads=context.threads, cancelled=lambda: context.report(0.0, CYCLES.title.en),
    ):  # fmt: skip
        for first, last in zip(batch.starts[:-1].tolist(), batch.starts[1:].tolist(), strict=True):
            if last - first < p["fewest"]:
                continue
            edges = batch.transfers[first:last]
            firms = frozenset(graph.source[edges].tolist())
            rounds.setdefault(firms, set()).update(passed.row[graph.row[edges]].tolist())
            times[firms] = times.get(firms, 0) + 1
    often = [firms for firms in rounds if times[firms] >= p["times"]]
    if not often:
        return
    places = np.unique(np.array([row for firms in often for row in rounds[firms]], dtype=np.int64))
    columns = ["seller_id", "net", "issued_at", *(name for name in _PLACE if name in invoices.column_names)]
    taken_ = taken(invoices, places, columns).with_columns(at=pl.Series(places))
    told = [_told(taken_.filter(pl.col("at").is_in(rounds[firms])), times[firms]) for firms in often]
    told.sort(key=lambda one: (-len(one.rows), [each.id for each in one.subjects]))
    yield batch_of(CYCLES.name, CYCLES.version, told)


@dataclass(frozen=True)
class Passed:
    """Valid invoices between firms as plain numbers; ``row`` is the table's."""

    row: np.ndarray
    seller: np.ndarray
    buyer: np.ndarray
    time: np.ndarray
    net: np.ndarray


def _passed(invoices: Table, least: int) -> Passed:
    """Those of ``least`` net or more between firms that both sell and buy: nobody else is on a round."""
    standing_ = (pl.col("state") == "valid") & (pl.col("buyer_id") != "") & (pl.col("net") >= least)
    of = lazy(invoices).filter(standing_)
    sellers = of.select(firm="seller_id").unique().collect(engine="streaming")
    buyers = of.select(firm="buyer_id").unique().collect(engine="streaming")
    firms = sellers.join(buyers, on="firm", how="semi").sort("firm")["firm"].to_arrow().cast(pa.string())

    def parts() -> Iterator[tuple[np.ndarray, ...]]:
        first = 0
        for batch in batches(invoices, ["seller_id", "buyer_id", "net", "state", "issued_at"]):
            seller, buyer = numbered(batch["seller_id"], firms), numbered(batch["buyer_id"], firms)
            net = batch["net"].to_numpy(zero_copy_only=False)
            valid = pc.equal(batch["state"], "valid").to_numpy(zero_copy_only=False)
            at = np.flatnonzero(valid & (seller >= 0) & (buyer >= 0) & (net >= least))
            yield (
                at + first,
                seller[at],
                buyer[at],
                batch["issued_at"].cast(pa.int64()).to_numpy()[at],
                net[at],
            )
            first += len(batch)

    return Passed(*gathered(parts(), (np.int32, np.int32, np.int32, np.int64, np.int64), len(invoices)))


def _told(part: pl.DataFrame, times: int) -> Found:
    firms = part["seller_id"].unique().sort().to_list()
    there = [part[name].to_list() if name in part.columns else [None] * len(part) for name in _PLACE]
    amount = int(part["net"].sum())
    return Found(
        [Subject("firm", firm, "issuer") for firm in firms],
        min(1.0, 0.3 + 0.1 * times),
        [Reason("invoice_cycles", {"times": times, "firms": len(firms), "amount": amount})],
        sorted((Row(None, *place) for place in zip(*there, strict=True)), key=_in_order),
        amount, "CNY", min(part["issued_at"].to_list()), max(part["issued_at"].to_list()),
    )  # fmt: skip


def _in_order(row: Row) -> tuple[str, str, int]:
    return row.source_file or "", row.source_sheet or "", row.source_row or 0


def _thin_chains(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """Each firm in a row sells on what it was just invoiced for, at nearly the same amount, within days."""
    trade = standing(t).filter(lambda i: (i.buyer_id != "") & (i.net >= p["fen"]) & (i.state == "valid"))
    trade = trade.select("invoice_id", "seller_id", "buyer_id", "net", at=trade.issued_at.epoch_seconds())
    width = p["days"] * 86_400
    came = trade.select(
        came_id="invoice_id",
        origin="seller_id",
        firm="buyer_id",
        came="net",
        came_at="at",
        slot=trade["at"] // width,
    )
    came = ibis.union(came, came.mutate(slot=came.slot + 1))  # two slots hold every pair that is near enough
    went = trade.select(
        went_id="invoice_id",
        firm="seller_id",
        onward="buyer_id",
        went="net",
        went_at="at",
        slot=trade["at"] // width,
    )
    thin = came.join(went, ["firm", "slot"]).filter(
        lambda j: (j.went_at >= j.came_at) & (j.went_at - j.came_at <= width) & (j.origin != j.onward)
        & (j.went >= j.came * (1 - p["loss"])) & (j.went <= j.came * (1 + p["margin"]))
    ).select("came_id", "went_id", "firm", "came", "went")  # fmt: skip
    after = thin.select(went_id=thin.came_id, next_id=thin.went_id, next_firm=thin.firm)
    rows_in = thin.join(after, "went_id").filter(lambda j: j.firm != j.next_firm)
    passed = ibis.union(
        rows_in.select("firm", other="next_firm", came_id="came_id", went_id="went_id"),
        rows_in.select(firm="next_firm", other="firm", came_id="went_id", went_id="next_id"),
    ).distinct()
    bought = trade.group_by(firm="buyer_id").agg(bought=trade.net.sum())
    once = passed.select("firm", came_id="came_id").distinct().join(
        trade.select(came_id="invoice_id", net="net", at="at"), "came_id"
    )  # fmt: skip
    counted = once.group_by("firm").agg(
        times=once.count(), amount=once.net.sum(), first=once["at"].min(), last=once["at"].max()
    )
    beside = passed.group_by("firm").agg(others=passed.other.nunique())
    both = counted.join(bought, "firm").join(beside, "firm").mutate(share=lambda j: j.amount / j.bought)
    found = both.filter((both.times >= p["times"]) & (both.share >= p["share"]))
    findings = found.select(
        subject=found.firm, score=(0.3 + 0.6 * found.share).clip(upper=1.0), amount=found.amount,
        first_time=found["first"].as_timestamp("s").cast("timestamp('UTC')"),
        last_time=found["last"].as_timestamp("s").cast("timestamp('UTC')"),
        times=found.times, share=found.share, others=found.others,
    )  # fmt: skip
    of = ibis.union(
        passed.select("firm", invoice_id="came_id"), passed.select("firm", invoice_id="went_id")
    ).distinct()
    rows = of.filter(lambda r: r.firm.isin(found.firm)).join(t["invoices"], "invoice_id")
    return Screened(findings, rows_of(rows, rows.firm))


CYCLES = Detector(
    name="invoices.invoice_cycles",
    version="1",
    title=Text("发票环开", "Invoice cycles"),
    meaning=Text(
        "几户企业之间依次开票又开回起点，金额相近，货物没有去处（环开、对开）。互为供货方与加工方的企业也会如此。",
        "Firms invoice each other round in a circle for much the same amount: no goods go anywhere. Firms that process"
        " for each other look so too.",
    ),
    needs={"invoices": ("invoice_id", "seller_id", "buyer_id", "net", "state", "issued_at")},
    run=_cycles,
    params=(
        Param("days", 60, "days", Text("首尾相隔", "First to last within"), 1, 366, source=_START),
        Param("firms", 5, "firms", Text("至多户数", "Firms at most"), 2, 8, source=_START),
        Param("fewest", 3, "firms", Text("至少户数", "Firms at least"), 2, 8, source=_START),
        Param("kept_low", 0.8, "share", Text("下一份至少为", "Next at least"), 0.01, 100, source=_START),
        Param("kept_high", 1.25, "share", Text("下一份至多为", "Next at most"), 0.01, 100, source=_START),
        Param("fen", 1_000_000, "fen", Text("每份金额", "Each invoice at least"), 1, source=_START),
        Param("times", 2, "times", Text("次数", "Times at least"), 1, 1000, source=_START),
    ),
    reasons={
        "invoice_cycles": Text(
            "{firms} 户之间环开 {times} 次，共 {amount:money}",
            "{times} rounds among {firms} firms, {amount:money} in all",
        )
    },
)

THIN_CHAINS = relational(
    "invoices.thin_chains",
    Text("长链过票", "Long thin chains"),
    Text(
        "购进后几天内以几乎相同的金额开出，并且上家或下家也是如此：一串企业只过票，不赚钱。代购、集团内部调拨也会如此。",
        "What it is invoiced for it invoices on within days for nearly the same amount, and so does the firm before or"
        " after it: a row of firms that earn nothing. Purchasing agents and groups that move goods inside look so too.",
    ),
    Text(
        "{times} 份购进（占 {share:percent}）平进平出，前后相连 {others} 户也是如此",
        "{times} purchases ({share:percent}) passed on for the same amount, as {others} firms next to it do",
    ),
    {"invoices": ("invoice_id", "seller_id", "buyer_id", "net", "state", "issued_at")},
    _thin_chains,
    params=(
        Param("days", 5, "days", Text("几天内", "Within"), 1, 60, source=_START),
        Param("margin", 0.02, "share", Text("加价至多", "Margin at most"), 0, 1, source=_START),
        Param("loss", 0.01, "share", Text("亏损至多", "Loss at most"), 0, 1, source=_START),
        Param("fen", 1_000_000, "fen", Text("每份金额", "Each invoice at least"), 1, source=_START),
        Param("times", 5, "times", Text("次数", "Times at least"), 1, 10_000, source=_START),
        Param("share", 0.3, "share", Text("占购进", "Share of purchases"), 0, 1, source=_START),
    ),
)

DETECTORS = (CYCLES, THIN_CHAINS)
