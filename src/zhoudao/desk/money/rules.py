"""Who may follow a case's money, and how much of it a page shows at once. Pure."""

from __future__ import annotations

from enum import StrEnum

from zhoudao.core.access import Permission, Role
from zhoudao.desk.cases.rules import DESK_ROLES

LOOK = Permission("money.look", "look at a case's money as a graph, a trace or a ring", DESK_ROLES)
SAVE = Permission("money.save", "save a view of the money into the case", DESK_ROLES)
EXPORT = Permission("money.export", "take a picture of the money out of a case", {Role.ANALYST})

MOST_OPENED = 40
"""Accounts whose neighbours are shown."""
NEIGHBOURS = 12
"""Neighbours of an account that are shown at first, the largest sums."""
MOST_NEIGHBOURS = 100
MOST_SHOWN = 600
"""Accounts in a graph: more than that nobody can read."""
MOST_STARTS = 20
"""Accounts and transfers that one trace starts from."""
LONGEST_TRACE, USUAL_TRACE = 3_660, 365
"""Days."""
ROWS_SHOWN = 200
"""Of an edge."""
TRACED_SHOWN = 50
"""A page of a trace's transfers."""
MOST_TRACED = 200_000
"""Transfers a trace on a page names before it is cut, and says so; `zhoudao flows trace` has no such limit."""
MOST_CANDIDATES = 200
"""Transfers among which one ticks what victims paid."""
MOST_LOSSES = 100
"""Transfers of victims that one calculation takes: each victim's are traced by three rules."""
LONGEST_TITLE = 80


class ViewKind(StrEnum):
    """What a saved view shows."""

    GRAPH = "graph"
    TRACE = "trace"
    RING = "ring"
    RETURN = "return"


class Format(StrEnum):
    """Of a picture that is taken out."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"
