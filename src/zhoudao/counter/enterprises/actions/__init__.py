"""Verbs: each is one permission check, one transaction and one audit row."""

from zhoudao.counter.enterprises.actions.bundling import (
    begin,
    hand_in,
    hand_in_all,
    leave_out,
    save_answers,
    stand_in,
)
from zhoudao.counter.enterprises.actions.serving import answer, appoint, forget, name_officer, withdraw, write

__all__ = [
    "answer",
    "appoint",
    "begin",
    "forget",
    "hand_in",
    "hand_in_all",
    "leave_out",
    "name_officer",
    "save_answers",
    "stand_in",
    "withdraw",
    "write",
]
