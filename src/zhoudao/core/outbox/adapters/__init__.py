"""How a notice leaves: one small module an adapter, all behind ``deliver(outgoing)``.

``ZHOUDAO_NOTICES`` names those in use. A channel's own adapter comes first (email for e-mail, sms for
text messages); a channel without one goes to ``file`` or ``console`` if that is named. Letters are always
kept in the platform.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outgoing:
    """A notice ready to leave."""

    key: str
    """The same for every try; receivers that know keys drop the second."""
    channel: str
    recipient: str
    """A telephone number, an e-mail address, or an account."""
    subject: str
    text: str
    language: str


class NotDelivered(Exception):
    """It didn't leave. ``for_good``: trying again can't help."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


Deliver = Callable[[Outgoing], None]


def choose(channel: str, named: Iterable[str]) -> Deliver:
    """The adapter for a channel among those named in the settings. Raises NotDelivered (for good) when
    none fits.
    """
    from zhoudao.core.outbox.adapters import console, email, file, letterbox, sms

    own: dict[str, Deliver] = {"sms": sms.deliver, "email": email.deliver, "letterbox": letterbox.deliver}
    catch_all: dict[str, Deliver] = {"file": file.deliver, "console": console.deliver}
    names = list(named)
    if channel == "letterbox" or channel in names:
        return own[channel]
    for name, deliver in catch_all.items():
        if name in names:
            return deliver
    raise NotDelivered(
        f"no adapter for {channel}: name {channel}, file or console in ZHOUDAO_NOTICES", for_good=True
    )


def masked(recipient: str) -> str:
    """Enough of a number or an address to recognise it: first three and last two characters."""
    return (
        recipient if len(recipient) <= 5 else f"{recipient[:3]}{'*' * (len(recipient) - 5)}{recipient[-2:]}"
    )
