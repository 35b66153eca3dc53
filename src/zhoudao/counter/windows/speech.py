"""What a loudspeaker would say, as text: read aloud by the board's own browser, and shown for who can't hear it."""

from __future__ import annotations

from django.utils.translation import gettext as _


def spelled(number: str) -> str:
    """ "A017" as it is read out: one sign after another."""
    return " ".join(number)


def announcement(number: str, window: int) -> str:
    """The sentence that calls somebody, in the language in force."""
    return _("Number %(number)s, please come to window %(window)d.") % {
        "number": spelled(number),
        "window": window,
    }
