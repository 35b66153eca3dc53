"""What police would receive: the tables of a case as the offices and banks hand them over, each in its own way.

The headers are those in use at tax offices, customs, the foreign exchange administration and banks; encodings and
kinds of file vary as they do. ``zhoudao.engines.invoices`` reads them back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

_ZONE = ZoneInfo("Asia/Shanghai")
_ROWS_AT_ONCE = 50_000
Show = Callable[[object], object]


def _plain(value: object) -> object:
    return "" if value is None else value


def _money(value: object) -> object:
    """Fen as yuan with two decimals."""
    if not isinstance(value, int):
        return ""
    sign, value = ("-", -value) if value < 0 else ("", value)
    return f"{sign}{value // 100}.{value % 100:02d}"


def _moment(value: object) -> object:
    return f"{value.astimezone(_ZONE):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else ""


def _day(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else ""


def _compact_day(value: object) -> object:
    return f"{value:%Y%m%d}" if isinstance(value, date) else ""


def _percent(value: object) -> object:
    return f"{value / 100:g}%" if isinstance(value, int) else ""


def _named(names: dict[object, str]) -> Show:
    return lambda value: names.get(value, "")


_KIND = _named({"special": "专用发票", "ordinary": "普通发票"})
_STATE = _named({"valid": "正常", "void": "作废", "red": "红字"})
_STATUS = _named(
    {"general_taxpayer": "一般纳税人", "abnormal": "非正常", "lost": "走逃（失联）", "cancelled": "注销"}
)
_HOLDER = _named({"firm": "对公", "person": "个人", "bank": "银行内部"})
_YES = _named({True: "是", False: "否"})


@dataclass(frozen=True)
class Sheet:
    """One file: its path in the folder, its table, and for each column its header and how a value is shown."""

    path: str
    table: str
    columns: tuple[tuple[str, str, Show], ...]
    encoding: str = "utf-8-sig"
    where: pc.Expression | None = None


_OFFICES = tuple(
    column
    for office, header in (
        ("legal_representative", "法定代表人"),
        ("finance_officer", "财务负责人"),
        ("tax_clerk", "办税人员"),
        ("invoice_buyer", "领票人"),
    )
    for column in ((f"{office}_name", header, _plain), (office, f"{header}证件号码", _plain))
)
_INVOICE = (
    ("kind", "发票种类", _KIND),
    ("issued_at", "开票日期", _moment),
    ("seller_id", "销方识别号", _plain),
    ("seller_name", "销方名称", _plain),
    ("buyer_id", "购方识别号", _plain),
    ("buyer_name", "购方名称", _plain),
    ("net", "金额", _money),
    ("tax", "税额", _money),
    ("total", "价税合计", _money),
    ("state", "发票状态", _STATE),
    ("red_of", "对应蓝字发票号码", _plain),
    ("issuer", "开票人", _plain),
    ("device", "开票设备MAC", _plain),
    ("ip", "开票IP", _plain),
)
SHEETS = (
    Sheet("发票/增值税发票.csv", "invoices", (("invoice_id", "发票代码号码", _plain), *_INVOICE), "gb18030",
          ~pc.field("digital")),
    Sheet("发票/数电发票.csv", "invoices", (("invoice_id", "数电发票号码", _plain), *_INVOICE), "utf-8-sig",
          pc.field("digital")),
    Sheet("发票/发票明细.csv", "lines", (
        ("invoice_id", "发票号码", _plain), ("line", "行号", _plain), ("goods_code", "税收分类编码", _plain),
        ("goods_name", "货物或应税劳务名称", _plain), ("unit", "单位", _plain), ("quantity", "数量", _plain),
        ("net", "金额", _money), ("rate", "税率", _percent), ("tax", "税额", _money)), "gb18030"),
    Sheet("税务/登记信息.xlsx", "registrations", (
        ("firm_id", "统一社会信用代码", _plain), ("name", "纳税人名称", _plain), ("registered_on", "登记日期", _day),
        ("region", "行政区划", _plain), ("address", "注册地址", _plain), ("phone", "联系电话", _plain),
        ("trade", "行业", _plain), *_OFFICES, ("monthly_quota", "月开票限额", _money))),
    Sheet("税务/状态变更.csv", "status", (
        ("firm_id", "统一社会信用代码", _plain), ("status", "状态", _STATUS), ("since", "起始日期", _day))),
    Sheet("税务/纳税申报.csv", "returns", (
        ("firm_id", "统一社会信用代码", _plain), ("period", "所属期", _plain), ("sales", "销售额", _money),
        ("uninvoiced_sales", "未开票收入", _money), ("output_tax", "销项税额", _money),
        ("input_tax", "进项税额", _money), ("paid", "应纳税额", _money), ("employees", "从业人数", _plain),
        ("electricity_kwh", "用电量（千瓦时）", _plain)), "gb18030"),
    Sheet("税务/出口退税申报.csv", "refunds", (
        ("filing_id", "申报批次", _plain), ("exporter_id", "统一社会信用代码", _plain), ("period", "所属期", _plain),
        ("declaration_id", "报关单号", _plain), ("declaration_line", "项号", _plain),
        ("invoice_id", "进货凭证号", _plain), ("basis", "计税金额", _money), ("rate", "退税率", _percent),
        ("refund", "退税额", _money), ("filed_on", "申报日期", _day), ("paid_on", "退库日期", _day))),
    Sheet("税务/已证实虚开通知单.xml", "notices", (
        ("notice_id", "通知单编号", _plain), ("invoice_id", "发票号码", _plain), ("seller_id", "销方识别号", _plain),
        ("issued_on", "开具日期", _day), ("office", "税务机关", _plain))),
    Sheet("海关/出口报关单.csv", "declarations", (
        ("declaration_id", "报关单号", _plain), ("exporter_id", "境内发货人代码", _plain),
        ("exporter_name", "境内发货人", _plain), ("exported_on", "出口日期", _compact_day),
        ("port", "出境口岸", _plain),
        ("destination", "运抵国", _plain), ("source_region", "境内货源地", _plain), ("currency", "币制", _plain),
        ("bl_number", "提运单号", _plain), ("consignee", "境外收货人", _plain)), "gb18030"),
    Sheet("海关/报关单商品.csv", "declaration_lines", (
        ("declaration_id", "报关单号", _plain), ("line", "项号", _plain), ("hs_code", "商品编号", _plain),
        ("goods_name", "商品名称", _plain), ("quantity", "成交数量", _plain), ("unit", "成交单位", _plain),
        ("net_weight_kg", "净重（千克）", _plain), ("amount", "总价", _money)), "gb18030"),
    Sheet("海关/提单.xlsx", "bills_of_lading", (
        ("bl_number", "提单号", _plain), ("shipper", "发货人", _plain), ("consignee", "收货人", _plain),
        ("port_of_loading", "装货港", _plain), ("port_of_discharge", "卸货港", _plain),
        ("shipped_on", "装船日期", _day), ("containers", "集装箱数", _plain),
        ("gross_weight_kg", "毛重（千克）", _plain), ("goods_name", "货名", _plain))),
    Sheet("外汇/收汇.csv", "receipts", (
        ("receipt_id", "申报号码", _plain), ("exporter_id", "收款人代码", _plain), ("received_on", "收款日期", _day),
        ("currency", "币种", _plain), ("amount", "金额", _money), ("remitter", "付款人名称", _plain),
        ("remitter_country", "付款人国别", _plain), ("declaration_id", "报关单号", _plain),
        ("account", "入账账号", _plain))),
    Sheet("银行/账户.csv", "accounts", (
        ("account", "账号", _plain), ("holder_name", "户名", _plain), ("holder_id", "证件号码", _plain),
        ("holder_kind", "账户类别", _HOLDER), ("bank", "开户行", _plain), ("opened_on", "开户日期", _day)), "gb18030"),
    Sheet("银行/交易明细.csv", "ledger", (
        ("source_account", "交易卡号", _plain), ("source_name", "户名", _plain), ("source_holder_id", "证件号", _plain),
        ("time", "交易时间", _moment), ("amount", "交易金额", _money), ("direction", "收付标志", lambda _: "出"),
        ("target_account", "对手账号", _plain), ("target_name", "对手户名", _plain),
        ("target_holder_id", "对手证件号", _plain), ("memo", "摘要", _plain), ("currency", "币种", _plain),
        ("succeeded", "是否成功", _YES), ("bank_serial", "流水号", _plain)), "gb18030"),
)  # fmt: skip
"""Every file of a case folder; one whose table is empty is left out."""


def write(tables: dict[str, pa.Table], folder: Path) -> list[Path]:
    """Write all files below ``folder``, which must not hold any yet."""
    written = []
    for sheet in SHEETS:
        table = tables[sheet.table] if sheet.where is None else tables[sheet.table].filter(sheet.where)
        if not len(table):
            continue
        path = folder / sheet.path
        path.parent.mkdir(parents=True, exist_ok=True)
        {".csv": _csv, ".xlsx": _xlsx, ".xml": _xml}[path.suffix](path, sheet, table)
        written.append(path)
    return written


def _rows(sheet: Sheet, table: pa.Table) -> Iterator[list[object]]:
    """Rows as they are shown, some thousands in memory at a time."""
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        length = len(batch)
        columns = [
            [
                show(value)
                for value in (batch[name].to_pylist() if name in batch.schema.names else [None] * length)
            ]
            for name, _, show in sheet.columns
        ]
        yield from map(list, zip(*columns, strict=True))


def _headers(sheet: Sheet) -> list[str]:
    return [header for _, header, _ in sheet.columns]


def _csv(path: Path, sheet: Sheet, table: pa.Table) -> None:
    with path.open("w", encoding=sheet.encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(_headers(sheet))
        writer.writerows(_rows(sheet, table))


def _xlsx(path: Path, sheet: Sheet, table: pa.Table) -> None:
    """With a title row above the header, as such exports have."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"constant_memory": True, "in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 11, 2)})  # noqa: DTZ001  the same bytes each time
        page = book.add_worksheet(path.stem)
        page.write_row(0, 0, [path.stem])
        page.write_row(1, 0, _headers(sheet))
        for number, row in enumerate(_rows(sheet, table), 2):
            page.write_row(number, 0, row)
    path.write_bytes(made.getvalue())


def _xml(path: Path, sheet: Sheet, table: pa.Table) -> None:
    root = Element(path.stem)
    for row in _rows(sheet, table):
        record = SubElement(root, "记录")
        for header, value in zip(_headers(sheet), row, strict=True):
            SubElement(record, header).text = str(value)
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
