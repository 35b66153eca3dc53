"""``act`` for every room, and what is done with the trail itself."""

from zhoudao.core.audit.actions.acting import act, record_refusal
from zhoudao.core.audit.actions.upkeep import (
    BrokenChain,
    begin_table,
    erase_person,
    export,
    sign_head,
    verify,
)
from zhoudao.core.audit.trail import Entry

__all__ = [
    "BrokenChain",
    "Entry",
    "act",
    "begin_table",
    "erase_person",
    "export",
    "record_refusal",
    "sign_head",
    "verify",
]
