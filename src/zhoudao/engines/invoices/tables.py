"""The tables an invoice case is made of, as Arrow schemas. Readers fill them, detectors read them.

Firms are known by their unified social credit code (统一社会信用代码, GB 32100), persons by their identity number,
accounts by their number. Money is whole fen, or the currency's own minor unit where a column says so; rates are basis
points (1,300 for 13 %). Days are dates; quantities are floats, since no one is paid in them.
"""

from __future__ import annotations

import pyarrow as pa

from zhoudao.engines.shapes import LEDGER, TIME

_TEXT, _DAY, _FEN, _NUMBER, _WHOLE = pa.string(), pa.date32(), pa.int64(), pa.float64(), pa.int32()


def _table(required: dict[str, pa.DataType], optional: dict[str, pa.DataType]) -> pa.Schema:
    return pa.schema(
        [pa.field(name, kind, nullable=False) for name, kind in required.items()]
        + [pa.field(name, kind) for name, kind in optional.items()]
    )


REGISTRATIONS = _table(
    {"firm_id": _TEXT, "name": _TEXT, "registered_on": _DAY},
    {
        "region": _TEXT,  # GB/T 2260, six digits
        "address": _TEXT,
        "phone": _TEXT,
        "trade": _TEXT,  # GB/T 4754 section and division
        "legal_representative": _TEXT,  # persons: identity numbers
        "legal_representative_name": _TEXT,
        "finance_officer": _TEXT,
        "finance_officer_name": _TEXT,
        "tax_clerk": _TEXT,
        "tax_clerk_name": _TEXT,
        "invoice_buyer": _TEXT,  # who collects invoices from the tax office (领票人)
        "invoice_buyer_name": _TEXT,
        "monthly_quota": _FEN,  # net amount of invoices a month the tax office allows
    },
)
STATUS = _table({"firm_id": _TEXT, "status": _TEXT, "since": _DAY}, {})
"""``status``: general_taxpayer (一般纳税人), abnormal (非正常), lost (走逃失联), cancelled (注销)."""

INVOICES = _table(
    {
        "invoice_id": _TEXT,  # code and number, or the twenty digits of a fully digital one (数电票)
        "kind": _TEXT,  # special (专用) or ordinary (普通)
        "issued_at": TIME,
        "seller_id": _TEXT,
        "buyer_id": _TEXT,  # empty for a consumer
        "net": _FEN,
        "tax": _FEN,
        "total": _FEN,  # net + tax (价税合计); negative on a red-letter invoice (红字)
        "state": _TEXT,  # valid, void (作废), red
    },
    {
        "digital": pa.bool_(),
        "red_of": _TEXT,
        "seller_name": _TEXT,
        "buyer_name": _TEXT,
        "issuer": _TEXT,  # the person who issued it (开票人), by name
        "device": _TEXT,  # MAC address of the machine it was issued on
        "ip": _TEXT,
    },
)
LINES = _table(
    {"invoice_id": _TEXT, "line": _WHOLE, "goods_code": _TEXT, "net": _FEN},
    {
        "goods_name": _TEXT,
        "unit": _TEXT,
        "quantity": _NUMBER,
        "rate": _WHOLE,
        "tax": _FEN,
    },
)
"""``goods_code``: nineteen digits of the tax classification of goods and services (税收分类编码), two for a level."""

DECLARATIONS = _table(
    {"declaration_id": _TEXT, "exporter_id": _TEXT, "exported_on": _DAY},
    {
        "exporter_name": _TEXT,
        "port": _TEXT,
        "destination": _TEXT,  # country, ISO 3166 alpha-3
        "source_region": _TEXT,  # where the goods come from (境内货源地), GB/T 2260
        "currency": _TEXT,
        "bl_number": _TEXT,
        "consignee": _TEXT,
    },
)
DECLARATION_LINES = _table(
    {"declaration_id": _TEXT, "line": _WHOLE, "hs_code": _TEXT, "amount": _FEN},  # free on board, minor unit
    {"goods_name": _TEXT, "quantity": _NUMBER, "unit": _TEXT, "net_weight_kg": _NUMBER},
)
BILLS_OF_LADING = _table(
    {"bl_number": _TEXT, "shipper": _TEXT},
    {
        "consignee": _TEXT,
        "port_of_loading": _TEXT,
        "port_of_discharge": _TEXT,
        "shipped_on": _DAY,
        "containers": _WHOLE,
        "gross_weight_kg": _NUMBER,
        "goods_name": _TEXT,
    },
)
RECEIPTS = _table(
    {"receipt_id": _TEXT, "exporter_id": _TEXT, "received_on": _DAY, "amount": _FEN, "currency": _TEXT},
    {"remitter": _TEXT, "remitter_country": _TEXT, "declaration_id": _TEXT, "account": _TEXT},
)
"""Foreign money received (收汇)."""

REFUNDS = _table(
    {"filing_id": _TEXT, "exporter_id": _TEXT, "declaration_id": _TEXT, "invoice_id": _TEXT, "refund": _FEN},
    {
        "period": _TEXT,
        "declaration_line": _WHOLE,
        "basis": _FEN,  # net amount the refund is worked out on
        "rate": _WHOLE,
        "filed_on": _DAY,
        "paid_on": _DAY,
    },
)
"""Export refund filings (出口退税申报), one row for each invoice a refund rests on; ``paid_on`` is empty until paid."""

RETURNS = _table(
    {"firm_id": _TEXT, "period": _TEXT},
    {
        "sales": _FEN,
        "uninvoiced_sales": _FEN,  # sales declared without an invoice (未开票收入); negative cancels earlier ones
        "output_tax": _FEN,
        "input_tax": _FEN,
        "paid": _FEN,
        "employees": _WHOLE,
        "electricity_kwh": _NUMBER,
    },
)
NOTICES = _table(
    {"notice_id": _TEXT, "invoice_id": _TEXT}, {"seller_id": _TEXT, "issued_on": _DAY, "office": _TEXT}
)
"""Confirmed-false notices (已证实虚开通知单): the tax office's conclusion, not ours."""

ACCOUNTS = _table(
    {"account": _TEXT, "holder_id": _TEXT},
    {"holder_name": _TEXT, "holder_kind": _TEXT, "bank": _TEXT, "opened_on": _DAY},
)
"""``holder_kind``: firm or person."""

TABLES: dict[str, pa.Schema] = {
    "registrations": REGISTRATIONS,
    "status": STATUS,
    "invoices": INVOICES,
    "lines": LINES,
    "declarations": DECLARATIONS,
    "declaration_lines": DECLARATION_LINES,
    "bills_of_lading": BILLS_OF_LADING,
    "receipts": RECEIPTS,
    "refunds": REFUNDS,
    "returns": RETURNS,
    "notices": NOTICES,
    "accounts": ACCOUNTS,
    "ledger": LEDGER,
}
"""Every table by name."""


def required(schema: pa.Schema) -> tuple[str, ...]:
    """Columns without which a table can't be used."""
    return tuple(field.name for field in schema if not field.nullable)
