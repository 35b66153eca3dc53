"""A mail server on loopback that keeps what it is given: just enough SMTP for a client to be satisfied."""

from __future__ import annotations

import socketserver
import threading


class MailServer:
    def __init__(self) -> None:
        self.taken: list[str] = []
        self.answers = {"RCPT": "250 fine"}
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _session(self))
        self._server.daemon_threads = True
        self.address = self._server.server_address

    def __enter__(self) -> MailServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _session(owner: MailServer) -> type[socketserver.StreamRequestHandler]:
    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "DATA":
                    self._say("354 go on")
                    owner.taken.append(self._body())
                self._say(owner.answers.get(verb, "221 bye" if verb == "QUIT" else "250 fine"))
                if verb == "QUIT":
                    return

        def _say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def _body(self) -> str:
            lines = []
            while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(line)
            return "\n".join(lines)

    return Session
