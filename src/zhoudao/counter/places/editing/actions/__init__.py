"""What officers and people do to the directory."""

from zhoudao.counter.places.editing.actions.changing import (
    approve,
    close_urgently,
    propose,
    propose_again,
    refuse,
    withdraw,
)
from zhoudao.counter.places.editing.actions.confirming import confirm, confirm_guides, phone_failed
from zhoudao.counter.places.editing.actions.reporting import answer, close, open_contact, report_mistake

__all__ = [
    "answer",
    "approve",
    "close",
    "close_urgently",
    "confirm",
    "confirm_guides",
    "open_contact",
    "phone_failed",
    "propose",
    "propose_again",
    "refuse",
    "report_mistake",
    "withdraw",
]
