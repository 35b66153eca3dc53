"""How each bank writes: its headers, marks, dates and habits. One entry a bank, as data; the writing is in
``files``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """``columns``: header to what it holds. ``when``: how times are written. ``pages``: records a page, each
    with its header
    again and a total under it. ``halves``: two overlapping exports. ``blocks``: an account number above its records
    instead of a column. ``share``: of all accounts."""

    name: str
    columns: tuple[tuple[str, str], ...]
    share: float
    kind: str = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    when: str = "%Y-%m-%d %H:%M:%S"
    marks: tuple[str, str] = ("借", "贷")
    thousands: bool = False
    wide: bool = False
    wrapped: bool = False
    newest_first: bool = False
    pages: int = 0
    halves: bool = False
    blocks: bool = False
    repeated: bool = False


STYLES = (
    Style(
        "东港银行",
        (("账号", "account"), ("户名", "name"), ("交易日期", "date"), ("交易时刻", "clock"), ("借贷标志", "mark"),
         ("发生额", "amount"), ("余额", "balance"), ("对方账号", "other"),
         ("对方户名", "other_name"), ("摘要", "memo"),
         ("交易流水号", "serial"), ("交易状态", "status")),
        0.2, encoding="gb18030", when="%Y%m%d", thousands=True, pages=500, halves=True,
    ),
    Style(
        "沙洲银行",
        (("客户卡号", "account"), ("交易时间", "time"), ("借方发生额", "debit"), ("贷方发生额", "credit"),
        ("账户余额", "balance"),
         ("对方账号", "other"), ("对方户名", "other_name"), ("摘要", "memo"),
         ("交易流水号", "serial"), ("是否成功", "status")),
        0.2, encoding="utf-8-sig", when="%Y/%m/%d %H:%M:%S", wrapped=True, newest_first=True, halves=True,
    ),
    Style(
        "青浜银行",
        (("卡号", "account"), ("交易时间", "time"), ("交易金额", "signed"), ("本次余额", "balance"),
        ("对手姓名", "other_name"),
         ("对手账号", "other"), ("交易用途", "memo"), ("日志号", "serial"), ("交易状态", "status")),
        0.15, kind="tsv", encoding="utf-16", delimiter="\t", when="%Y年%m月%d日 %H时%M分%S秒", wide=True,
    ),
    Style(
        "螺门农商银行",
        (("帐号", "account"), ("户名", "name"), ("交易时间", "time"), ("借/贷", "mark"), ("发生金额", "amount"),
         ("帐户余额", "balance"), ("对方帐号", "other"),
         ("对方户名", "other_name"), ("摘要说明", "memo"), ("流水", "serial"),
         ("交易状态", "status")),
        0.2, encoding="gb18030", when="%Y%m%d%H%M%S", marks=("支出", "收入"), pages=40, repeated=True,
    ),
    Style(
        "鱼山邮储",
        (("交易时间", "time"), ("存取标志", "mark"), ("交易金额", "amount"),
         ("账面余额", "balance"), ("交易对手账号", "other"),
         ("交易对手户名", "other_name"), ("交易摘要", "memo"), ("流水号", "serial"), ("交易状态", "status")),
        0.2, kind="zip", encoding="gb18030", marks=("支取", "存入"), blocks=True,
    ),
    Style(
        "查询反馈",
        (("交易卡号", "account"), ("户名", "name"), ("证件号", "identity"), ("交易时间", "time"), ("交易金额",
        "amount"),
         ("交易余额", "balance"), ("收付标志", "mark"), ("对手账号", "other"),
         ("对手户名", "other_name"), ("摘要", "memo"),
         ("币种", "currency"), ("是否成功", "status"), ("流水号", "serial")),
        0.05, kind="xlsx", marks=("出", "进"),
    ),
)  # fmt: skip
