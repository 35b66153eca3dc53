"""What is known of a declaration before it is opened: how often its like were false, and how far it is from its like.

Everything about the past is counted over the history alone. A declaration of the history does not count itself: it is
left out with the fifth of the history it belongs to, or the model would trust a figure that knows the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

_TEXT = pa.string()
IMPORTS = pa.schema([
    pa.field("declaration_id", _TEXT, nullable=False),
    pa.field("declared_on", pa.date32(), nullable=False),
    pa.field("hs6", _TEXT, nullable=False),
    pa.field("origin", _TEXT),
    pa.field("departure", _TEXT),
    pa.field("importer", _TEXT),
    pa.field("seller", _TEXT),
    pa.field("declarant", _TEXT),
    pa.field("courier", _TEXT),
    pa.field("office", _TEXT),
    pa.field("process", _TEXT),
    pa.field("import_type", _TEXT),
    pa.field("import_use", _TEXT),
    pa.field("payment", _TEXT),
    pa.field("transport", _TEXT),
    pa.field("tax_type", _TEXT),
    pa.field("origin_mark", _TEXT),
    pa.field("tax_rate", pa.float64()),
    pa.field("mass_kg", pa.float64()),
    pa.field("price", pa.float64()),
])  # fmt: skip
"""Import declarations. ``price`` in any one currency; a history has the boolean ``fraud`` beside."""

LIKE: dict[str, tuple[str, ...]] = {
    "goods_from": ("hs6", "origin"),
    "goods": ("hs6",),
    "heading": ("hs4",),
    "chapter_from": ("hs2", "origin"),
    "chapter_taxed": ("hs2", "tax_type"),
    "taxed": ("tax_type", "tax_rate"),
    "from": ("origin",),
    "by_way_of": ("departure", "courier"),
    "importer": ("importer",),
    "importer_chapter": ("importer", "hs2"),
    "seller": ("seller",),
    "seller_chapter": ("seller", "hs2"),
    "both": ("importer", "seller"),
    "declarant": ("declarant",),
    "declarant_chapter": ("declarant", "hs2"),
    "office": ("office", "import_type"),
    "kind": ("import_type", "import_use", "payment"),
    "kind_heading": ("import_type", "hs4"),
}
"""In what two declarations are alike."""
PEERS = ("hs6", "hs4", "hs2")
MEASURES = ("log_price", "log_mass", "log_unit")
PRIOR, FOLDS = 10.0, 5
"""How many declarations the common rate counts for among those alike, so that one found false is no certainty."""


@dataclass(frozen=True)
class Past:
    """Of a history: ``counts`` by likeness (declarations, found false); ``middles`` of peers; ``rate`` of all."""

    rate: float
    counts: dict[str, pl.DataFrame] = field(repr=False)
    middles: dict[str, pl.DataFrame] = field(repr=False)


def prepared(table: pa.Table) -> pl.DataFrame:
    """With the coarser goods codes and the logarithms."""
    frame = pl.DataFrame(table)
    return frame.with_columns(
        hs4=pl.col("hs6").str.slice(0, 4), hs2=pl.col("hs6").str.slice(0, 2),
        log_price=pl.col("price").fill_null(0).log1p(), log_mass=pl.col("mass_kg").fill_null(0).log1p(),
    ).with_columns(log_unit=pl.col("log_price") - pl.col("log_mass"))  # fmt: skip


def remember(frame: pl.DataFrame) -> Past:
    counts = {
        name: frame.group_by(key).agg(seen=pl.len(), false=pl.col("fraud").sum().cast(pl.Int64))
        for name, key in LIKE.items()
    }
    middles = {by: frame.group_by(by).agg(pl.col(each).median() for each in MEASURES) for by in PEERS}
    return Past(float(frame["fraud"].cast(pl.Float64).sum()) / max(1, frame.height), counts, middles)


def features(frame: pl.DataFrame, past: Past, *, itself: bool) -> pl.DataFrame:
    """One column a figure. ``itself``: the frame is the history, and no declaration may count itself."""
    folds = np.arange(len(frame)) % FOLDS
    made = [pl.Series("tax_rate", frame["tax_rate"]), *(frame[name] for name in MEASURES)]
    made.append((frame["origin"] != frame["departure"]).cast(pl.Int8).alias("moved"))
    for name, key in LIKE.items():
        seen, false = _counted(frame, past.counts[name], list(key))
        if itself:
            own_seen, own_false = _own(frame.with_columns(_fold=folds), list(key))
            seen, false = seen - own_seen, false - own_false
        made.append(pl.Series(f"rate:{name}", (false + PRIOR * past.rate) / (seen + PRIOR)))
        made.append(pl.Series(f"seen:{name}", np.log1p(seen)))
    for by in PEERS:
        joined = frame.join(past.middles[by], on=by, how="left", suffix="_middle", maintain_order="left")
        made += [
            (joined[name] - joined[f"{name}_middle"]).fill_null(0.0).alias(f"off:{name}:{by}")
            for name in MEASURES
        ]
    return pl.DataFrame(made)


def _counted(frame: pl.DataFrame, counts: pl.DataFrame, key: list[str]) -> tuple[np.ndarray, np.ndarray]:
    joined = frame.select(key).join(counts, on=key, how="left", nulls_equal=True, maintain_order="left")
    return tuple(joined[name].fill_null(0).to_numpy().astype(float) for name in ("seen", "false"))  # type: ignore[return-value]


def _own(frame: pl.DataFrame, key: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Of each declaration those alike in its own fold, itself among them."""
    over = frame.select(
        seen=pl.len().over([*key, "_fold"]), false=pl.col("fraud").sum().over([*key, "_fold"])
    )
    return over["seen"].to_numpy().astype(float), over["false"].to_numpy().astype(float)
