"""One process: the pages for one browser, and the thread that talks to the platform."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.core.wsgi import get_wsgi_application

from zhoudao.counter.kiosks.machine.bridge import Bridge
from zhoudao.counter.kiosks.machine.home import Home
from zhoudao.counter.kiosks.machine.line import over_http
from zhoudao.counter.kiosks.machine.service import Service

HERE = "127.0.0.1"


class _Server(ThreadingMixIn, WSGIServer):
    """For one browser on this machine, which keeps a few connections."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """No log of what people touch."""

    def log_message(self, format: str, *args: object) -> None:
        return None


def serve_forever(
    home: Home, bridge: Bridge, port: int, idle: float, warning: float, say: Callable[[str], None]
) -> None:
    """Until it is told to stop."""
    django.setup()
    from zhoudao.counter.kiosks.machine.screen import views
    from zhoudao.counter.kiosks.machine.screen.desk import Desk
    from zhoudao.counter.kiosks.machine.screen.translating import compile_words
    from zhoudao.counter.kiosks.machine.screen.words import slips

    compile_words()
    service = Service(home, bridge, over_http(home.identity().platform))
    views.serve_at(Desk(service, idle, warning, slip=slips(service.device.code)))
    with make_server(HERE, port, get_wsgi_application(), _Server, _Quiet) as server:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        service.start()
        say(f"kiosk {service.device.code}: http://{HERE}:{server.server_port}/")
        server.serve_forever()
        service.stop()
