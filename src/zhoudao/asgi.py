"""The ASGI application that the server serves, in each of its web processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import django

from zhoudao import tied

if TYPE_CHECKING:
    from zhoudao.answering import Application


TURN_SECONDS = 0.001
"""How long a thread computes before another may: an answer that is kept takes less than that to send, and should not
wait the interpreter's usual 5 ms at each of its steps behind ones that are worked out."""


def _start() -> Application:
    if server := multiprocessing.parent_process():
        assert server.pid is not None
        tied.tie(server.pid, signal.SIGKILL)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
    django.setup(set_prefix=False)
    from zhoudao.answering import Application
    from zhoudao.counter.places.warming import get_ready

    sys.setswitchinterval(TURN_SECONDS)
    threading.Thread(target=get_ready, name="warming", daemon=True).start()
    return Application()


application = _start()
