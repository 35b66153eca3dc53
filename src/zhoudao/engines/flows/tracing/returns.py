"""The return of frozen fraud money (冻结资金返还), by the ministry's rule.

Statutory: Several Provisions on the Return of Frozen Funds in New Types of Telecom and Network Crime Cases
(《电信网络新型违法犯罪案件冻结资金返还若干规定》, 银监发〔2016〕41号), article 8: frozen money goes back to where
it came from.
(1) One payment into the frozen account, traceable to a victim: to that victim. (2) Several, but time stamps trace it to
a victim: to that victim. (3) Several, and time stamps don't: to each in proportion to what he was cheated of; the
police announce it for 30 days. The formula of its annex 4 was not at hand: that no victim gets more than he lost, and
that odd fen go by largest remainder, is our reading, to be checked before use.

When do time stamps trace it? Here: when first in first out, pro rata and lowest intermediate balance all leave the same
of that victim's money in the account, and no victim's payment can be made of another's money. That test is an
analyst's, not the ministry's; each share says which case it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from zhoudao.engines.detection import Text
from zhoudao.engines.flows.arrays import Ints
from zhoudao.engines.flows.graph import MoneyGraph
from zhoudao.engines.flows.tracing.rules import STATUTORY
from zhoudao.engines.flows.tracing.tracing import Start, StartNotFound, trace

AGREEING = ("fifo", "pro-rata", "libr")
STANDING = STATUTORY
TITLE = Text("冻结资金返还", "return of frozen money")
SOURCE = "《电信网络新型违法犯罪案件冻结资金返还若干规定》（银监发〔2016〕41号）第八条"


@dataclass(frozen=True)
class Share:
    """What one victim gets back, in minor units, and by which case of article 8: 1, 2 or 3."""

    victim: str
    amount: int
    case: int
    lost: int
    """The sum of the victim's transfers."""
    left: tuple[int, ...]
    """What each rule of ``AGREEING`` leaves of them in the account."""


def return_shares(
    graph: MoneyGraph,
    account: str,
    frozen: int,
    victims: Mapping[str, Sequence[str]],
    *,
    at: datetime,
    window: timedelta = timedelta(days=365),
) -> list[Share]:
    """How ``frozen`` (minor units) in ``account`` at the moment ``at`` goes back to ``victims``.

    ``victims``: each one's transfers (ids) into the fraud. In the order given; a victim none of whose money can have
    reached the account gets nothing. Raises StartNotFound, ValueError.
    """
    number = int(graph.account_numbers([account])[0])
    if number < 0:
        raise StartNotFound(f"{account}: expected an account of the ledger")
    if frozen < 0:
        raise ValueError(f"frozen is {frozen}; expected minor units, 0 or more")
    # Transfers by number never lie outside the span, so a trace that ends at the freeze is one on what came before it.
    until = int(np.searchsorted(graph.time, int(at.timestamp() * 1_000_000), side="right"))
    paid: dict[str, Ints] = {}
    left: dict[str, tuple[int, ...]] = {}
    touched: dict[str, Ints] = {}
    for victim, transfers in victims.items():
        paid[victim] = graph.numbers(list(transfers))
        if (paid[victim] < 0).any():
            raise StartNotFound(
                f"{victim}: expected ids of transfers in the ledger, not {', '.join(transfers)}"
            )
        followed = [_left(graph, number, transfers, rule, window, until) for rule in AGREEING]
        left[victim] = tuple(kept for kept, _ in followed)
        touched[victim] = np.concatenate([those for _, those in followed])
    losses = {victim: int(graph.amount[numbers].sum()) for victim, numbers in paid.items()}
    reached = [victim for victim in victims if any(left[victim])]
    received = graph.in_edge[graph.in_start[number] : graph.in_start[number + 1]]
    payments = int((received < until).sum())
    told_apart = all(len(set(left[victim])) == 1 for victim in reached) and not any(
        np.isin(paid[victim], touched[other]).any() for victim in reached for other in reached if other != victim
    )
    if reached and told_apart and sum(left[victim][0] for victim in reached) <= frozen:
        case, amounts = (1 if payments == 1 else 2), [left[victim][0] for victim in victims]
    else:
        weights = np.array([losses[victim] if any(left[victim]) else 0 for victim in victims], dtype=np.int64)
        case, amounts = 3, in_proportion(frozen, weights).tolist()
    return [
        Share(victim, amount, case, losses[victim], left[victim])
        for victim, amount in zip(victims, amounts, strict=True)
    ]


def in_proportion(amount: int, weights: Ints) -> Ints:
    """``amount`` split by ``weights``, none above its weight, to the fen by largest remainder (ties: the first)."""
    whole = int(weights.sum())
    amount = min(amount, whole)
    if not amount:
        return np.zeros_like(weights)
    parts = [divmod(amount * int(weight), whole) for weight in weights]
    shares = np.array([quotient for quotient, _ in parts], dtype=np.int64)
    odd = amount - int(shares.sum())
    for i in sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))[:odd]:
        shares[i] += 1
    return shares


def _left(
    graph: MoneyGraph, account: int, transfers: Sequence[str], rule: str, window: timedelta, until: int
) -> tuple[int, Ints]:
    """What a rule leaves of these transfers in the account, of what happened before transfer ``until``; and which
    transfers they touched by then."""
    if not transfers:
        return 0, np.zeros(0, dtype=np.int64)
    found = trace(graph, [Start(each) for each in transfers], rule=rule, window=window)
    before = found.transfers < until
    came = found.traced[before & (graph.target[found.transfers] == account)].sum()
    gone = found.traced[before & (graph.source[found.transfers] == account)].sum()
    return max(int(came - gone), 0), found.transfers[before]
