"""What is done to a case."""

from zhoudao.desk.cases.actions.destroying import confirm_destruction, propose_destruction
from zhoudao.desk.cases.actions.life import add_document, close, extend, file_case, hold, open_case, release
from zhoudao.desk.cases.actions.members import add_member, change_duty, enter, leave, remove_member
from zhoudao.desk.cases.actions.papers import Paper
from zhoudao.desk.cases.actions.requests import register_answer, register_request, register_sending
from zhoudao.desk.cases.actions.upkeep import wipe_unused

__all__ = [
    "Paper",
    "add_document",
    "add_member",
    "change_duty",
    "close",
    "confirm_destruction",
    "enter",
    "extend",
    "file_case",
    "hold",
    "leave",
    "open_case",
    "propose_destruction",
    "register_answer",
    "register_request",
    "register_sending",
    "release",
    "remove_member",
    "wipe_unused",
]
