"""Every detector of the money graph."""

from __future__ import annotations

from zhoudao.engines.detection import Detector
from zhoudao.engines.flows.patterns import rings

DETECTORS: tuple[Detector, ...] = rings.DETECTORS
