"""Exports that don't fit their papers: whose goods, whose money, at what price and weight, in what order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from zhoudao.engines.detection import Param, Text
from zhoudao.engines.invoices.screens.relational import Screened, relational, rows_of

_START = "a starting point, to be calibrated on returned cases"


def _of_declarations(found: ir.Table, all_of: ir.Table, p: Mapping[str, Any], **values: str) -> ir.Table:
    """Findings about exporters of whose declarations at least ``share`` are ``found``, and at least ``fewest``."""
    total = all_of.group_by("exporter_id").agg(declarations=all_of.declaration_id.nunique())
    odd = found.group_by("exporter_id").agg(
        odd=found.declaration_id.nunique(), amount=found.amount.sum(), first=found.exported_on.min(),
        last=found.exported_on.max(),
    )  # fmt: skip
    both = odd.join(total, "exporter_id").mutate(share=lambda j: j.odd / j.declarations)
    kept = both.filter((both.odd >= p["fewest"]) & (both.share >= p["share"]))
    return kept.select(
        subject=kept.exporter_id, score=(0.3 + 0.7 * kept.share).clip(upper=1.0), amount=ibis.null("int64"),
        first_time=kept["first"].cast("timestamp('UTC')"), last_time=kept["last"].cast("timestamp('UTC')"),
        odd=kept.odd, declarations=kept.declarations, share=kept.share,
    )  # fmt: skip


def _valued(t: Mapping[str, ir.Table]) -> ir.Table:
    lines = t["declaration_lines"]
    worth = lines.group_by("declaration_id").agg(amount=lines.amount.sum())
    return t["declarations"].join(worth, "declaration_id")


def _shipper(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    declared = _valued(t)
    bills = t["bills_of_lading"].select("bl_number", "shipper")
    odd = declared.join(bills, "bl_number").filter(lambda j: j.shipper != j.exporter_name)
    return Screened(_of_declarations(odd, declared, p), rows_of(odd, odd.exporter_id))


def _remitter(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    declared = _valued(t)
    received = t["receipts"].select("declaration_id", "remitter", "remitter_country")
    odd = declared.join(received, "declaration_id").filter(
        lambda j: ~j.remitter.startswith(j.consignee) & (j.remitter_country != j.destination)
    )
    return Screened(_of_declarations(odd, declared, p), rows_of(odd, odd.exporter_id))


def _invoice_after_export(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    declared = _valued(t)
    invoiced = t["refunds"].select("declaration_id", "invoice_id").join(
        t["invoices"].select("invoice_id", "issued_at"), "invoice_id"
    )  # fmt: skip
    latest = invoiced.group_by("declaration_id").agg(issued=invoiced.issued_at.max())
    odd = declared.join(latest, "declaration_id").filter(
        lambda j: j.issued.date().delta(j.exported_on, unit="day") > p["days"]
    )
    return Screened(_of_declarations(odd, declared, p), rows_of(odd, odd.exporter_id))


def _quantity(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """What is declared on a line against what the invoices say that the refund for it rests on."""
    lines = t["lines"].group_by("invoice_id").agg(invoiced=t["lines"].quantity.sum())
    rested = t["refunds"].join(lines, "invoice_id").group_by("declaration_id", "declaration_line").agg(
        invoiced=lambda j: j.invoiced.sum()
    )  # fmt: skip
    shown = t["declaration_lines"].select("declaration_id", "line", "quantity")
    joined = rested.join(
        shown, (rested.declaration_id == shown.declaration_id) & (rested.declaration_line == shown.line)
    ).select("declaration_id", "invoiced", "quantity")  # fmt: skip
    odd_ids = joined.filter((joined.quantity - joined.invoiced).abs() > joined.invoiced * p["apart"]).select(
        "declaration_id"
    ).distinct()  # fmt: skip
    declared = _valued(t)
    odd = declared.join(odd_ids, "declaration_id")
    return Screened(_of_declarations(odd, declared, p), rows_of(odd, odd.exporter_id))


def _peers(t: Mapping[str, ir.Table], value: str) -> ir.Table:
    """Lines with how many scaled median absolute deviations they lie from the median of their peers, in logarithms.

    Peers have the same customs code and unit; 1.4826 makes the deviation that of a normal distribution."""
    lines = t["declaration_lines"].filter(lambda x: (x.quantity > 0) & (x.amount > 0))
    lines = lines.mutate(of=(lines.amount if value == "price" else lines.net_weight_kg) / lines.quantity)
    lines = lines.filter(lines.of > 0).mutate(log=lambda x: x.of.ln())
    middle = lines.group_by("hs_code", "unit").agg(median=lines.log.median(), peers=lines.count())
    near = lines.join(middle, ["hs_code", "unit"]).mutate(off=lambda j: j.log - j.median)
    spread = near.group_by("hs_code", "unit").agg(mad=near.off.abs().median())
    return near.join(spread, ["hs_code", "unit"]).mutate(
        deviations=lambda j: j.off / (ibis.greatest(j.mad, 0.01) * 1.4826)
    )


def _outliers(value: str) -> Any:
    def build(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
        measured = _peers(t, value)
        far = measured.filter(
            (measured.peers >= p["peers"])
            & (
                (measured.deviations > p["deviations"])
                if value == "price"
                else (measured.deviations.abs() > p["deviations"])
            )
        )
        declared = _valued(t)
        odd = declared.join(far.select("declaration_id").distinct(), "declaration_id")
        return Screened(_of_declarations(odd, declared, p), rows_of(odd, odd.exporter_id))

    return build


def _mixed_basket(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """Goods of many chapters, shipped from a port of a region that neither the goods nor the exporter come from."""
    firms = t["registrations"].select("firm_id", home=t["registrations"].region)
    declared = _valued(t).join(firms, [("exporter_id", "firm_id")])
    chapters = t["declaration_lines"].mutate(chapter=lambda x: x.hs_code.substr(0, 2)).join(
        declared.select("declaration_id", "exporter_id"), "declaration_id"
    )  # fmt: skip
    wide = chapters.group_by("exporter_id").agg(chapters=chapters.chapter.nunique())
    odd = declared.join(wide.filter(wide.chapters >= p["chapters"]), "exporter_id").filter(
        lambda j: j.source_region != j.home
    )
    return Screened(_of_declarations(odd, declared, p), rows_of(odd, odd.exporter_id))


def _not_refundable(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """Sellers whose refunded goods rest on purchases of goods on which nothing is refunded: codes that appear in no
    refund of anybody."""
    lines, invoices = t["lines"], t["invoices"].filter(t["invoices"].state != "void")
    refunded = t["refunds"].select("invoice_id").distinct()
    codes = lines.join(refunded, "invoice_id").select("goods_code").distinct().mutate(good=True)
    traded = lines.join(invoices.select("invoice_id", "seller_id", "buyer_id", "issued_at"), "invoice_id")
    traded = traded.filter(~traded.goods_code.startswith("3")).left_join(codes, "goods_code").mutate(
        good=lambda j: j.good.fill_null(False)
    )  # fmt: skip
    sold = traded.join(refunded.mutate(used=True), "invoice_id").group_by(firm="seller_id").agg(
        sold=lambda j: j.net.sum(), first=lambda j: j.issued_at.min(), last=lambda j: j.issued_at.max()
    )  # fmt: skip
    bought = traded.group_by(firm=traded.buyer_id).agg(
        bought=traded.net.sum(), plain=traded.net.sum(where=~traded.good).fill_null(0)
    )
    firms = t["registrations"].filter(lambda f: f.trade.substr(0, 1) != "C").select(firm="firm_id")
    both = sold.join(bought, "firm").join(firms, "firm")
    found = both.filter((both.plain >= both.bought * p["share"]) & (both.sold >= p["sold_fen"]))
    findings = found.select(
        subject=found.firm, score=ibis.literal(0.7), amount=found.sold, first_time=found["first"],
        last_time=found["last"], share=found.plain / found.bought,
    )  # fmt: skip
    return Screened(
        findings, rows_of(invoices, invoices.seller_id).filter(lambda r: r.subject.isin(found.firm))
    )


def _params(share: float, *more: Param, fewest: int = 4) -> tuple[Param, ...]:
    return (
        *more,
        Param("share", share, "share", Text("占比", "Share of declarations"), 0, 1, source=_START),
        Param(
            "fewest", fewest, "declarations", Text("至少", "Declarations at least"), 1, 10_000, source=_START
        ),
    )


_DECLARED = {"declarations": ("declaration_id", "exporter_id", "exported_on"),
             "declaration_lines": ("declaration_id", "amount")}  # fmt: skip
_TOLD = Text(
    "{declarations} 票报关中 {odd} 票（{share:percent}）",
    "{odd} of {declarations} declarations ({share:percent})",
)


def _export(name: str, zh: str, en: str, means_zh: str, means_en: str, needs: dict[str, tuple[str, ...]], build: Any,
            params: tuple[Param, ...]) -> Any:  # fmt: skip
    return relational(
        f"invoices.{name}", Text(zh, en), Text(means_zh, means_en), _TOLD, {**_DECLARED, **needs}, build,
        params=params, role="exporter",
    )  # fmt: skip


DETECTORS = (
    _export(
        "shipper_not_exporter", "发货人不是出口企业", "Shipper is not the exporter",
        "提单发货人与报关出口企业不一致（买单配票的常见表现）。货代代为订舱也会如此。",
        "The bill of lading names another shipper, as when shipments are bought. Forwarders also book so.",
        {"bills_of_lading": ("bl_number", "shipper"), "declarations": ("declaration_id", "exporter_id", "exporter_name",
                                                                       "exported_on", "bl_number")},
        _shipper, _params(0.25),
    ),
    _export(
        "remitter_not_consignee", "付汇人不是收货人", "Remitter is not the consignee",
        "外汇来自第三国的第三方。境外关联公司统一付款也会如此。",
        "The money comes from somebody else in another country. Groups that pay centrally look so too.",
        {"receipts": ("declaration_id", "remitter", "remitter_country"),
         "declarations": ("declaration_id", "exporter_id", "exported_on", "consignee", "destination")},
        _remitter, _params(0.25),
    ),
    _export(
        "invoice_after_export", "先出口后开票", "Invoiced after export",
        "进项发票晚于出口。结算较慢的供货方也会晚开票。",
        "The invoices a refund rests on are later than the export. Slow suppliers invoice late too.",
        {"refunds": ("declaration_id", "invoice_id"), "invoices": ("invoice_id", "issued_at")},
        _invoice_after_export,
        _params(0.3, Param("days", 3, "days", Text("晚于", "Later by more than"), 0, 365, source=_START)),
    ),
    _export(
        "quantity_mismatch", "数量不符", "Quantities differ",
        "报关数量与进项发票数量不符。计量单位不同也会如此。",
        "Declared and invoiced quantities differ. Another unit of measure looks so too.",
        {"refunds": ("declaration_id", "declaration_line", "invoice_id"), "lines": ("invoice_id", "quantity"),
         "declaration_lines": ("declaration_id", "line", "quantity", "amount")},
        _quantity,
        _params(0.2, Param("apart", 0.05, "share", Text("相差", "Apart by more than"), 0, 10, source=_START)),
    ),
    _export(
        "price_outlier", "单价偏高", "Unit price above peers",
        "申报单价远高于同一商品编号、同一单位的其他申报。高档货也会如此。",
        "Declared prices far above others of the same code and unit. Better goods cost more too.",
        {"declaration_lines": ("declaration_id", "hs_code", "unit", "quantity", "amount")},
        _outliers("price"),
        _params(0.25, Param("deviations", 3.0, "deviations", Text("离差", "Deviations (MAD)"), 0.5, 100, source=_START),
                Param("peers", 20, "lines", Text("同类至少", "Peers at least"), 5, 100_000, source=_START)),
    ),
    _export(
        "weight_outlier", "单重异常", "Weight a unit unlike peers",
        "每单位净重与同一商品编号的其他申报相差很大。规格不同也会如此。",
        "Weight a unit far from others of the same code. Another size weighs otherwise too.",
        {"declaration_lines": ("declaration_id", "hs_code", "unit", "quantity", "amount", "net_weight_kg")},
        _outliers("weight"),
        _params(0.25, Param("deviations", 4.0, "deviations", Text("离差", "Deviations (MAD)"), 0.5, 100, source=_START),
                Param("peers", 20, "lines", Text("同类至少", "Peers at least"), 5, 100_000, source=_START)),
    ),
    _export(
        "mixed_basket", "商品杂货源远", "Mixed goods from far away",
        "出口商品跨多个大类，且货源地不在本地。综合外贸公司也会如此。",
        "Goods of many chapters, from far away. General trading firms look so too.",
        {"registrations": ("firm_id", "region"), "declarations": ("declaration_id", "exporter_id", "exported_on",
                                                                  "source_region"),
         "declaration_lines": ("declaration_id", "hs_code", "amount")},
        _mixed_basket,
        _params(0.6, Param("chapters", 6, "chapters", Text("大类", "Chapters"), 1, 97, source=_START), fewest=8),
    ),
    relational(
        "invoices.refundable_from_not",
        Text("以不退税货物换退税货物", "Refundable goods from goods that are not"),
        Text("销售的货物用于退税，购进的却是无人退税的货物（变票的常见表现）。转产的企业也会如此。",
             "What it sells is refunded, what it buys is refunded to nobody: as when goods are renamed on the way."),
        Text("购进中 {share:percent} 是不退税货物", "{share:percent} of what it bought is refunded to nobody"),
        {"lines": ("invoice_id", "goods_code", "net"), "refunds": ("invoice_id",),
         "registrations": ("firm_id", "trade"),
         "invoices": ("invoice_id", "seller_id", "buyer_id", "state", "issued_at")},
        _not_refundable,
        params=(Param("share", 0.5, "share", Text("占比", "Share"), 0, 1, source=_START),
                Param("sold_fen", 50_000_000, "fen", Text("销售额", "Sales"), 1, source=_START)),
    ),
)  # fmt: skip
