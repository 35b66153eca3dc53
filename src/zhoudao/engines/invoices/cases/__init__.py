"""From what the screens say to cases: scores with their reasons, widening (扩线), and figures that open their rows.

from zhoudao.engines.invoices import cases

done = cases.screen(tables, Context())          # tables: zhoudao.engines.invoices.tables
done.cases                                      # strongest first
cases.widen(done.evidence, done.links, "91…")   # from one firm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zhoudao.engines.detection import Batch, Context, Detector, Param, Text
from zhoudao.engines.invoices.cases.cases import Case, Screened, find, screen
from zhoudao.engines.invoices.cases.links import Links, tie
from zhoudao.engines.invoices.cases.telling import (
    NAME,
    REASONS,
    VERSION,
    case_as_data,
    findings_of,
    lead_as_data,
    widened_as_data,
)
from zhoudao.engines.invoices.cases.widening import Step, Widened, widen
from zhoudao.engines.stored import Table

__all__ = [
    "DETECTORS",
    "Case",
    "Links",
    "Screened",
    "Step",
    "Widened",
    "case_as_data",
    "find",
    "findings_of",
    "lead_as_data",
    "screen",
    "tie",
    "widen",
    "widened_as_data",
]


def _run(tables: Mapping[str, Table], params: Mapping[str, Any], context: Context) -> Iterator[Batch]:
    done = screen(tables, context, stop=params["stop"])
    context.not_checked += done.evidence.not_checked
    for case in done.cases:
        yield findings_of(case)


DETECTORS = (
    Detector(
        NAME,
        VERSION,
        Text("虚开骗税团伙", "Cases of false invoices"),
        Text(
            "由各项筛查的得分，从最可疑的企业沿发票、退税、回流资金、人员与设备扩线，直到没有足够强的关联为止。"
            "权重学自模拟案件，只用来排序，不是结论。",
            "From the most suspect firm over invoices, refunds, money that came back, people and machines, until no"
            " tie is strong enough. The weights were learned on made-up cases: they rank, they do not decide.",
        ),
        {
            "invoices": ("invoice_id", "seller_id", "buyer_id", "net", "tax", "total", "state", "issued_at"),
            "registrations": ("firm_id", "name", "registered_on"),
        },
        _run,
        params=(
            Param("stop", 0.0, "log-odds", Text("停止于", "Stop below"), -20, 20, source="an even chance"),
        ),
        wants={
            "refunds": ("exporter_id", "invoice_id", "refund", "paid_on"),
            "ledger": ("source_account", "target_account", "amount", "time"),
            "accounts": ("account", "holder_id"),
        },
        reasons=REASONS,
    ),
)
