"""Every detector of the house, by name. An engine lists its own in ``DETECTORS`` of a module named here."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from zhoudao.engines.detection.detector import Detector

SOURCES: tuple[str, ...] = (
    "zhoudao.engines.ledgers",
    "zhoudao.engines.invoices.screens",
    "zhoudao.engines.invoices.cases",
    "zhoudao.engines.invoices.customs",
    "zhoudao.engines.flows.detectors",
)
"""Modules with a ``DETECTORS``. Named, not searched for: reading this file is enough to know them all."""


@cache
def detectors() -> dict[str, Detector]:
    """By name, in the order of the engines. Raises ValueError when two have one name."""
    found: dict[str, Detector] = {}
    for source in SOURCES:
        for detector in import_module(source).DETECTORS:
            if detector.name in found:
                raise ValueError(f"two detectors are called {detector.name}")
            found[detector.name] = detector
    return found
