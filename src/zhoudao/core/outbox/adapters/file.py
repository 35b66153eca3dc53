"""One text file a notice, in ``<VAR>/notices``: for trying things out, and for tests that read what was
sent.
"""

from __future__ import annotations

import os
import re

from django.conf import settings

from zhoudao.core.outbox.adapters import NotDelivered, Outgoing


def deliver(outgoing: Outgoing) -> None:
    """The file is named after the key, so a second delivery replaces the first."""
    folder = settings.VAR / "notices"
    path = folder / (re.sub(r"[^\w.-]", "_", outgoing.key) + ".txt")
    content = (
        f"Channel: {outgoing.channel}\nTo: {outgoing.recipient}\nLanguage: {outgoing.language}\n"
        f"Subject: {outgoing.subject}\n\n{outgoing.text}\n"
    )
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished.write_text(content, encoding="utf-8")
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise NotDelivered(f"{folder}: {error.strerror}") from None
