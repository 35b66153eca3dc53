"""Telephone numbers nobody has: in China no local number begins with 12, kept for service numbers."""

from __future__ import annotations

import numpy as np

PREFIX = "12"
DIGITS = 7
"""Of a local number, the prefix included."""


class NumberBook:
    """Hands out landline numbers of one area code, each once."""

    def __init__(self, area_code: str, taken: set[str], chance: np.random.Generator) -> None:
        self.area_code = area_code
        self.taken = set(taken)
        self.chance = chance

    def next(self) -> str:
        while True:
            number = int(self.chance.integers(0, 10 ** (DIGITS - len(PREFIX))))
            phone = f"{self.area_code}-{PREFIX}{number:0{DIGITS - len(PREFIX)}d}"
            if phone not in self.taken:
                self.taken.add(phone)
                return phone
