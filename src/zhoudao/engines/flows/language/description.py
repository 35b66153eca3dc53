"""Reading a pattern: what may stand in one, and errors that name the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from zhoudao.engines.detection import Param, Text

KINDS = {"any": 0, "company": 1, "person": 2}
"""What a node's account may have to be, by its name in the ledger (``kinds.py``)."""
MOST_TRANSFERS = 8
Number = int | float | str
"""A number, or ``$name`` of a parameter."""


class BadPattern(ValueError):
    """A pattern that can't be used: the key, and what was expected."""

    def __init__(self, key: str, expected: str) -> None:
        self.key, self.expected = key, expected
        super().__init__(f"{key}: expected {expected}")


@dataclass(frozen=True)
class Step:
    """One transfer of a pattern; other steps by their place in the list, -1 for none."""

    name: str
    payer: int
    payee: int
    after: int
    within: Number
    """Seconds after ``after`` at most; -1: any."""
    relative: int
    """The transfer that ``low`` and ``high`` are shares of."""
    low: Number
    high: Number
    least: Number
    """Minor units."""
    most: Number


@dataclass(frozen=True)
class Group:
    """Matches that belong together: the same accounts ``by``, so many different ``distinct``, within a time."""

    by: tuple[int, ...]
    distinct: int
    """A node; -1: matches are counted themselves."""
    least: Number
    within: Number
    total: Number
    """Minor units that the first transfers come to at least."""


@dataclass(frozen=True)
class Pattern:
    name: str
    version: str
    title: Text
    meaning: Text
    reason: Text
    nodes: tuple[str, ...]
    kinds: tuple[int, ...]
    steps: tuple[Step, ...]
    group: Group | None
    params: tuple[Param, ...]


def read(text: str) -> Pattern:
    """A pattern from YAML (JSON is YAML). Raises BadPattern."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise BadPattern("pattern", f"YAML or JSON ({problem})") from None
    _keys(data, "pattern", "name version title meaning reason nodes transfers", "group params")
    listed = _list(data["params"], "params") if data.get("params") else []
    params = tuple(_param(each, f"params.{i}") for i, each in enumerate(listed))
    known = {param.name for param in params}
    nodes = data["nodes"]
    if (
        not isinstance(nodes, Mapping)
        or len(nodes) < 2
        or not all(isinstance(kind, str) and kind in KINDS for kind in nodes.values())
    ):
        raise BadPattern("nodes", f"two names or more, each with one of {', '.join(KINDS)}")
    steps: list[Step] = []
    for i, each in enumerate(_list(data["transfers"], "transfers")):
        steps.append(_step(each, f"transfers.{i}", list(nodes), steps, known))
    if len(steps) > MOST_TRANSFERS:
        raise BadPattern("transfers", f"at most {MOST_TRANSFERS}")
    return Pattern(
        str(data["name"]), str(data["version"]),
        _text(data["title"], "title"), _text(data["meaning"], "meaning"), _text(data["reason"], "reason"),
        tuple(nodes), tuple(KINDS[kind] for kind in nodes.values()), tuple(steps),
        _group(data["group"], list(nodes), known) if "group" in data else None, params,
    )  # fmt: skip


def _step(data: Any, key: str, nodes: list[str], before: list[Step], known: set[str]) -> Step:
    _keys(data, key, "name from to", "after within share least most")
    payer, payee = (_place(data[end], nodes, f"{key}.{end}") for end in ("from", "to"))
    if payer == payee:
        raise BadPattern(f"{key}.to", "another account than from")
    bound = {node for step in before for node in (step.payer, step.payee)}
    if before and payer not in bound and payee not in bound:
        raise BadPattern(key, "an account that an earlier transfer of the pattern has")
    names = [step.name for step in before]
    after = _place(data["after"], names, f"{key}.after") if "after" in data else -1
    if "within" in data and after < 0:
        raise BadPattern(f"{key}.within", "an after beside it")
    share = data.get("share", {})
    if share:
        _keys(share, f"{key}.share", "of", "low high")
    return Step(
        str(data["name"]), payer, payee, after,
        _number(data.get("within", -1), f"{key}.within", known),
        _place(share["of"], names, f"{key}.share.of") if share else -1,
        _number(share.get("low", -1), f"{key}.share.low", known),
        _number(share.get("high", -1), f"{key}.share.high", known),
        _number(data.get("least", -1), f"{key}.least", known),
        _number(data.get("most", -1), f"{key}.most", known),
    )  # fmt: skip


def _group(data: Any, nodes: list[str], known: set[str]) -> Group:
    _keys(data, "group", "by least within", "distinct total")
    by = tuple(_place(each, nodes, "group.by") for each in _list(data["by"], "group.by"))
    distinct = _place(data["distinct"], nodes, "group.distinct") if "distinct" in data else -1
    numbers = (_number(data.get(name, 0), f"group.{name}", known) for name in ("least", "within", "total"))
    return Group(by, distinct, *numbers)


def _param(data: Any, key: str) -> Param:
    _keys(data, key, "name default unit title source", "low high")
    title = _text(data["title"], f"{key}.title")
    if isinstance(data["default"], bool) or not isinstance(data["default"], int | float):
        raise BadPattern(f"{key}.default", "a number")
    return Param(
        str(data["name"]), data["default"], str(data["unit"]), title,
        low=data.get("low", 0), high=data.get("high"), source=str(data["source"]),
    )  # fmt: skip


def _keys(data: Any, key: str, needed: str, optional: str = "") -> None:
    if not isinstance(data, Mapping):
        raise BadPattern(key, f"keys and values: {needed}")
    for name in needed.split():
        if name not in data:
            raise BadPattern(f"{key}.{name}", "to be there")
    for name in data:
        if name not in (*needed.split(), *optional.split()):
            raise BadPattern(f"{key}.{name}", f"one of {needed} {optional}".strip())


def _place(name: Any, names: list[str], key: str) -> int:
    if name not in names:
        raise BadPattern(key, f"one of {', '.join(names) or 'nothing: it is the first'}")
    return names.index(name)


def _number(value: Any, key: str, known: set[str]) -> Number:
    if isinstance(value, str) and value.startswith("$") and value[1:] in known:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadPattern(key, "a number, or $ and a parameter's name")
    return value


def _list(value: Any, key: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise BadPattern(key, "a list")
    return value


def _text(data: Any, key: str) -> Text:
    _keys(data, key, "zh en")
    return Text(str(data["zh"]), str(data["en"]))
