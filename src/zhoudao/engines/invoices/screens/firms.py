"""Firms as such: how young, how long-lived, with what means, and with whom they share what they have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from zhoudao.engines.detection import Param, Text
from zhoudao.engines.invoices.screens.relational import Screened, relational, rows_of, standing

_START = "a starting point, to be calibrated on returned cases"


def _new_at_quota(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    firms = t["registrations"].filter(lambda f: f.monthly_quota > 0)
    sold = standing(t).mutate(month=lambda i: i.issued_at.truncate("M"))
    monthly = sold.group_by("seller_id", "month").agg(
        net=lambda i: i.net.sum(), first=lambda i: i.issued_at.min(), last=lambda i: i.issued_at.max()
    )
    joined = monthly.join(firms, monthly.seller_id == firms.firm_id).select(
        "seller_id", "month", "net", "first", "last", "registered_on", "monthly_quota"
    )
    window = ibis.window(group_by="seller_id", order_by="month")
    joined = joined.mutate(
        age=lambda j: j.first.date().delta(j.registered_on, unit="day"),
        grown=lambda j: j.net / ibis.greatest(j.net.first().over(window), 1),
    )
    full = joined.filter(
        lambda j: (
            (j.age < p["young_days"]) & (j.net >= j.monthly_quota * p["share"]) & (j.grown >= p["growth"])
        )
    )
    findings = full.group_by(subject=full.seller_id).agg(
        score=(0.4 + full.count() * 0.2).clip(upper=1.0), amount=full.net.sum(), first_time=full["first"].min(),
        last_time=full["last"].max(), months=full.count(), age=full.age.min(),
        share=(full.net / full.monthly_quota).max(),
    )  # fmt: skip
    at = full.select("seller_id", "month")
    rows = sold.join(at, ["seller_id", "month"])
    return Screened(findings, rows_of(rows, rows.seller_id))


def _gone_within_a_year(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    sold = standing(t)
    sales = sold.group_by("seller_id").agg(
        first=sold.issued_at.min(), last=sold.issued_at.max(), amount=sold.net.sum()
    )
    ended = t["status"].filter(lambda s: s.status.isin(["lost", "cancelled", "abnormal"]))
    gone = sales.join(ended, sales.seller_id == ended.firm_id).mutate(
        days=lambda j: j.since.delta(j["first"].date(), unit="day")
    )
    gone = gone.filter(lambda j: (j.days >= 0) & (j.days <= p["days"]) & (j.amount > 0))
    findings = gone.group_by(subject=gone.seller_id).agg(
        score=ibis.ifelse(gone.status == "lost", 0.9, 0.5).max(), amount=gone.amount.max(),
        first_time=gone["first"].min(), last_time=gone["last"].max(), days=gone.days.min(), status=gone.status.min(),
    )  # fmt: skip
    return Screened(findings, rows_of(ended, ended.firm_id))


def _no_means(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    firms, returns = t["registrations"], t["returns"]
    joined = returns.join(firms.select("firm_id", "trade"), "firm_id")
    selling = joined.filter(joined.sales >= p["quarter_fen"])
    per_head = selling.group_by("firm_id").agg(
        sales=selling.sales.mean(), employees=selling.employees.max(), power=selling.electricity_kwh.sum(),
        quarters=selling.count(), maker=(selling.trade.substr(0, 1) == "C").any(),
    )  # fmt: skip
    bare = per_head.filter(
        lambda f: (
            (f.power.fill_null(0) == 0)
            & (f.employees <= p["people"])
            & (f.sales / f.employees >= p["per_head_fen"])
        )
    )
    findings = bare.select(
        subject=bare.firm_id, score=ibis.ifelse(bare.maker, 1.0, 0.55), amount=bare.sales.cast("int64"),
        first_time=ibis.null("timestamp('UTC')"), last_time=ibis.null("timestamp('UTC')"),
        employees=bare.employees, quarters=bare.quarters,
    )  # fmt: skip
    return Screened(findings, rows_of(selling, selling.firm_id))


_SHARED = ("phone", "address", "device")


def _shared_contacts(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """Groups most of whose firms were founded about together: bookkeepers and parks serve old firms too."""
    sold = t["invoices"]
    devices = sold.filter(sold.device.notnull()).group_by("seller_id").agg(device=sold.device.max())
    firms = t["registrations"]
    firms = firms.left_join(devices, firms.firm_id == devices.seller_id).select(
        "firm_id", "registered_on", "phone", "address", "device", "source_file", "source_sheet", "source_row"
    )
    pairs = ibis.union(*[
        firms.filter(firms[name].notnull()).select(
            firms.firm_id, firms.registered_on, kind=ibis.literal(name), value=firms[name]
        )
        for name in _SHARED
    ])  # fmt: skip
    groups = pairs.group_by("kind", "value").agg(
        firms=pairs.firm_id.nunique(), middle=pairs.registered_on.cast("timestamp").epoch_seconds().median()
    )
    groups = groups.filter((groups.firms >= 2) & (groups.firms <= p["most"]))
    inside = pairs.join(groups, ["kind", "value"]).mutate(
        near=lambda j: (
            (j.registered_on.cast("timestamp").epoch_seconds() - j.middle).abs() <= p["apart_days"] * 86_400
        )
    )
    counted = inside.group_by("kind", "value").agg(share=inside.near.mean())
    together = counted.filter(counted.share >= p["share"])
    members = inside.join(together, ["kind", "value"]).filter(lambda j: j.near)
    findings = members.group_by(subject=members.firm_id).agg(
        score=(0.3 + 0.2 * members.kind.nunique() + 0.05 * members.firms.max()).clip(upper=1.0),
        amount=ibis.null("int64"), first_time=members.registered_on.min().cast("timestamp('UTC')"),
        last_time=members.registered_on.max().cast("timestamp('UTC')"), firms=members.firms.max(),
        kinds=members.kind.nunique(),
    )  # fmt: skip
    return Screened(findings, rows_of(firms, firms.firm_id))


_OFFICES = ("legal_representative", "finance_officer", "tax_clerk", "invoice_buyer")


def _many_offices(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    """One person in offices of different kinds at several young firms: a bookkeeper has the same kinds at all of them,
    an owner is the head of all."""
    firms = t["registrations"]
    held = ibis.union(*[
        firms.filter(firms[office].notnull()).select(
            firms.firm_id, firms.registered_on, office=ibis.literal("head" if place == 0 else "books"),
            person=firms[office],
        )
        for place, office in enumerate(_OFFICES)
    ])  # fmt: skip
    people = held.group_by("person").agg(
        firms=held.firm_id.nunique(), kinds=held.office.nunique(),
        since=held.registered_on.min(), until=held.registered_on.max(),
        heads=held.firm_id.nunique(where=held.office == "head"),
        books=held.firm_id.nunique(where=held.office == "books"),
    )  # fmt: skip
    crossed = held.group_by("person", "firm_id").agg(both=held.office.nunique())
    apart = crossed.group_by("person").agg(one_only=(crossed.both == 1).sum())
    mixed = people.join(apart, "person").filter(
        lambda j: (j.firms >= p["firms"]) & (j.firms <= p["most"]) & (j.kinds == 2) & (j.one_only >= 2)
        & (j.until.delta(j.since, unit="day") <= p["apart_days"])
    )  # fmt: skip
    at = held.join(mixed.select("person", people_firms=mixed.firms), "person")
    findings = at.group_by(subject=at.firm_id).agg(
        score=(0.4 + 0.15 * at.person.nunique()).clip(upper=1.0), amount=ibis.null("int64"),
        first_time=at.registered_on.min().cast("timestamp('UTC')"),
        last_time=at.registered_on.max().cast("timestamp('UTC')"), people=at.person.nunique(),
        firms=at.people_firms.max(),
    )  # fmt: skip
    return Screened(findings, rows_of(firms, firms.firm_id))


def _confirmed_false(t: Mapping[str, ir.Table], p: Mapping[str, Any]) -> Screened:
    notices, invoices = t["notices"], t["invoices"]
    known = notices.select("notice_id", "invoice_id").join(invoices, "invoice_id")
    findings = known.group_by(subject=known.seller_id).agg(
        score=known.total.count() * 0 + 1.0, amount=known.total.sum(), first_time=known.issued_at.min(),
        last_time=known.issued_at.max(), invoices=known.invoice_id.nunique(),
    )  # fmt: skip
    told = notices.join(invoices.select("invoice_id", seller=invoices.seller_id), "invoice_id")
    return Screened(findings, rows_of(told, told.seller))


DETECTORS = (
    relational(
        "invoices.new_at_quota",
        Text("新户顶额开票", "New firm at its quota"),
        Text("登记不久即连续用满开票限额且增长很快。新办企业也可能真的接到大单。",
             "Soon after registration it uses up its quota, growing fast. A new firm may have found a large customer."),
        Text("登记后 {age} 天起，{months} 个月开票达限额，最高用到限额的 {share:percent}",
             "From {age} days after registration, {months} months at quota, {share:percent} of it at most"),
        {"registrations": ("registered_on", "monthly_quota"), "invoices": ("seller_id", "issued_at", "net", "state")},
        _new_at_quota,
        params=(
            Param("young_days", 270, "days", Text("新户", "Counts as new"), 1, 3650, source=_START),
            Param("share", 0.9, "share", Text("限额使用率", "Share of the quota"), 0, 2, source=_START),
            Param("growth", 3.0, "times", Text("增长", "Growth over the first month"), 1, 1000, source=_START),
        ),
    ),
    relational(
        "invoices.gone_within_a_year",
        Text("开票后即走逃注销", "Gone within a year"),
        Text("开票不到一年即走逃、非正常或注销。经营失败的小企业也会如此。",
             "Lost, abnormal or cancelled within a year of its first invoice. Small firms that fail end so too."),
        Text("首次开票后 {days} 天转为 {status}", "{days} days after its first invoice it was {status}"),
        {"status": ("firm_id", "status", "since"), "invoices": ("seller_id", "issued_at", "net", "state")},
        _gone_within_a_year,
        params=(Param("days", 365, "days", Text("期限", "Within"), 1, 3650, source=_START),),
    ),
    relational(
        "invoices.no_means",
        Text("无人无电", "No people, no power"),
        Text("销售额大而从业人数极少且无用电。合署办公的贸易户也可能没有电表。",
             "Large sales with hardly anybody and no electricity. A trader in a shared office may have no meter."),
        Text("{quarters} 个季度销售，从业 {employees} 人，用电为零",
             "{quarters} quarters of sales, {employees} people, no electricity"),
        {"registrations": ("firm_id", "trade"), "returns": ("firm_id", "sales", "employees", "electricity_kwh")},
        _no_means,
        params=(
            Param("quarter_fen", 30_000_000, "fen", Text("季度销售额", "Sales a quarter"), 1, source=_START),
            Param("people", 3, "people", Text("从业人数", "People at most"), 0, 1000, source=_START),
            Param("per_head_fen", 30_000_000, "fen", Text("人均季度销售额", "Sales a head"), 1, source=_START),
        ),
    ),
    relational(
        "invoices.shared_contacts",
        Text("成批注册共用联络", "Registered together, shared contacts"),
        Text("电话、地址或开票设备相同，且登记时间相近。代账与园区也会共用，但其中新旧企业都有。",
             "One telephone, address or machine, registered about together. Bookkeepers and parks share too, but serve"
             " old firms as well; families found firms together honestly."),
        Text("与登记时间相近的 {firms} 户共用 {kinds} 种联络方式",
             "Shares {kinds} kinds of contact with {firms} firms registered about together"),
        {"registrations": ("firm_id", "registered_on", "phone", "address"), "invoices": ("seller_id", "device")},
        _shared_contacts,
        params=(
            Param("apart_days", 75, "days", Text("登记相隔", "Registered within"), 1, 3650, source=_START),
            Param("share", 0.6, "share", Text("相近户占比", "Share of such firms"), 0, 1, source=_START),
            Param("most", 60, "firms", Text("每组至多", "Firms in a group at most"), 2, 10_000, source=_START),
        ),
    ),
    relational(
        "invoices.many_offices",
        Text("人员交叉任职", "Offices crossed"),
        Text("同一人在多户分别担任法定代表人与财务、办税、领票人员，且各户登记时间相近。",
             "One person is head of one firm and keeps the books of another, and the firms are about the same age."),
        Text("{people} 人在 {firms} 户交叉任职", "{people} persons hold offices across {firms} firms"),
        {"registrations": ("firm_id", "registered_on", *_OFFICES)},
        _many_offices,
        params=(
            Param("firms", 2, "firms", Text("至少", "Firms at least"), 2, 1000, source=_START),
            Param("most", 30, "firms", Text("至多", "Firms at most"), 2, 1000, source=_START),
            Param("apart_days", 500, "days", Text("登记相隔", "Registered within"), 1, 3650, source=_START),
        ),
    ),
    relational(
        "invoices.confirmed_false",
        Text("税务已证实虚开", "Confirmed false by the tax office"),
        Text("税务机关已出具《已证实虚开通知单》。这是税务机关的结论，不是本系统的判断。",
             "The tax office has issued a notice of confirmed false invoices: its conclusion, not ours."),
        Text("{invoices} 份发票已被证实虚开", "{invoices} invoices confirmed to be false"),
        {"notices": ("invoice_id",), "invoices": ("invoice_id", "seller_id", "total", "issued_at")},
        _confirmed_false,
    ),
)  # fmt: skip
