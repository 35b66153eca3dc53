"""What a detector (探测器) is: a name, a version, what it needs, typed parameters, and a function over tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from zhoudao.engines.detection.findings import Batch

Value = int | float | str | bool
Tables = Mapping[str, pa.Table]
Params = Mapping[str, Value]


class Cancelled(Exception):
    """Whoever asked for the run no longer wants it."""


class BadParams(ValueError):
    """A parameter that can't be used: its name, what it was, what was expected."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        self.name, self.value, self.expected = name, value, expected
        super().__init__(f"{name} is {value!r}; expected {expected}")


class MissingTables(ValueError):
    """The detector can't run at all on these tables. ``missing``: each as ``table`` or ``table.column``."""

    def __init__(self, detector: str, missing: list[str]) -> None:
        self.detector, self.missing = detector, missing
        super().__init__(f"{detector} needs {', '.join(missing)}, which the data do not have")


@dataclass(frozen=True)
class Text:
    """A text in both languages. In a reason's, ``{name}`` stands for a value (``zhoudao.engines.detection.words``)."""

    zh: str
    en: str


@dataclass(frozen=True)
class Param:
    """One parameter of a detector. Its type is its default's."""

    name: str
    default: Value
    unit: str
    """seconds, minutes, fen, share, accounts ...; empty for a pure number or a word."""
    title: Text
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    source: str = ""
    """Where the default comes from: a law, a standard, a paper, or "a starting point, to be calibrated"."""

    def read(self, value: object) -> Value:
        """``value``, also as text from a form or a command, in the parameter's type and range. Raises BadParams."""
        read = self._typed(value)
        if self.choices and read not in self.choices:
            raise BadParams(self.name, value, f"one of {', '.join(self.choices)}")
        if isinstance(read, int | float) and not isinstance(read, bool):
            if self.low is not None and read < self.low:
                raise BadParams(self.name, value, f"at least {self.low:g} {self.unit}".strip())
            if self.high is not None and read > self.high:
                raise BadParams(self.name, value, f"at most {self.high:g} {self.unit}".strip())
        return read

    def _typed(self, value: object) -> Value:
        kind = type(self.default)
        if kind is bool:
            read = {"true": True, "false": False}.get(str(value).lower())
            if read is None:
                raise BadParams(self.name, value, "true or false")
            return read
        if kind is str:
            return str(value)
        try:
            number = float(str(value))
        except ValueError:
            raise BadParams(self.name, value, "a number") from None
        if number != number or number in (float("inf"), float("-inf")):
            raise BadParams(self.name, value, "a number")
        if kind is float:
            return number
        if number != int(number):
            raise BadParams(self.name, value, "a whole number")
        return int(number)


@dataclass
class Context:
    """What a run is given besides its data: whom to tell, when to stop, how much memory it may take."""

    progress: Callable[[float, str], None] = lambda share, what: None
    """Told the share done, in [0, 1], and what is being done."""
    cancelled: Callable[[], bool] = lambda: False
    memory_mib: int = 2048
    threads: int = 1
    not_checked: list[str] = field(default_factory=list)
    """What a detector finds it can't test, or had to cut short: it appends a sentence; the run's record keeps it."""

    def report(self, share: float, what: str) -> None:
        """Tell how far it is; raises Cancelled when nobody waits for it any more."""
        if self.cancelled():
            raise Cancelled
        self.progress(share, what)


@dataclass(frozen=True)
class Detector:
    """A search over the desk's tables. Pure: tables in, findings out."""

    name: str
    """``engine.what``, unique in the house: ``flows.pass_through``."""
    version: str
    """Goes up whenever the same tables and parameters may give other findings."""
    title: Text
    meaning: Text
    """What it finds and why that is a reason to look, in a sentence or two; with what it does not show."""
    needs: Mapping[str, tuple[str, ...]]
    """Tables and columns without which it can't run."""
    run: Callable[[Tables, Params, Context], Iterator[Batch]]
    params: tuple[Param, ...] = ()
    wants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Tables and columns it does without, saying what it could not check."""
    reasons: Mapping[str, Text] = field(default_factory=dict)
    """The text of each reason code its findings may carry."""

    def read(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Every parameter, given or default, checked. Raises BadParams, also for a name the detector doesn't have."""
        known = {param.name: param for param in self.params}
        for name, value in given.items():
            if name not in known:
                raise BadParams(name, value, f"one of {', '.join(known) or 'no parameter at all'}")
        return {
            name: param.read(given[name]) if name in given else param.default for name, param in known.items()
        }
