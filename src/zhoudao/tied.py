"""Processes that end with the one that started them, however it ended: killed, it can't tell them to stop.

What was left of a platform that was killed would go on answering on its port, half of the visitors would meet it, and
the next one could not start. The kernel sees to it on Linux; elsewhere a supervisor has to end what is left.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_ON_PARENTS_DEATH = 1


def tie(parent: int, by: signal.Signals) -> None:
    """This process gets the signal when ``parent``, which started it, has ended."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_ON_PARENTS_DEATH, by)
    if os.getppid() != parent:  # it had ended before we asked
        os.kill(os.getpid(), by)


def module(*arguments: str) -> list[str]:
    """The command that runs a module of this Python tied to us, as ``python -m`` would."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), sys.executable, "-m", *arguments]


if __name__ == "__main__":
    tie(int(sys.argv[1]), signal.SIGTERM)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  the tie outlives it
