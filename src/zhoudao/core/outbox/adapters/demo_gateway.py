"""A text-message gateway that only remembers: for tests and demonstrations.

    python -m zhoudao.core.outbox.adapters.demo_gateway 8025

Answers 202, keeps each ``Idempotency-Key`` once, refuses numbers with a letter in them (422), and fails
as often as it is told to (``failures``).
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gateway(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.taken: dict[str, dict[str, str]] = {}
        """Message by key, each once."""
        self.requests = 0
        self.failures: list[int] = []
        """Status codes to answer with, first one first, before taking anything."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/messages"


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        self.server.requests += 1
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self._status(body))
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _status(self, body: dict[str, str]) -> int:
        if self.server.failures:
            return self.server.failures.pop(0)
        if not body["to"].isdecimal():
            return 422
        self.server.taken.setdefault(self.headers["Idempotency-Key"], body)
        return 202

    def log_message(self, format: str, *arguments: object) -> None:
        """Numbers don't belong in logs."""


if __name__ == "__main__":
    gateway = Gateway(int(sys.argv[1]) if len(sys.argv) > 1 else 8025)
    sys.stderr.write(f"taking text messages at {gateway.url}\n")
    gateway.serve_forever()
