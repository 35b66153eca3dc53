"""When wrong passwords lock a sign-in, and until when. Pure.

Two limits. One for a user name from one address: few tries, for whoever sits there and guesses. One for a user name
from everywhere: ten times as many, for whoever guesses from many addresses. The second doesn't hold in a browser that
signed in to the account before, so that nobody can shut a person out by guessing on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

FROM_EVERYWHERE = 10
"""How many times the limit of one address a user name stands from all addresses together."""


def locked_until(
    failures: Iterable[tuple[datetime, int]], limit: int, cooling: timedelta, now: datetime
) -> datetime | None:
    """Until when ``failures`` (moment of the last one, how many) lock; None when fewer than ``limit`` count.

    Each counts for the length of ``cooling`` after its moment.
    """
    counting = sorted(failure for failure in failures if failure[0] + cooling > now)
    left = sum(count for _, count in counting)
    until = None
    for moment, count in counting:
        if left < limit:
            break
        until, left = moment + cooling, left - count
    return until
