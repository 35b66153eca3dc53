"""Detectors: what every engine's searches have in common. Nothing else needs to know which engine one came from.

from zhoudao.engines.detection import Context, detectors, run

done = run(detectors()["flows.pass_through"], {"ledger": ledger}, {"minutes": 60}, Context())
done.findings, done.rows, done.record.not_checked
"""

from zhoudao.engines.detection.detector import (
    BadParams,
    Cancelled,
    Context,
    Detector,
    MissingTables,
    Param,
    Text,
)
from zhoudao.engines.detection.findings import Batch, Found, Reason, Row, Subject, batch_of
from zhoudao.engines.detection.gaps import Gap, gap_data, say_gap
from zhoudao.engines.detection.registry import detectors
from zhoudao.engines.detection.running import Running, RunRecord, run, start
from zhoudao.engines.detection.words import say

__all__ = [
    "BadParams",
    "Batch",
    "Cancelled",
    "Context",
    "Detector",
    "Found",
    "Gap",
    "MissingTables",
    "Param",
    "Reason",
    "Row",
    "RunRecord",
    "Running",
    "Subject",
    "Text",
    "batch_of",
    "detectors",
    "gap_data",
    "run",
    "say",
    "say_gap",
    "start",
]
