"""Numbers for Prometheus: requests counted by each web process, and the vital signs read when they are asked for.

Web processes count into files of ``PROMETHEUS_MULTIPROC_DIR`` (`zhoudao run` sets it), so that one of them can answer
for all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from zhoudao.core.signs import Level
from zhoudao.operations.watch import reading

LEVELS = {Level.WELL: 0, Level.WATCH: 1, Level.BAD: 2}
_own = CollectorRegistry()
REQUESTS = Counter(
    "zhoudao_requests", "Requests answered.", ["route", "method", "status"], registry=_own
)
SECONDS = Histogram(
    "zhoudao_request_seconds",
    "How long answering took.",
    ["route"],
    registry=_own,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def as_text() -> bytes:
    """Everything in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(_Ours())
    registry.register(_Signs())
    return generate_latest(registry)


class _Ours(Collector):
    """What this process counted itself."""

    def collect(self) -> Iterator[Metric]:
        yield from _own.collect()


class _Signs(Collector):
    """The vital signs: each one's level, and its gauges."""

    def collect(self) -> Iterator[Metric]:
        levels = GaugeMetricFamily("zhoudao_sign_level", "0 well, 1 watch, 2 bad.", labels=["sign"])
        read = reading.read_all()
        for each in read:
            levels.add_metric([each.sign.name], LEVELS[each.reading.level])
        yield levels
        for each in read:
            for name, value in each.reading.numbers.items():
                yield GaugeMetricFamily(name, f"See the sign {each.sign.name} in docs/operating.md.", value=value)
