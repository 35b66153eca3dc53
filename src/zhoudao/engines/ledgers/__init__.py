"""Searches over one ledger that need no graph: how an account behaves in time and in amounts (流水特征).

Each is a reason to look, and says what it does not show. ``DETECTORS`` are registered like every engine's.
"""

from zhoudao.engines.ledgers.bursts import DORMANT_THEN_BUSY, NEW_COUNTERPARTIES
from zhoudao.engines.ledgers.habits import NIGHT_SHARE, ROUND_AMOUNTS
from zhoudao.engines.ledgers.passing import IN_AND_OUT
from zhoudao.engines.ledgers.splitting import SPLIT_BELOW_LINE

DETECTORS = (
    IN_AND_OUT,
    NIGHT_SHARE,
    ROUND_AMOUNTS,
    SPLIT_BELOW_LINE,
    DORMANT_THEN_BUSY,
    NEW_COUNTERPARTIES,
)
"""In the order they are shown."""
