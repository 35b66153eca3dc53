"""Goods that don't fit: what goes in and what goes out, invoices taken back, and trade with far ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from zhoudao.engines.detection import Param, Text
from zhoudao.engines.invoices.screens.relational import Screened, relational, rows_of, standing

_START = "a starting point, to be calibrated on returned cases"
SERVICES = "3"
"""First digit of the tax codes of services."""
_LEVEL = 9
"""Digits of a tax code that are compared: down to its fourth level."""


def _flows(t: Mapping[str, ir.Table]) -> tuple[ir.Table, ir.Table]:
    """Net value of goods out by seller and code, and in by buyer and code."""
    invoices = standing(t).select("invoice_id", "seller_id", "buyer_id", "issued_at")
    lines = t["lines"].filter(~t["lines"].goods_code.startswith(SERVICES))
    traded = lines.select("invoice_id", "net", code=lines.goods_code.substr(0, _LEVEL)).join(
        invoices, "invoice_id"
    )
    out = traded.group_by(firm=traded.seller_id, code=traded.code).agg(
        net=traded.net.sum(), first=traded.issued_at.min(), last=traded.issued_at.max()
    )
    into = traded.filter(traded.buyer_id != "").group_by(firm=traded.buyer_id, code=traded.code).agg(
        net=traded.net.sum()
    )  # fmt: skip
    return out.filter(out.net > 0), into.filter(into.net > 0)


def _goods_mismatch(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """What others who sell the same goods buy for them says what is usual: a trader's own goods, a maker's materials.

    So no table of what is made from what is needed, and makers are not flagged for making. Only settled firms say what
    is usual: a dozen shells founded together would vouch for each other.
    """
    out, into = _flows(t)
    founded = t["registrations"].select(firm="firm_id", since="registered_on")
    lasted = out.group_by("firm").agg(last=out["last"].max()).join(founded, "firm")
    settled = lasted.filter(
        lambda j: j["last"].date().delta(j.since, unit="day") >= p["settled_days"]
    ).select("firm")
    # Who sells a bit of everything says little about what is needed for one thing, and counts for less.
    ranges = out.group_by("firm").agg(says=1.0 / out.code.nunique())
    weighed = out.select("firm", sold=out.code).join(ranges, "firm").join(settled, "firm")
    sellers = weighed.group_by("sold").agg(sellers=weighed.says.sum())
    pairs = weighed.join(into.select("firm", bought=into.code), "firm")
    usual = pairs.group_by("sold", "bought").agg(firms=pairs.firm.nunique(), says=pairs.says.sum())
    usual = usual.join(sellers, "sold")
    usual = usual.filter(
        ((usual.firms >= p["fewest"]) & (usual.says / usual.sellers >= p["usual"]))
        | (usual.sold == usual.bought)
    ).select("sold", "bought")
    fits = out.select("firm", sold=out.code).join(usual, "sold").select("firm", code="bought").distinct()
    bought = into.left_join(fits, ["firm", "code"]).select(
        "firm", net=into.net, fitting=ibis.ifelse(fits.firm.notnull(), into.net, 0)
    )
    bought = bought.group_by("firm").agg(bought=bought.net.sum(), fitting=bought.fitting.sum())
    sold = out.group_by("firm").agg(sold=out.net.sum(), first=out["first"].min(), last=out["last"].max())
    both = sold.join(bought, "firm").mutate(overlap=lambda j: j.fitting / j.bought)
    found = both.filter(
        (both.overlap < p["overlap"])
        & (both.bought >= both.sold * p["at_least"])
        & (both.sold >= p["sold_fen"])
    )
    findings = found.select(
        subject=found.firm, score=(1 - found.overlap).clip(upper=1.0) * 0.9, amount=found.sold,
        first_time=found["first"], last_time=found["last"], overlap=found.overlap, bought=found.bought,
    )  # fmt: skip
    invoices = standing(t)
    return Screened(findings, rows_of(invoices, ibis.ifelse(
        invoices.seller_id.isin(found.firm), invoices.seller_id, invoices.buyer_id
    )).filter(lambda r: r.subject.isin(found.firm)))  # fmt: skip


def _voids_and_reds(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    invoices = t["invoices"].mutate(
        taken=lambda i: i.state.isin(["void", "red"]), late=lambda i: i.issued_at.day() >= 26
    )
    counted = invoices.group_by("seller_id").agg(
        issued=invoices.count(), taken=invoices.taken.sum(),
        late=(invoices.taken & invoices.late).sum(), amount=invoices.net.abs().sum(where=invoices.taken),
        first=invoices.issued_at.min(where=invoices.taken), last=invoices.issued_at.max(where=invoices.taken),
    )  # fmt: skip
    found = counted.filter((counted.issued >= p["issued"]) & (counted.taken / counted.issued >= p["share"])
                           & (counted.late / counted.taken >= p["late"]))  # fmt: skip
    findings = found.select(
        subject=found.seller_id, score=(found.taken / found.issued * 2).clip(upper=1.0), amount=found.amount,
        first_time=found["first"], last_time=found["last"], taken=found.taken, issued=found.issued,
    )  # fmt: skip
    rows = invoices.filter(invoices.taken)
    return Screened(findings, rows_of(rows, rows.seller_id))


def _both_ends_far(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """By province: the first two digits of where a firm is registered."""
    firms = t["registrations"].select("firm_id", province=t["registrations"].region.substr(0, 2))
    at = firms.view()
    sold = standing(t).filter(lambda i: i.buyer_id != "")
    ends = (
        sold.join(firms, sold.seller_id == firms.firm_id)
        .select("seller_id", "buyer_id", "net", "issued_at", seller_in="province")
        .join(at, [("buyer_id", "firm_id")])
        .select("seller_id", "buyer_id", "net", "issued_at", "seller_in", buyer_in="province")
        .mutate(away=lambda j: ibis.ifelse(j.seller_in != j.buyer_in, j.net, 0))
    )
    out = ends.group_by(firm=ends.seller_id).agg(
        sold=ends.net.sum(), out_away=ends.away.sum(), first=ends.issued_at.min(), last=ends.issued_at.max()
    )
    into = ends.group_by(firm=ends.buyer_id).agg(bought=ends.net.sum(), in_away=ends.away.sum())
    both = out.join(into, "firm")
    found = both.filter((both.sold >= p["sold_fen"]) & (both.out_away >= both.sold * p["share"])
                        & (both.in_away >= both.bought * p["share"]))  # fmt: skip
    findings = found.select(
        subject=found.firm, score=ibis.literal(0.3), amount=found.sold, first_time=found["first"],
        last_time=found["last"], out_share=found.out_away / found.sold, in_share=found.in_away / found.bought,
    )  # fmt: skip
    rows = standing(t)
    return Screened(findings, rows_of(rows, rows.seller_id).filter(lambda r: r.subject.isin(found.firm)))


def _exporters_only(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """A young supplier nearly all of whose sales end in refunds."""
    firms = t["registrations"]
    used = t["refunds"].select("invoice_id").distinct().mutate(used=True)
    sold = standing(t).left_join(used, "invoice_id").mutate(used=lambda j: j.used.fill_null(False))
    total = sold.group_by("seller_id").agg(
        net=sold.net.sum(), refunded=sold.net.sum(where=sold.used).fill_null(0), buyers=sold.buyer_id.nunique(),
        first=sold.issued_at.min(), last=sold.issued_at.max(),
    )  # fmt: skip
    joined = total.join(firms, total.seller_id == firms.firm_id).mutate(
        age=lambda j: j["first"].date().delta(j.registered_on, unit="day"), share=lambda j: j.refunded / j.net
    )
    found = joined.filter(
        (joined.net >= p["sold_fen"]) & (joined.share >= p["share"]) & (joined.age <= p["young_days"])
    )
    findings = found.select(
        subject=found.seller_id, score=(0.3 + 0.5 * found.share).clip(upper=1.0), amount=found.net,
        first_time=found["first"], last_time=found["last"], share=found.share, age=found.age, buyers=found.buyers,
    )  # fmt: skip
    rows = standing(t)
    return Screened(findings, rows_of(rows, rows.seller_id).filter(lambda r: r.subject.isin(found.seller_id)))


def _unpaid_inputs(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """Purchases that no account of the firm ever paid for."""
    bought = standing(t).filter(lambda i: i.buyer_id != "")
    owed = bought.group_by("buyer_id").agg(
        total=bought.total.sum(),
        sellers=bought.seller_id.nunique(),
        first=bought.issued_at.min(),
        last=bought.issued_at.max(),
    )
    pairs = bought.select("buyer_id", "seller_id").distinct()
    ledger = t["ledger"]
    moved = ledger.filter(ledger.succeeded.fill_null(True)).group_by("source_holder_id", "target_holder_id").agg(
        amount=ledger.amount.sum()
    )  # fmt: skip
    paid = pairs.join(
        moved, (pairs.buyer_id == moved.source_holder_id) & (pairs.seller_id == moved.target_holder_id)
    ).group_by("buyer_id").agg(paid=lambda j: j.amount.sum())  # fmt: skip
    known = t["accounts"].select(buyer_id="holder_id").distinct()  # no account, no statement: not told
    both = owed.join(known, "buyer_id").left_join(paid, "buyer_id").mutate(paid=lambda j: j.paid.fill_null(0))
    found = both.filter((both.total >= p["bought_fen"]) & (both.paid <= both.total * p["share"]))
    findings = found.select(
        subject=found.buyer_id, score=0.7 * (1 - found.paid / found.total), amount=found.total,
        first_time=found["first"], last_time=found["last"], paid=found.paid, sellers=found.sellers,
    )  # fmt: skip
    return Screened(
        findings, rows_of(bought, bought.buyer_id).filter(lambda r: r.subject.isin(found.buyer_id))
    )


_SOLD = Param("sold_fen", 100_000_000, "fen", Text("销售额", "Sales"), 1, source=_START)
_INVOICES = ("invoice_id", "seller_id", "buyer_id", "net", "state", "issued_at")

DETECTORS = (
    relational(
        "invoices.goods_mismatch",
        Text("进销不符", "Goods in are not goods out"),
        Text("购进的货物与同类企业为其销售货物所购进的不符。企业转产、兼营时也会如此。",
             "What it buys is not what others buy who sell the same. A firm that changes its trade looks so too."),
        Text("购进 {bought:money}，其中与所售货物相称的只占 {overlap:percent}",
             "Bought {bought:money}, of which {overlap:percent} fits what it sells"),
        {"invoices": _INVOICES, "lines": ("invoice_id", "goods_code", "net"),
         "registrations": ("firm_id", "registered_on")},
        _goods_mismatch,
        version="2",
        params=(
            Param("overlap", 0.2, "share", Text("相称比例", "Fitting share"), 0, 1, source=_START),
            Param("usual", 0.1, "share", Text("同业占比", "Usual: share of peers"), 0, 1, source=_START),
            Param("fewest", 4, "firms", Text("同业至少", "Usual: peers at least"), 1, 1000, source=_START),
            Param("settled_days", 730, "days", Text("同业登记满", "Usual: peers registered for"), 0, 36_500,
                  source=_START),
            Param("at_least", 0.05, "share", Text("购进占销售", "Bought over sold"), 0, 10, source=_START),
            Param("sold_fen", 50_000_000, "fen", Text("销售额", "Sales"), 1, source=_START),
        ),
    ),
    relational(
        "invoices.voids_and_reds",
        Text("月末集中作废红冲", "Voids and red letters at month end"),
        Text("作废与红字占比高且集中在月末。行业退货也会造成红字。",
             "Many invoices taken back, at the ends of months. Returns cause red letters too."),
        Text("{issued} 份中作废红冲 {taken} 份", "{taken} of {issued} taken back"),
        {"invoices": _INVOICES},
        _voids_and_reds,
        params=(
            Param("share", 0.15, "share", Text("占比", "Share taken back"), 0, 1, source=_START),
            Param("late", 0.4, "share", Text("月末占比", "Share of those at month end"), 0, 1, source=_START),
            Param("issued", 20, "invoices", Text("开票份数", "Invoices at least"), 1, 10_000, source=_START),
        ),
    ),
    relational(
        "invoices.both_ends_far",
        Text("两头在外", "Both ends far away"),
        Text("供货方与购货方都在外省。外贸集散地的商户也会如此。",
             "Suppliers and customers are all in other provinces, as for honest traders in trading towns."),
        Text("销往外省 {out_share:percent}，购自外省 {in_share:percent}",
             "{out_share:percent} sold to and {in_share:percent} bought from other provinces"),
        {"invoices": _INVOICES, "registrations": ("firm_id", "region")},
        _both_ends_far,
        params=(Param("share", 0.9, "share", Text("外省占比", "Share from outside"), 0, 1, source=_START), _SOLD),
    ),
    relational(
        "invoices.exporters_only",
        Text("只向出口企业供货", "Sells to exporters only"),
        Text("登记不到一年、销售几乎全部用于出口退税。配套工厂也会如此。",
             "Under a year old, and most of what it sells ends in refunds, as with makers that supply an exporter."),
        Text("登记后 {age} 天起销售，{share:percent} 用于退税，购货方 {buyers} 户",
             "Sells from {age} days after registration, {share:percent} of it refunded, to {buyers} buyers"),
        {"invoices": _INVOICES, "registrations": ("firm_id", "registered_on"), "refunds": ("invoice_id",)},
        _exporters_only,
        params=(
            Param("share", 0.6, "share", Text("退税占比", "Share refunded"), 0, 1, source=_START),
            Param("young_days", 365, "days", Text("登记不满", "Registered within"), 1, 3650, source=_START),
            Param("sold_fen", 50_000_000, "fen", Text("销售额", "Sales"), 1, source=_START),
        ),
    ),
    relational(
        "invoices.unpaid_inputs",
        Text("购进未付款", "Purchases never paid for"),
        Text("取得进项发票却没有向销方付款。票据结算、抵账不经银行，也会如此。",
             "Invoices for purchases, and no payment to the sellers. Bills and set-offs leave no payment either."),
        Text("自 {sellers} 户购进，付款仅 {paid:money}", "Bought from {sellers} firms, paid {paid:money}"),
        {"invoices": (*_INVOICES, "total"), "accounts": ("holder_id",),
         "ledger": ("source_holder_id", "target_holder_id", "amount")},
        _unpaid_inputs,
        params=(
            Param("share", 0.15, "share", Text("付款占比", "Share paid at most"), 0, 1, source=_START),
            Param("bought_fen", 50_000_000, "fen", Text("购进", "Bought at least"), 1, source=_START),
        ),
    ),
)  # fmt: skip
