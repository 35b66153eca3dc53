"""Running a detector, and the record that says what was run on what, and what could not be tested."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from zhoudao.engines.detection.detector import Context, Detector, MissingTables, Tables, Value
from zhoudao.engines.detection.findings import Batch
from zhoudao.engines.detection.gaps import Gap
from zhoudao.engines.shapes import FINDING_ROWS, FINDINGS, missing_columns


@dataclass
class RunRecord:
    """What a reader needs to repeat a run."""

    run_id: str
    """Of detector, version, parameters and inputs: the same run has the same id."""
    detector: str
    version: str
    params: dict[str, Value]
    input_hashes: dict[str, str]
    """SHA-256 of each input, by table, as whoever holds the files knows them."""
    model_hash: str = ""
    not_checked: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        return dict(self.__dict__)


@dataclass
class Running:
    """A run on its way: take its batches one by one. ``record.not_checked`` is complete after the last."""

    record: RunRecord
    batches: Iterator[Batch]


@dataclass(frozen=True)
class Done:
    record: RunRecord
    findings: pa.Table
    rows: pa.Table


def start(
    detector: Detector,
    tables: Tables,
    params: Mapping[str, object],
    context: Context,
    *,
    input_hashes: Mapping[str, str] | None = None,
    model_hash: str = "",
) -> Running:
    """Check parameters and tables and begin. Raises BadParams, MissingTables."""
    read = detector.read(params)
    missing = missing_columns(tables, detector.needs)
    if missing:
        raise MissingTables(detector.name, missing)
    hashes = dict(input_hashes or {})
    record = RunRecord(
        _run_id(detector, read, hashes, model_hash),
        detector.name,
        detector.version,
        read,
        hashes,
        model_hash,
        [Gap("without", what=lacking) for lacking in missing_columns(tables, detector.wants)],
    )
    return Running(record, _batches(detector, tables, read, context, record))


def run(
    detector: Detector,
    tables: Tables,
    params: Mapping[str, object],
    context: Context,
    *,
    input_hashes: Mapping[str, str] | None = None,
) -> Done:
    """All of it at once, for what fits in memory. Raises as ``start``, and Cancelled."""
    running = start(detector, tables, params, context, input_hashes=input_hashes)
    batches = list(running.batches)
    return Done(
        running.record,
        pa.concat_tables([FINDINGS.empty_table(), *(batch.findings for batch in batches)]),
        pa.concat_tables([FINDING_ROWS.empty_table(), *(batch.rows for batch in batches)]),
    )


def _batches(
    detector: Detector, tables: Tables, params: dict[str, Value], context: Context, record: RunRecord
) -> Iterator[Batch]:
    for batch in detector.run(tables, params, context):
        at = FINDINGS.get_field_index("run_id")
        ids = pa.repeat(pa.scalar(record.run_id, pa.string()), len(batch.findings))
        yield Batch(batch.findings.set_column(at, FINDINGS.field(at), ids), batch.rows)
    record.not_checked += [each for each in context.not_checked if each not in record.not_checked]


def _run_id(detector: Detector, params: dict[str, Value], hashes: dict[str, str], model_hash: str) -> str:
    told = json.dumps(
        [detector.name, detector.version, params, hashes, model_hash], sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(told.encode()).hexdigest()[:24]
