"""Verbs: each is one permission check, one transaction and one audit row."""

from zhoudao.counter.windows.actions.arranging import Arrangement, arrange, import_windows, withdraw
from zhoudao.counter.windows.actions.calling import (
    begin,
    call_next,
    close,
    give_back_turn,
    hold,
    no_show,
    recall,
    rejoin,
    transfer,
)
from zhoudao.counter.windows.actions.closing import end_day
from zhoudao.counter.windows.actions.learning import learn
from zhoudao.counter.windows.actions.recording import import_sittings, import_visits
from zhoudao.counter.windows.actions.sitting import pause, sit, stand_up
from zhoudao.counter.windows.actions.taking import leave, take

__all__ = [
    "Arrangement",
    "arrange",
    "begin",
    "call_next",
    "close",
    "end_day",
    "give_back_turn",
    "hold",
    "import_sittings",
    "import_visits",
    "import_windows",
    "learn",
    "leave",
    "no_show",
    "pause",
    "recall",
    "rejoin",
    "sit",
    "stand_up",
    "take",
    "transfer",
    "withdraw",
]
