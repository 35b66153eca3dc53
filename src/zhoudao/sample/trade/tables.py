"""The books as the tables of an invoice case, numbered in the order of time, firms in the order of their codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from zhoudao.engines.invoices.tables import TABLES
from zhoudao.engines.shapes import LEDGER, LEDGER_REQUIRED, conform
from zhoudao.sample.trade.books import CONSUMER, DAY, RED, VOID, Books, day_number
from zhoudao.sample.trade.economy import BEGINS, Firm
from zhoudao.sample.trade.goods import GOODS

DIGITAL_SINCE = date(2025, 6, 1)
"""From this day on all invoices are fully digital (数电票); in truth provinces changed over from 2024 on."""
ZONE_SECONDS = 8 * 3600
_NAMES = np.array([good.name for good in GOODS])
_UNITS = np.array([good.unit for good in GOODS])
_TAX_CODES = np.array([good.tax_code for good in GOODS])
_HS_CODES = np.array([good.hs_code for good in GOODS])


def tables(books: Books) -> dict[str, pa.Table]:
    """Every table of ``zhoudao.engines.invoices.tables``."""
    invoices, declarations = _invoice_numbers(books), _declaration_numbers(books)
    columns = {
        "registrations": _registrations(books.economy.firms),
        "status": _status(books.economy.firms),
        "invoices": _invoices(books, invoices),
        "lines": _lines(books, invoices),
        "declarations": _declarations(books, declarations),
        "declaration_lines": _declared(books, declarations),
        "bills_of_lading": _bills(books, declarations),
        "receipts": _receipts(books, declarations),
        "refunds": _refunds(books, invoices, declarations),
        "returns": _returns(books),
        "notices": _notices(books, invoices),
        "accounts": _accounts(books),
    }
    made = {name: pa.table(columns[name], schema=TABLES[name]) for name in columns}
    made["ledger"] = _ledger(books)
    return made


# Numbers --------------------------------------------------------------------------------------------------------------


def _rank(moments: np.ndarray) -> np.ndarray:
    """Place of each row in the order of time; rows of one moment in an order that says nothing."""
    mixed = (np.arange(len(moments)) * 2_654_435_761) % (2**32)
    order = np.lexsort((mixed, moments))
    rank = np.empty(len(moments), dtype=np.int64)
    rank[order] = np.arange(len(moments))
    return rank


def _digits(numbers: np.ndarray, width: int) -> np.ndarray:
    return np.array([f"{number:0{width}d}" for number in numbers.tolist()], dtype=f"U{width}")


def _invoice_numbers(books: Books) -> np.ndarray:
    """Twenty digits: year, province, number. Before everything was digital: ten of a code, eight of a number."""
    at = books.invoices["at"]
    province = np.array([firm.region[:2] for firm in books.economy.firms])[books.invoices["seller"]]
    year = np.where(at < day_number(date(2025, 1, 1)) * DAY, "24", np.where(at < day_number(date(2026, 1, 1)) * DAY,
                                                                             "25", "26"))  # fmt: skip
    serial = _rank(at) * 3 + 1_000
    digital = np.char.add(np.char.add(year, province), np.char.add("9", _digits(serial, 15)))
    paper = np.char.add(np.char.add(province, np.char.add(year, "999130")), _digits(serial % 10**8, 8))
    return np.where(at >= day_number(DIGITAL_SINCE) * DAY, digital, paper)


def _declaration_numbers(books: Books) -> np.ndarray:
    """Eighteen digits, of which the first four name a customs office that isn't there."""
    serial = _digits(_rank(books.declarations["on"]) * 7 + 11, 11)
    return np.char.add("3199202", serial)


# Tables ---------------------------------------------------------------------------------------------------------------


def _codes(firms: list[Firm]) -> np.ndarray:
    return np.array([firm.code for firm in firms])


def _firm_names(firms: list[Firm]) -> np.ndarray:
    return np.array([firm.name for firm in firms])


def _registrations(firms: list[Firm]) -> dict[str, object]:
    ordered = sorted(firms, key=lambda firm: firm.code)
    people = {
        "legal_representative": [firm.head for firm in ordered],
        "finance_officer": [firm.finance for firm in ordered],
        "tax_clerk": [firm.clerk for firm in ordered],
        "invoice_buyer": [firm.collector for firm in ordered],
    }
    offices: dict[str, object] = {}
    for office, holders in people.items():
        offices[office] = [person.number for person in holders]
        offices[f"{office}_name"] = [person.name for person in holders]
    return {
        "firm_id": [firm.code for firm in ordered],
        "name": [firm.name for firm in ordered],
        "registered_on": [firm.registered_on for firm in ordered],
        "region": [firm.region for firm in ordered],
        "address": [firm.address for firm in ordered],
        "phone": [firm.phone for firm in ordered],
        "trade": [{"maker": "C", "service": "L72", "shop": "F52"}.get(firm.kind, "F51") for firm in ordered],
        **offices,
        "monthly_quota": [firm.quota for firm in ordered],
    }


def _status(firms: list[Firm]) -> dict[str, object]:
    rows = sorted((since, firm.code, status) for firm in firms for status, since in firm.status)
    return {
        "firm_id": [code for _, code, _ in rows],
        "status": [status for _, _, status in rows],
        "since": [since for since, _, _ in rows],
    }


def _ordered(keys: np.ndarray, columns: Mapping[str, Any]) -> dict[str, object]:
    """Columns in the order of a key, None where an object column has none."""
    order = np.argsort(keys, kind="stable")
    return {name: pa.array(column[order].tolist()) if column.dtype == object else column[order]
            for name, column in columns.items()}  # fmt: skip


def _invoices(books: Books, numbers: np.ndarray) -> dict[str, object]:
    firms, rows = books.economy.firms, books.invoices
    codes, names = np.append(_codes(firms), ""), np.append(_firm_names(firms), "个人")
    issuer = np.array([firm.issuer for firm in firms])
    device, ip = np.array([firm.device for firm in firms]), np.array([firm.ip for firm in firms])
    seller, buyer = rows["seller"], rows["buyer"]
    red = rows["red_of"]
    return _ordered(
        rows["at"],
        {
            "invoice_id": numbers,
            "kind": np.where(rows["special"].astype(bool), "special", "ordinary"),
            "issued_at": (rows["at"] - ZONE_SECONDS) * 1_000_000,
            "seller_id": codes[seller],
            "buyer_id": codes[np.where(buyer == CONSUMER, len(firms), buyer)],
            "net": rows["net"],
            "tax": rows["tax"],
            "total": rows["net"] + rows["tax"],
            "state": np.where(rows["state"] == VOID, "void", np.where(rows["state"] == RED, "red", "valid")),
            "digital": rows["at"] >= day_number(DIGITAL_SINCE) * DAY,
            "red_of": np.where(red >= 0, numbers[np.maximum(red, 0)], None),
            "seller_name": names[seller],
            "buyer_name": names[np.where(buyer == CONSUMER, len(firms), buyer)],
            "issuer": issuer[seller],
            "device": device[seller],
            "ip": ip[seller],
        },
    )


def _lines(books: Books, numbers: np.ndarray) -> dict[str, object]:
    rows = books.lines
    good = rows["good"]
    return _ordered(
        books.invoices["at"][rows["invoice"]],
        {
            "invoice_id": numbers[rows["invoice"]],
            "line": rows["line"].astype(np.int32),
            "goods_code": _TAX_CODES[good],
            "net": rows["net"],
            "goods_name": _NAMES[good],
            "unit": _UNITS[good],
            "quantity": rows["quantity"].astype(float),
            "rate": rows["rate"].astype(np.int32),
            "tax": rows["tax"],
        },
    )


def _bill_numbers(declarations: np.ndarray) -> np.ndarray:
    """Of bills of lading: "SMPL", which no carrier uses, and digits of the declaration's number turned round."""
    return np.char.add("SMPL", np.array([number[:9:-1] for number in declarations.tolist()], dtype=str))


def _declarations(books: Books, numbers: np.ndarray) -> dict[str, object]:
    rows, firms = books.declarations, books.economy.firms
    return _ordered(
        rows["on"],
        {
            "declaration_id": numbers,
            "exporter_id": _codes(firms)[rows["exporter"]],
            "exported_on": rows["on"].astype("datetime64[D]"),
            "exporter_name": _firm_names(firms)[rows["exporter"]],
            "port": rows["port"],
            "destination": rows["destination"],
            "source_region": rows["source_region"],
            "currency": np.full(rows.count, "USD"),
            "bl_number": _bill_numbers(numbers),
            "consignee": rows["consignee"],
        },
    )


def _declared(books: Books, numbers: np.ndarray) -> dict[str, object]:
    rows = books.declared
    good = rows["good"]
    return _ordered(
        books.declarations["on"][rows["declaration"]],
        {
            "declaration_id": numbers[rows["declaration"]],
            "line": rows["line"].astype(np.int32),
            "hs_code": _HS_CODES[good],
            "amount": rows["amount"],
            "goods_name": _NAMES[good],
            "quantity": rows["quantity"].astype(float),
            "unit": _UNITS[good],
            "net_weight_kg": rows["weight"].astype(float),
        },
    )


def _bills(books: Books, numbers: np.ndarray) -> dict[str, object]:
    rows = books.declarations
    weight = np.zeros(rows.count)
    np.add.at(weight, books.declared["declaration"], books.declared["weight"])
    first_good = np.zeros(rows.count, dtype=np.int64)
    first_good[books.declared["declaration"][::-1]] = books.declared["good"][::-1]
    return _ordered(
        rows["on"],
        {
            "bl_number": _bill_numbers(numbers),
            "shipper": rows["shipper"],
            "consignee": rows["consignee"],
            "port_of_loading": rows["port"],
            "port_of_discharge": rows["destination"],
            "shipped_on": (rows["on"] + 2).astype("datetime64[D]"),
            "containers": rows["containers"].astype(np.int32),
            "gross_weight_kg": np.round(weight * 1.07, 1),
            "goods_name": _NAMES[first_good],
        },
    )


def _receipts(books: Books, declarations: np.ndarray) -> dict[str, object]:
    rows = books.receipts
    accounts = np.array([account.number for account in books.accounts])
    return _ordered(
        rows["on"],
        {
            "receipt_id": np.char.add("FX", _digits(_rank(rows["on"]) * 5 + 3, 10)),
            "exporter_id": _codes(books.economy.firms)[rows["exporter"]],
            "received_on": rows["on"].astype("datetime64[D]"),
            "amount": rows["amount"],
            "currency": np.full(rows.count, "USD"),
            "remitter": rows["remitter"],
            "remitter_country": rows["country"],
            "declaration_id": declarations[rows["declaration"]],
            "account": accounts[rows["account"]],
        },
    )


def _refunds(books: Books, invoices: np.ndarray, declarations: np.ndarray) -> dict[str, object]:
    rows = books.refunds
    codes = _codes(books.economy.firms)[rows["exporter"]]
    filed = rows["filed"].astype("datetime64[D]")
    paid = rows["paid"].astype("datetime64[D]")
    period = filed.astype("datetime64[M]").astype(str)
    return _ordered(
        rows["filed"],
        {
            "filing_id": np.char.add(np.char.add(codes, "-"), period),
            "exporter_id": codes,
            "declaration_id": declarations[rows["declaration"]],
            "invoice_id": invoices[rows["invoice"]],
            "refund": rows["refund"],
            "period": period,
            "declaration_line": rows["line"].astype(np.int32),
            "basis": rows["basis"],
            "rate": rows["rate"].astype(np.int32),
            "filed_on": filed,
            "paid_on": np.where(rows["paid"] < 0, np.datetime64("NaT"), paid),
        },
    )


def _returns(books: Books) -> dict[str, object]:
    rows = books.returns
    codes = _codes(books.economy.firms)[rows["firm"]]
    first = BEGINS.year * 4 + (BEGINS.month - 1) // 3
    quarter = first + rows["period"]
    period = np.char.add(np.char.add((quarter // 4).astype(str), "Q"), (quarter % 4 + 1).astype(str))
    return _ordered(
        np.char.add(codes, period),
        {
            "firm_id": codes,
            "period": period,
            "sales": rows["sales"],
            "uninvoiced_sales": rows["uninvoiced"],
            "output_tax": rows["output_tax"],
            "input_tax": rows["input_tax"],
            "paid": rows["paid"],
            "employees": rows["employees"].astype(np.int32),
            "electricity_kwh": rows["power"].astype(float),
        },
    )


def _notices(books: Books, invoices: np.ndarray) -> dict[str, object]:
    rows = books.notices
    sellers = _codes(books.economy.firms)[books.invoices["seller"][rows["invoice"]]]
    return _ordered(
        rows["on"],
        {
            "notice_id": np.char.add("TZ2026", _digits(np.arange(rows.count), 6)),
            "invoice_id": invoices[rows["invoice"]],
            "seller_id": sellers,
            "issued_on": rows["on"].astype("datetime64[D]"),
            "office": np.full(rows.count, "样例税务局稽查局"),
        },
    )


def _accounts(books: Books) -> dict[str, object]:
    ordered = sorted(books.accounts, key=lambda account: account.number)
    return {
        "account": [account.number for account in ordered],
        "holder_id": [account.holder_id for account in ordered],
        "holder_name": [account.holder_name for account in ordered],
        "holder_kind": [account.holder_kind for account in ordered],
        "bank": [account.bank for account in ordered],
        "opened_on": [account.opened_on for account in ordered],
    }


def _ledger(books: Books) -> pa.Table:
    rows = books.transfers
    order = np.argsort(_rank(rows["at"]))
    numbers = np.array([account.number for account in books.accounts])
    names = np.array([account.holder_name for account in books.accounts])
    holders = np.array([account.holder_id for account in books.accounts])
    source, target = rows["source"][order], rows["target"][order]
    serial = np.char.add("T", _digits(np.arange(rows.count), 10))
    columns = {
        "transfer_id": serial,
        "time": pa.array((rows["at"][order] - ZONE_SECONDS) * 1_000_000).cast(LEDGER.field("time").type),
        "source_account": numbers[source],
        "target_account": numbers[target],
        "amount": rows["amount"][order].astype(np.int64),
        "currency": np.full(rows.count, "CNY"),
        "memo": pa.array(rows["memo"][order].tolist()),
        "bank_serial": serial,
        "succeeded": np.full(rows.count, True),
        "time_precision": np.full(rows.count, "second"),
        "source_name": names[source],
        "source_holder_id": holders[source],
        "target_name": names[target],
        "target_holder_id": holders[target],
    }
    return conform(pa.table(columns), LEDGER, "ledger", LEDGER_REQUIRED)
