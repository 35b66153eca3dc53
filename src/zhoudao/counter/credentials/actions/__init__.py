"""Issuing and endorsing, changing how a certificate stands, and the keys and lists behind it."""

from zhoudao.counter.applications.ports import Certificates
from zhoudao.counter.credentials.actions.issuing import BadGrant, endorse, endorse_held, issue, keep_in_wallet
from zhoudao.counter.credentials.actions.signing import publish_list, rotate_key, withdraw_key
from zhoudao.counter.credentials.actions.standing import (
    NotNow,
    reinstate,
    remind_of_endorsements,
    revoke,
    suspend,
    suspend_late,
)


class _Room:
    """This room, as the room below asks for it (``applications.ports.Certificates``)."""

    issue = staticmethod(issue)
    endorse = staticmethod(endorse)
    endorse_held = staticmethod(endorse_held)
    suspend = staticmethod(suspend)
    reinstate = staticmethod(reinstate)
    revoke = staticmethod(revoke)


ROOM: Certificates = _Room()

__all__ = [
    "ROOM",
    "BadGrant",
    "NotNow",
    "endorse",
    "endorse_held",
    "issue",
    "keep_in_wallet",
    "publish_list",
    "reinstate",
    "remind_of_endorsements",
    "revoke",
    "rotate_key",
    "suspend",
    "suspend_late",
    "withdraw_key",
]
