"""What is wrong with something a person typed, or a row of a file. Pure."""

from __future__ import annotations


class BadInput(ValueError):
    """Input that can't be used. ``reason`` is its code for translation; ``field`` names the field, when
    known.

    The text is English, says what was expected, and never repeats what was given: it may go to a log.
    """

    def __init__(self, reason: str, text: str, field: str = "") -> None:
        self.reason, self.field = reason, field
        super().__init__(text)

    def of(self, field: str) -> BadInput:
        """The same problem, of ``field``."""
        self.field = field
        return self
