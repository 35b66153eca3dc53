"""Cells read as what they should be. Each reader gives the value and whether the cell could be read.

Vectorised polars expressions over text; nothing is guessed: what does not read as its kind is told, never mended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

_WIDE = "０１２３４５６７８９"
_MONEY = r"^[-+]?\d{1,15}(\.\d{1,2}0*)?$"
_NUMBER = r"^[-+]?(\d{1,15}(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?$"
_DAY_FORMATS = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d")
_MOMENT_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    *_DAY_FORMATS,
)
CITY_ZONE = "Asia/Shanghai"


def text(column: str) -> pl.Expr:
    """Outer spaces and the tabs and apostrophes that keep a spreadsheet from reading a number go."""
    return pl.col(column).str.strip_chars(" \t\r\n\u3000'").replace("", None)


def code(column: str) -> pl.Expr:
    return text(column).str.replace_all(r"[\s\u3000]", "")


def plain_digits(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with full-width digits as plain ones, in the columns that have any."""
    names = [name for name, kind in frame.schema.items() if kind == pl.String]
    odd = frame.select(pl.col(names).str.contains_any(list(_WIDE)).any()).row(0) if names else ()
    for name, has in zip(names, odd, strict=True):
        if has:
            frame = frame.with_columns(pl.col(name).str.replace_many(list(_WIDE), list("0123456789")))
    return frame


def money(column: str) -> pl.Expr:
    """Yuan as fen. A third decimal place other than nought is not money."""
    bare = code(column).str.replace_all(r"[,，¥￥]", "")
    kept = pl.when(bare.str.contains(_MONEY)).then(bare)
    return (kept.cast(pl.Decimal(18, 2), strict=False) * 100).cast(pl.Int64, strict=False)


def number(column: str) -> pl.Expr:
    bare = code(column).str.replace_all(r"[,，]", "")
    return pl.when(bare.str.contains(_NUMBER)).then(bare).cast(pl.Float64, strict=False)


def whole(column: str) -> pl.Expr:
    bare = code(column).str.replace(r"\.0+$", "")
    return pl.when(bare.str.contains(r"^\d{1,9}$")).then(bare).cast(pl.Int32, strict=False)


def percent(column: str) -> pl.Expr:
    """13% or 0.13 as 1,300 basis points; 免税 (exempt) and 不征税 (not taxed) as 0."""
    bare = code(column)
    with_sign = bare.str.ends_with("%")
    value = bare.str.strip_suffix("%").cast(pl.Float64, strict=False)
    points = pl.when(with_sign).then(value * 100).when(value <= 1).then(value * 10_000)
    free = bare.is_in(["免税", "不征税"])
    return pl.when(free).then(0.0).otherwise(points).round(0).cast(pl.Int32, strict=False)


def day(column: str, formats: Sequence[str] = _DAY_FORMATS) -> pl.Expr:
    bare = text(column).str.slice(0, 11).str.strip_chars()
    return pl.coalesce(bare.str.strptime(pl.Date, each, strict=False, exact=True) for each in formats)


def moment(column: str, formats: Sequence[str] = _MOMENT_FORMATS) -> pl.Expr:
    """City time as UTC. A day alone is its midnight."""
    bare = text(column)
    read = [
        bare.str.strptime(
            pl.Date if each in _DAY_FORMATS else pl.Datetime("us"), each, strict=False, exact=True
        ).cast(pl.Datetime("us"))
        for each in formats
    ]
    return (
        pl.coalesce(read)
        .dt.replace_time_zone(CITY_ZONE, non_existent="null", ambiguous="earliest")
        .dt.convert_time_zone("UTC")
    )


def dated(frame: pl.DataFrame, column: str, kind: str) -> pl.Series:
    """A column of days or moments. An office writes all of them one way: when that way reads every cell, the others
    are not tried, which takes most of the time of reading."""
    reader, formats = DATED[kind]
    there = frame.select(text(column)).to_series()
    first = there.drop_nulls().head(1).to_frame()
    for each in formats if len(first) else ():
        if first.select(reader(column, [each])).to_series().null_count() == 0:
            read = frame.select(reader(column, [each])).to_series()
            if read.null_count() == there.null_count():
                return read
    return frame.select(reader(column, formats)).to_series()


def words(column: str, meanings: Mapping[str, str]) -> pl.Expr:
    return text(column).replace_strict(meanings, default=None, return_dtype=pl.String)


READERS = {
    "text": text,
    "code": code,
    "money": money,
    "number": number,
    "whole": whole,
    "percent": percent,
}
DATED: dict[str, tuple[Callable[[str, Sequence[str]], pl.Expr], Sequence[str]]] = {
    "day": (day, _DAY_FORMATS),
    "moment": (moment, _MOMENT_FORMATS),
}
EXPECTED = {
    "text": "some text",
    "code": "a code",
    "money": "an amount in yuan with at most two decimals",
    "number": "a number",
    "whole": "a whole number",
    "percent": "a rate such as 13%",
    "day": "a day such as 2026-01-05 or 20260105",
    "moment": "a moment such as 2026-01-05 09:30:00",
}
