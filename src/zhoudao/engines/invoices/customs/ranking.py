"""The learned ranking: gradient-boosted trees over the figures of ``features``, each risk split among its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from zhoudao.engines.invoices.customs.features import LIKE, Past, features, prepared, remember

if TYPE_CHECKING:
    import lightgbm

ROUNDS = 250
SETTINGS = {
    "objective": "binary", "learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 40, "bagging_fraction": 0.7,
    "bagging_freq": 1, "feature_fraction": 0.4, "lambda_l2": 5.0, "verbose": -1, "deterministic": True,
    "force_row_wise": True, "seed": 0,
}  # fmt: skip
REASONS = 3
"""Reasons told of one declaration."""


@dataclass(frozen=True)
class Model:
    past: Past
    trees: lightgbm.Booster
    names: tuple[str, ...]


@dataclass(frozen=True)
class Why:
    """``code``: a key of LIKE, or price, mass, unit, tax_rate, moved. ``weight``: log-odds it adds. For what is alike:
    how many were seen before, and the share found false; for measures: how many times the peers' median."""

    code: str
    weight: float
    seen: int = 0
    share: float = 0.0
    times: float = 0.0


@dataclass(frozen=True)
class Ranked:
    declaration_id: str
    risk: float
    reasons: tuple[Why, ...]
    row: int
    """In the table that was ranked."""


def learn(history: pa.Table, *, threads: int = 1) -> Model:
    """From declarations with a known outcome (``fraud``). Raises ValueError when all have the same, OSError where the
    system's libgomp is missing, which the trees need."""
    frame = prepared(history)
    if frame["fraud"].n_unique() < 2:
        raise ValueError(
            "the history has one outcome only; expected some declarations found false and some not"
        )
    past = remember(frame)
    figures = features(frame, past, itself=True)
    lightgbm = _trees()
    data = lightgbm.Dataset(figures.to_numpy(), frame["fraud"].cast(pl.Int8).to_numpy())
    return Model(
        past, lightgbm.train(SETTINGS | {"num_threads": threads}, data, ROUNDS), tuple(figures.columns)
    )


def _trees() -> ModuleType:
    """The library that grows the trees: brought when it is needed, since it takes its time and a system library."""
    try:
        import lightgbm
    except OSError as error:
        raise OSError(
            f"the ranking of declarations needs a library of the system's: {error} (on Debian: apt install libgomp1)"
        ) from error
    return lightgbm


def risks(model: Model, table: pa.Table) -> np.ndarray:
    """float64[rows] in [0, 1], in the order of the table."""
    return np.asarray(model.trees.predict(features(prepared(table), model.past, itself=False).to_numpy()))


def rank(model: Model, table: pa.Table, *, most: int | None = None) -> list[Ranked]:
    """The riskiest first, at most ``most``. A reason's weight is the sum of its figures' Shapley values."""
    figures = features(prepared(table), model.past, itself=False)
    matrix = figures.to_numpy()
    risk = np.asarray(model.trees.predict(matrix))
    order = np.argsort(-risk, kind="stable")[:most]
    shares = np.asarray(model.trees.predict(matrix[order], pred_contrib=True))[:, :-1]
    groups = [_group(name) for name in model.names]
    ids = table["declaration_id"]
    return [
        Ranked(
            ids[int(row)].as_py(), float(risk[row]), _why(groups, share, matrix[row], model.names), int(row)
        )
        for row, share in zip(order, shares, strict=True)
    ]


def _group(name: str) -> str:
    head, _, rest = name.partition(":")
    if head in ("rate", "seen"):
        return rest
    return (rest.partition(":")[0] if head == "off" else name).removeprefix("log_")


def _why(
    groups: list[str], share: np.ndarray, figures: np.ndarray, names: tuple[str, ...]
) -> tuple[Why, ...]:
    weight: dict[str, float] = {}
    for group, part in zip(groups, share.tolist(), strict=True):
        weight[group] = weight.get(group, 0.0) + part
    strongest = sorted((code for code in weight if weight[code] > 0), key=lambda code: (-weight[code], code))[
        :REASONS
    ]
    value = dict(zip(names, figures.tolist(), strict=True))
    told = []
    for code in strongest:
        if code in LIKE:
            seen = round(np.expm1(value[f"seen:{code}"]))
            told.append(Why(code, weight[code], seen=seen, share=value[f"rate:{code}"]))
        elif f"off:log_{code}:hs6" in value:
            told.append(Why(code, weight[code], times=float(np.exp(value[f"off:log_{code}:hs6"]))))
        else:
            told.append(Why(code, weight[code], times=value[code]))
    return tuple(told)
