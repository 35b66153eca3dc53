"""Where money went, or came from, under a stated rule (资金追踪)."""

from zhoudao.engines.flows.tracing.layers import Layers, Link, Node, layers
from zhoudao.engines.flows.tracing.returns import Share, return_shares
from zhoudao.engines.flows.tracing.rules import RULES, Rule
from zhoudao.engines.flows.tracing.tracing import Start, StartNotFound, Trace, trace, traced_table

__all__ = [
    "RULES",
    "Layers",
    "Link",
    "Node",
    "Rule",
    "Share",
    "Start",
    "StartNotFound",
    "Trace",
    "layers",
    "return_shares",
    "trace",
    "traced_table",
]
