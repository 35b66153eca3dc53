"""Why a row or a file is refused, and why a line is no record: codes, and what they say in both languages."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "time_unreadable": ("时间无法识别", "no readable time"),
    "time_ambiguous": ("日期的日和月无法区分", "day and month can't be told apart"),
    "amount_unreadable": ("金额无法识别", "no readable amount"),
    "amount_scientific": (
        "金额被电子表格改成科学计数，原值不可知",
        "amount rounded by a spreadsheet (1.2E+08)",
    ),
    "amount_below_minor_unit": ("金额不足一分", "amount is no whole number of the minor unit"),
    "amount_too_large": ("金额过大", "amount is too large to be one"),
    "direction_unreadable": ("收付方向无法识别", "which way the money went can't be read"),
    "account_ruined": ("本方账号被电子表格损坏", "own account number ruined by a spreadsheet"),
    "counterparty_ruined": (
        "对方账号被电子表格损坏",
        "counterparty's account number ruined by a spreadsheet",
    ),
    "account_missing": ("没有本方账号", "no own account"),
    "account_unreadable": ("账号无法识别", "an account number that can't be read"),
    "currency_unreadable": ("币种无法识别", "currency not known"),
    "row_cut_short": ("行不完整", "the row is cut short"),
    "too_many_cells": ("列数多于表头", "more cells than the header has"),
    "layout_unknown": ("版式无法识别，须由分析员确认", "layout not recognised; an analyst has to confirm it"),
    "line_too_long": ("一行过长", "a line without an end"),
}
FILES: dict[str, tuple[str, str]] = {
    "empty": ("空文件", "the file is empty"),
    "no_rows": ("没有记录", "there is no record in it"),
    "torn": ("文件损坏", "the file is torn"),
    "password": ("文件有密码", "the file is protected by a password"),
    "zip_bomb": ("压缩包异常膨胀", "the zip unpacks to far too much"),
    "zip_too_deep": ("压缩包嵌套过深", "zips inside zips, too deep"),
    "not_a_table": ("不是表格文件", "this is no table"),
    "unreadable": ("文件无法打开", "the file can't be opened"),
    "not_a_statement": ("没有交易明细", "no sheet of it holds transactions"),
    "line_too_long": ("一行过长", "a line without an end"),
}
SKIPPED = ("preamble", "header", "blank", "total", "note", "accounts", "other_sheet")
