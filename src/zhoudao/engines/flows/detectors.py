"""Every detector of the money graph."""

from __future__ import annotations

from zhoudao.engines.detection import Detector
from zhoudao.engines.flows.patterns import mirror, pyramid, rings
from zhoudao.engines.flows.patterns.described import described

DETECTORS: tuple[Detector, ...] = (*rings.DETECTORS, *described(), *mirror.DETECTORS, *pyramid.DETECTORS)
