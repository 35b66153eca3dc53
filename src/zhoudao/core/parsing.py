"""Reading what stands in an address."""

from __future__ import annotations

LONGEST = 18
"""Digits of the longest number that every database takes as a key."""


def whole_number(text: str | None) -> int | None:
    """The number that ``text`` writes in decimal digits, or None: for page numbers, years and keys in an address.

    Python refuses to read very long numbers, and databases to compare with them; both would end in a server error.
    """
    return int(text) if text and text.isdecimal() and len(text) <= LONGEST else None
