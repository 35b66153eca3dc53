"""Queues: how long one waits, learned from past days. Pure: numbers in, numbers out, no clock and no database.

``learn`` makes a ``Profile`` of past visits: how long serving takes by service and hour, and how long one waited by
kind of day and half hour. ``calls`` plays a line forward from how it stands now. ``Profile.corrected`` puts right what
playing forward gets wrong on average, and says how far off it was on days it had not seen. ``play`` plays a whole day
again with other desks; ``erlang_c`` and its kin are what it is held to.
"""

from zhoudao.engines.queues.learning import Foretold, Visit, correct, learn
from zhoudao.engines.queues.playing import At, calls
from zhoudao.engines.queues.profile import SLOT_SECONDS, SLOTS, Guess, Profile
from zhoudao.engines.queues.scoring import Score, score
from zhoudao.engines.queues.staffing import Called, Comer, Staffed, play
from zhoudao.engines.queues.theory import erlang_c, mean_wait, mean_waits_by_rank, wait_quantile

__all__ = [
    "SLOTS",
    "SLOT_SECONDS",
    "At",
    "Called",
    "Comer",
    "Foretold",
    "Guess",
    "Profile",
    "Score",
    "Staffed",
    "Visit",
    "calls",
    "correct",
    "erlang_c",
    "learn",
    "mean_wait",
    "mean_waits_by_rank",
    "play",
    "score",
    "wait_quantile",
]
