"""A layout: which header is which role, and how its figures are to be read. One YAML file a layout, in ``shipped/``."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
HEADERS = HERE / "headers.yaml"
SHIPPED = HERE / "shipped"
UNITS = {"元": 2, "万元": 6, "万": 6, "分": 0, "角": 1, "千元": 5}
"""How many tens one unit is in fen."""
SIGNS = ("auto", "same", "red")
ORDERS = ("auto", "day", "month")


class BadLayout(ValueError):
    """A layout file that can't be used; the message names file and field and says what was expected."""


@dataclass(frozen=True)
class Layout:
    """``columns``: role to the header that holds it. ``unit``: of amounts without one of their own. ``signs``:
    whether a minus
    beside an outgoing mark only repeats it (``same``) or takes it back (``red``, 红字), or is told from the
    file (``auto``).
    ``flipped``: 借 means in and 贷 out, as in a firm's own books. ``date_order``: of 03/04/2026. ``ignored``: headers
    that are no role here, whatever they are called. ``#3`` for a header means the third column."""

    name: str
    title: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    unit: str = "元"
    signs: str = "auto"
    flipped: bool = False
    date_order: str = "auto"
    ignored: tuple[str, ...] = ()
    kind: str = "transactions"
    fingerprint: str = ""

    @property
    def power(self) -> int:
        return UNITS[self.unit]

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def known_roles() -> tuple[str, ...]:
    return tuple(names())


@cache
def names() -> dict[str, tuple[str, ...]]:
    """Role to the headers it may have."""
    read = yaml.safe_load(HEADERS.read_text(encoding="utf-8"))
    return {role: tuple(str(name) for name in found) for role, found in read.items()}


@cache
def role_of_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for role, words in names().items():
        for word in words:
            found.setdefault(plain(word)[0], role)
    return found


def plain(header: str) -> tuple[str, str]:
    """``(name without blanks, unit and decoration; unit)`` of a header: 交易金额（万元） is 交易金额 and 万元."""
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    text = "".join(header.translate(wide).split()).replace("\ufeff", "").strip(":\"'=*#").lower()
    unit = ""
    for name in ("万元", "千元", "元", "分", "角"):
        for shape in (
            f"({name})",
            f"[{name}]",
            f"/{name}",
            f"(单位:{name})",
            f"(人民币{name})",
            f"(人民币/{name})",
        ):
            if text.endswith(shape) and len(text) > len(shape):
                text, unit = text[: -len(shape)], name
    for ending in ("(人民币)", "(rmb)", "(cny)"):
        text = text.removesuffix(ending)
    return text, unit


def fingerprint_of(headers: list[str]) -> str:
    """Names a sheet's header row, whatever its blanks and units: confirmed layouts are kept under it."""
    joined = "\x1f".join(plain(header)[0] for header in headers).rstrip("\x1f")
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def read_layout(path: Path) -> Layout:
    """Raises BadLayout, naming file and field."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise BadLayout(f"{path.name}: can't be read as YAML ({problem})") from problem
    return layout_of(data, path.name)


def layout_of(data: object, where: str) -> Layout:
    """A layout from parsed YAML or JSON. Raises BadLayout."""
    if not isinstance(data, dict):
        raise BadLayout(f"{where}: expected a mapping with name and columns")
    unknown = set(data) - set(Layout.__dataclass_fields__)
    if unknown:
        raise BadLayout(
            f"{where}: {sorted(unknown)[0]}: expected one of {', '.join(Layout.__dataclass_fields__)}"
        )
    columns = data.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise BadLayout(f"{where}: columns: expected a mapping of role to header")
    for role in columns:
        if role not in names():
            raise BadLayout(
                f"{where}: columns: {role} is no role; expected one of {', '.join(known_roles())}"
            )
    ignored = data.get("ignored", [])
    if not isinstance(ignored, list | tuple):
        raise BadLayout(f"{where}: ignored: expected a list of headers")
    for key, allowed in (("unit", tuple(UNITS)), ("signs", SIGNS), ("date_order", ORDERS)):
        if data.get(key, allowed[0]) not in allowed:
            raise BadLayout(f"{where}: {key}: expected one of {', '.join(allowed)}")
    return Layout(
        **{
            **data,
            "name": str(data.get("name") or Path(where).stem),
            "columns": {role: str(header) for role, header in columns.items()},
            "ignored": tuple(str(header) for header in ignored),
        }
    )


@cache
def shipped() -> tuple[Layout, ...]:
    """The layouts that come with Zhoudao, those with most columns first."""
    found = [read_layout(path) for path in sorted(SHIPPED.glob("*.yaml"))]
    return tuple(sorted(found, key=lambda layout: (-len(layout.columns), layout.name)))
