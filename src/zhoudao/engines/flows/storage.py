"""A money graph in a folder: one .npy file an array, names as Arrow files; opened by memory-mapping, so at once."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import pyarrow as pa

from zhoudao.engines.flows.graph import Left, MoneyGraph

FORMAT = 1
"""Raised whenever an array changes its meaning."""
ABOUT = "graph.json"
_ARRAYS = [each.name for each in fields(MoneyGraph) if each.type == "Ints"]


class BadGraph(ValueError):
    """A folder that holds no graph this version reads."""


def save(graph: MoneyGraph, folder: Path) -> None:
    """Write the graph beside ``folder`` and put it there as a whole. Raises FileExistsError if something is there."""
    if folder.exists():
        raise FileExistsError(f"{folder} is there already")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name in _ARRAYS:
            np.save(draft / f"{name}.npy", getattr(graph, name))
        _write(draft / "accounts.arrow", graph.accounts)
        _write(draft / "transfer_ids.arrow", graph.transfer_ids)
        about = {
            "format": FORMAT,
            "currency": graph.currency,
            "unknown": graph.unknown,
            "left": asdict(graph.left),
        }
        (draft / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        os.rename(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load(folder: Path) -> MoneyGraph:
    """Open a saved graph without reading it. Raises BadGraph."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise BadGraph(f"{folder}: expected a saved money graph ({problem})") from None
    if about.get("format") != FORMAT:
        raise BadGraph(f"{folder}: format {about.get('format')}, expected {FORMAT}; build it again")
    arrays = {name: _mapped(folder / f"{name}.npy") for name in _ARRAYS}
    names, ids = _read(folder / "accounts.arrow"), _read(folder / "transfer_ids.arrow")
    return MoneyGraph(
        **arrays,
        accounts=None if names is None else names.combine_chunks(),
        transfer_ids=ids,
        currency=about["currency"],
        unknown=about["unknown"],
        left=Left(**about["left"]),
    )


def _mapped(path: Path) -> np.ndarray:
    try:
        # Copy on write: kernels are compiled once for arrays that may be written, and the file stays as it is.
        return np.load(path, mmap_mode="c").view(np.ndarray)
    except ValueError:
        return np.load(path)  # nothing can be mapped of an empty array


def _write(path: Path, values: pa.Array | pa.ChunkedArray | None) -> None:
    if values is None:
        return
    table = pa.table({"value": values})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _read(path: Path) -> pa.ChunkedArray | None:
    if not path.exists():
        return None
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()["value"]
