"""How often one address may do something, counted in this process's memory and kept nowhere else."""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict, deque
from datetime import timedelta

MOST_ADDRESSES = 10_000
"""Addresses remembered; the one that was quiet longest is forgotten first."""


class Limit:
    """So many times within a sliding window, for each address."""

    def __init__(self, times: int, window: timedelta) -> None:
        self.times, self.window = times, window.total_seconds()
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, address: str, now: float) -> int:
        """Count one more at ``now`` (seconds); 0, or, when it is one too many and is not counted, the seconds until the
        next."""
        with self._lock:
            times = self._seen.setdefault(network(address), deque())
            self._seen.move_to_end(network(address))
            while times and times[0] <= now - self.window:
                times.popleft()
            if len(times) >= self.times:
                return math.ceil(times[0] + self.window - now)
            times.append(now)
            while len(self._seen) > MOST_ADDRESSES:
                self._seen.popitem(last=False)
            return 0

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()


def network(address: str) -> str:
    """What one connection has: the address itself, and of IPv6 its /64, out of which it picks new addresses freely."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, ipaddress.IPv6Address):
        return address
    if read.ipv4_mapped:
        return str(read.ipv4_mapped)
    return str(ipaddress.ip_network((read, 64), strict=False))
