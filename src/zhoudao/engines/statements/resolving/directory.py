"""Who holds which account, and which card belongs to which account: from account sheets, preambles and the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.statements.layouts.plan import Plan
from zhoudao.engines.statements.values.accounts import Accounts, read_account
from zhoudao.engines.statements.values.status import OK


@dataclass
class Directory:
    """``cards``: account to the cards on it; ``holders``: account or card to name and identity number, empty
    where unknown."""

    accounts: Accounts
    cards: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    parents: dict[int, int] = field(default_factory=dict)
    holders: dict[int, tuple[str, str]] = field(default_factory=dict)
    _pairs: set[int] = field(default_factory=set)

    def learn_sheet(self, rows: Sequence[list[str]], plan: Plan) -> None:
        """An account sheet (账户, 子账户): cards, sub-accounts, holders."""

        def text(row: Sequence[str], role: str) -> str:
            at = plan.columns.get(role, -1)
            return row[at].strip(" \t\"'=") if 0 <= at < len(row) else ""

        for row in rows[plan.header :]:
            codes = {}
            for role in ("card", "account", "sub_account"):
                number, status = read_account(text(row, role))
                if status == OK and len(number) >= 4:
                    codes[role] = self.accounts.code(number)
            if "card" in codes and "account" in codes:
                self.cards[codes["account"]].add(codes["card"])
            if "sub_account" in codes and ("card" in codes or "account" in codes):
                self.parents[codes["sub_account"]] = codes.get("card", codes.get("account", -1))
            for code in codes.values():
                self.hold(code, text(row, "own_name"), text(row, "own_id"))

    def learn_pairs(self, cards: NDArray[np.int32], accounts: NDArray[np.int32]) -> None:
        """Cards and accounts that stand in one record."""
        both = (cards >= 0) & (accounts >= 0) & (cards != accounts)
        for pair in np.unique((accounts[both].astype(np.int64) << 32) | cards[both]).tolist():
            if pair not in self._pairs:
                self._pairs.add(pair)
                self.cards[pair >> 32].add(pair & 0xFFFFFFFF)

    def hold(self, code: int, name: str, identity: str) -> None:
        known = self.holders.get(code, ("", ""))
        self.holders[code] = (known[0] or name, known[1] or identity)

    def canonical(self) -> NDArray[np.int32]:
        """One number for each account: its card where it has just one, else itself."""
        found = np.arange(self.accounts.count, dtype=np.int32)
        for account, cards in self.cards.items():
            if len(cards) == 1:
                found[account] = next(iter(cards))
        return found

    def holder_codes(self) -> NDArray[np.int32]:
        """Accounts of one identity number have one number of 0 or more; those of nobody known have -1."""
        found = np.full(self.accounts.count, -1, np.int32)
        people: dict[str, int] = {}
        for code, (_, identity) in sorted(self.holders.items()):
            if identity:
                found[code] = people.setdefault(identity.upper(), len(people))
        return found
