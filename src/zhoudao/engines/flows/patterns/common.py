"""What the patterns share: parameters, and the graphs of a ledger's currencies."""

from __future__ import annotations

from collections.abc import Iterator

from zhoudao.engines.detection import Context, Param, Text
from zhoudao.engines.detection.detector import Params, Tables
from zhoudao.engines.flows.graph import MoneyGraph, build, currencies
from zhoudao.engines.shapes import LEDGER_REQUIRED

SECOND = 1_000_000
NEEDS = {"ledger": LEDGER_REQUIRED}
WANTS = {"ledger": ("time_precision",)}
CALIBRATE = "a starting point, to be calibrated"

CONDUITS = Param(
    "conduits",
    "",
    "",
    Text(
        "通道账户（支付机构备付金、清算、银行内部账户），以空格分隔", "Conduit accounts, separated by spaces"
    ),
    source="named by the analyst: reserve accounts, clearing houses, a bank's internal accounts",
)


def seconds(name: str, default: int, zh: str, en: str, source: str = CALIBRATE) -> Param:
    return Param(name, default, "seconds", Text(zh, en), low=0, high=366 * 86_400, source=source)


def share(name: str, default: float, zh: str, en: str, source: str = CALIBRATE, high: float = 1.0) -> Param:
    return Param(name, default, "share", Text(zh, en), low=0.0, high=high, source=source)


def count(
    name: str, default: int, unit: str, zh: str, en: str, source: str = CALIBRATE, low: int = 1
) -> Param:
    return Param(name, default, unit, Text(zh, en), low=low, source=source)


def fen(name: str, default: int, zh: str, en: str, source: str = CALIBRATE) -> Param:
    return Param(name, default, "fen", Text(zh, en), low=0, source=source)


def graphs(tables: Tables, params: Params, context: Context) -> Iterator[MoneyGraph]:
    """A graph a currency; what is not walked goes to the run's record."""
    ledger = tables["ledger"]
    found = currencies(ledger)
    for i, currency in enumerate(found):
        context.report(i / len(found), f"transfers in {currency}")
        graph = build(ledger, currency=currency, conduits=str(params.get("conduits", "")).split())
        context.not_checked += [each for each in graph.left.gaps() if each not in context.not_checked]
        yield graph
