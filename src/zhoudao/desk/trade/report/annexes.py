"""Every row of a case as CSV, a file a heading."""

from __future__ import annotations

import polars as pl

from zhoudao.core import spreadsheets

NAMES = {
    "issued": "附件1-开给出口企业的发票.csv",
    "issued_others": "附件2-开给其他企业的发票.csv",
    "goods_in": "附件3-发票货物明细.csv",
    "goods_out": "附件4-报关商品明细.csv",
    "paid": "附件5-支付货款.csv",
    "returned": "附件6-资金回流.csv",
    "received": "附件7-收汇.csv",
    "refunds": "附件8-已退税款.csv",
    "refunds_unpaid": "附件9-已申报未退税款.csv",
    "firms": "附件10-企业登记.csv",
    "accounts": "附件11-涉案账户.csv",
    "suspects": "附件12-嫌疑人任职与开户.csv",
}
COLUMNS = {
    "day": "日期",
    "from_id": "来自",
    "to_id": "去向",
    "what": "内容",
    "amount": "金额（最小货币单位）",
    "net": "不含税金额（分）",
    "tax": "税额（分）",
    "currency": "币种",
    "key": "编号",
    "source_file": "来源文件",
    "source_sha256": "来源SHA-256",
    "source_sheet": "工作表",
    "source_row": "行号",
    "raw": "原始内容",
}


def annexes(rows: pl.DataFrame) -> dict[str, bytes]:
    """Identifiers are text. Columns without a value are left out."""
    found = {}
    for heading, name in NAMES.items():
        mine = rows.filter(pl.col("heading") == heading)
        if not len(mine):
            continue
        there = [each for each in COLUMNS if each in mine.columns and mine[each].null_count() < len(mine)]
        lines = [[COLUMNS[each] for each in there], *mine.select(there).iter_rows()]
        found[name] = b"".join(spreadsheets.pieces(lines))
    return found
