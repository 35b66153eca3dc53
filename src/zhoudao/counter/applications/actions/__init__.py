"""What is done with applications, whoever does it."""

from zhoudao.counter.applications.actions.answering import answer, answer_mark, ask_again, rate, withdraw
from zhoudao.counter.applications.actions.deciding import (
    accept,
    approve,
    ask,
    issue,
    propose,
    reconsidered,
    refuse,
    send_back,
)
from zhoudao.counter.applications.actions.drafting import begin, drop, hand_in, save_answers, stand_in
from zhoudao.counter.applications.actions.importing import Refused, Report, import_applications
from zhoudao.counter.applications.actions.submitting import Handed, Receipt, Request, submit, submit_draft

__all__ = [
    "Handed",
    "Receipt",
    "Refused",
    "Report",
    "Request",
    "accept",
    "answer",
    "answer_mark",
    "approve",
    "ask",
    "ask_again",
    "begin",
    "drop",
    "hand_in",
    "import_applications",
    "issue",
    "propose",
    "rate",
    "reconsidered",
    "refuse",
    "save_answers",
    "send_back",
    "stand_in",
    "submit",
    "submit_draft",
    "withdraw",
]
