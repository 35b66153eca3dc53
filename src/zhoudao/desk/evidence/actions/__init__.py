"""What is done with a case's evidence."""

from zhoudao.desk.evidence.actions.cleaning import cancel_cleaning, confirm_layout, start_cleaning
from zhoudao.desk.evidence.actions.forgetting import forget
from zhoudao.desk.evidence.actions.receiving import (
    Received,
    answers_request,
    receive,
    set_aside,
    take_back,
)

__all__ = [
    "Received",
    "answers_request",
    "cancel_cleaning",
    "confirm_layout",
    "forget",
    "receive",
    "set_aside",
    "start_cleaning",
    "take_back",
]
