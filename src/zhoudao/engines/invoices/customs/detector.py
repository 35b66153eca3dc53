"""The ranking as a detector: the declarations to open first, out of those not opened yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any

import pyarrow as pa

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
from zhoudao.engines.invoices.customs.features import IMPORTS, LIKE
from zhoudao.engines.invoices.customs.ranking import Ranked, Why, learn, rank

_ALIKE = {
    "goods_from": ("同一商品编号、同一原产国", "the same goods from the same country"),
    "goods": ("同一商品编号", "the same goods"),
    "heading": ("同一品目", "goods of the same heading"),
    "chapter_from": ("同一章、同一原产国", "goods of the same chapter from the same country"),
    "chapter_taxed": ("同一章、同一征税方式", "goods of the same chapter, taxed alike"),
    "taxed": ("同一征税方式和税率", "declarations taxed alike"),
    "from": ("同一原产国", "goods from the same country"),
    "by_way_of": ("同一启运国、同一快递", "goods by the same way and courier"),
    "importer": ("同一收货人", "the same importer's"),
    "importer_chapter": ("同一收货人的同章货物", "the same importer's of the same chapter"),
    "seller": ("同一境外卖方", "the same seller's"),
    "seller_chapter": ("同一境外卖方的同章货物", "the same seller's of the same chapter"),
    "both": ("同一收货人与卖方之间", "those between the same two"),
    "declarant": ("同一报关人", "the same declarant's"),
    "declarant_chapter": ("同一报关人的同章货物", "the same declarant's of the same chapter"),
    "office": ("同一海关、同一进口方式", "those at the same office, imported alike"),
    "kind": ("同一进口方式、用途和付款方式", "those imported, used and paid for alike"),
    "kind_heading": ("同一进口方式、同一品目", "goods of the same heading, imported alike"),
}
_PEERS = {
    "price": ("总价", "price"),
    "mass": ("净重", "net mass"),
    "unit": ("每千克价格", "price a kilogram"),
}
REASONS: dict[str, Text] = {
    **{
        code: Text(f"{zh}的申报此前 {{seen}} 票，查实比例（折算）{{share:percent}}",
                   f"{{seen}} of {en} before, {{share:percent}} (weighed) found false")
        for code, (zh, en) in _ALIKE.items()
    },
    **{
        code: Text(f"{zh}是同类商品中位数的 {{times}} 倍", f"{en}: {{times}} times the median of its goods code")
        for code, (zh, en) in _PEERS.items()
    },
    "tax_rate": Text("税率 {times}", "tax rate {times}"),
    "moved": Text("启运国与原产国是否不同：{times}", "departs from another country than its origin: {times}"),
}  # fmt: skip
assert set(_ALIKE) == set(LIKE)


def _ranked(tables: Mapping[str, pa.Table], p: Mapping[str, Any], context: Context) -> Iterator[Batch]:
    context.report(0.0, RANKED.title.en)
    if not len(tables["imports"]) or not len(tables["imports_opened"]):
        return
    model = learn(tables["imports_opened"], threads=context.threads)
    most = max(1, round(len(tables["imports"]) * p["share"]))
    context.report(0.6, RANKED.title.en)
    told = [_told(tables["imports"], one) for one in rank(model, tables["imports"], most=most)]
    yield batch_of(RANKED.name, RANKED.version, told)


def _told(table: pa.Table, one: Ranked) -> Found:
    subjects = [Subject("declaration", one.declaration_id, "declaration")]
    importer = table["importer"][one.row].as_py() if "importer" in table.column_names else None
    if importer:
        subjects.append(Subject("firm", importer, "importer"))
    place = tuple(table[name][one.row].as_py() if name in table.column_names else None
                  for name in ("source_file", "source_sheet", "source_row"))  # fmt: skip
    on = datetime.combine(table["declared_on"][one.row].as_py(), time(), UTC)
    return Found(
        subjects, one.risk, [_reason(why) for why in one.reasons], [Row(None, *place)], None, None, on, on
    )


def _reason(why: Why) -> Reason:
    if why.code in LIKE:
        return Reason(why.code, {"seen": why.seen, "share": why.share})
    return Reason(why.code, {"times": f"{why.times:.3g}"})


RANKED = Detector(
    name="customs.ranked",
    version="1",
    title=Text("报关单查验排序", "Declarations to open first"),
    meaning=Text(
        "按以往查验结果学到的风险排序，列出最该先查的报关单。学到的也包括过去查了哪里；排序不是结论。",
        "Ranked by what inspections found before, and so also by where they looked. A rank is no conclusion.",
    ),
    needs={
        "imports": tuple(field.name for field in IMPORTS if not field.nullable),
        "imports_opened": (*(field.name for field in IMPORTS if not field.nullable), "fraud"),
    },
    run=_ranked,
    params=(
        Param("share", 0.05, "share", Text("列出比例", "Share to list"), 0.0001, 1,
              source="as many as can be opened; a starting point"),
    ),
    reasons=REASONS,
)  # fmt: skip
DETECTORS = (RANKED,)
