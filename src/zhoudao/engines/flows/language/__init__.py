"""Patterns described in YAML or JSON, compiled to the graph's kernels: docs/flows.md explains every key."""

from zhoudao.engines.flows.language.description import BadPattern, Pattern, read
from zhoudao.engines.flows.language.detecting import detector_of

__all__ = ["BadPattern", "Pattern", "detector_of", "read"]
