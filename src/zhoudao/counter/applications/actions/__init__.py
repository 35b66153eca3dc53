"""What is done with applications, whoever does it."""

from zhoudao.counter.applications.actions.answering import answer, answer_mark, ask_again, rate, withdraw
from zhoudao.counter.applications.actions.assigning import assign, give_duties, hand_over_all, take_next
from zhoudao.counter.applications.actions.correcting import correct
from zhoudao.counter.applications.actions.deciding import (
    accept,
    approve,
    ask,
    at_once,
    issue,
    propose,
    reconsidered,
    refuse,
    send_back,
)
from zhoudao.counter.applications.actions.drafting import begin, drop, hand_in, save_answers, stand_in
from zhoudao.counter.applications.actions.exporting import ask_export, decide_export, take_export
from zhoudao.counter.applications.actions.importing import Refused, Report, import_applications
from zhoudao.counter.applications.actions.submitting import (
    Handed,
    Receipt,
    Request,
    receipt_of,
    submit,
    submit_draft,
)

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
    "ask_export",
    "assign",
    "at_once",
    "begin",
    "correct",
    "decide_export",
    "drop",
    "give_duties",
    "hand_in",
    "hand_over_all",
    "import_applications",
    "issue",
    "propose",
    "rate",
    "receipt_of",
    "reconsidered",
    "refuse",
    "save_answers",
    "send_back",
    "stand_in",
    "submit",
    "submit_draft",
    "take_export",
    "take_next",
    "withdraw",
]
