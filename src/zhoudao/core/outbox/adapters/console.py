"""To standard error, with the recipient masked: what is printed ends up in logs."""

from __future__ import annotations

import sys

from zhoudao.core.outbox.adapters import Outgoing, masked


def deliver(outgoing: Outgoing) -> None:
    to = masked(outgoing.recipient)
    sys.stderr.write(f"[{outgoing.channel} to {to}] {outgoing.subject}\n{outgoing.text}\n")
