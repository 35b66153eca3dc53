"""The registers of the sample city, as a service of its own: what the counter's register checks ask in demo and tests.

It answers from the sample's ``residents.csv`` and speaks the interface of docs/registers.md. It can be told to be slow,
down, or contradictory, at the start or while it runs (``POST /behave``), so that what follows can be seen.
"""

from __future__ import annotations

import hmac
import json
import time
from datetime import date, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from zhoudao.sample import tables
from zhoudao.sample.people.residents import FILE, Resident

MODES = ("ok", "slow", "down", "contradictory")
SLOW_SECONDS = 20.0
PHOTO_SHARE, PHOTO_YEARS = 4, 10
"""Three residents in four have a photograph on file, up to so many years old."""
SIGNED_OFF_ENDINGS = "02468X"
"""Receipts ending so are signed off by the home province; the others are not yet."""


class Registers(ThreadingHTTPServer):
    """``port`` 0 takes a free one. Knows the residents of one sample."""

    daemon_threads = True

    def __init__(self, residents: Path, as_of: date, token: str, port: int = 0, mode: str = "ok") -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        people = tables.read_as(Resident, residents / FILE)
        self.people = {person.identity_number: person for person in people if person.identity_number}
        self.as_of, self.token, self.mode = as_of, token, mode
        self.slow_seconds = SLOW_SECONDS
        self.asked = 0
        """Questions since the start, answered or not."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, register: str, fields: dict[str, str]) -> dict[str, Any]:
        """Verdict, fields that differ, and facts, as the register holds them."""
        person = self.people.get(fields.get("identity_number", ""))
        if person is None:
            return {"verdict": "unknown"}
        return {
            "population": self._population,
            "residence": self._residence,
            "photo": self._photo,
            "home_province": self._home_province,
        }[register](person, fields)

    def _population(self, person: Resident, fields: dict[str, str]) -> dict[str, Any]:
        if fields.get("name") in (person.name_zh, person.name_latin):
            return {"verdict": "matches"}
        return {"verdict": "differs", "differs": ["name"]}

    def _residence(self, person: Resident, fields: dict[str, str]) -> dict[str, Any]:
        since = person.arrived_on or person.birth_date
        return {"verdict": "matches", "facts": {"since": since.isoformat(), "district": person.district}}

    def _photo(self, person: Resident, fields: dict[str, str]) -> dict[str, Any]:
        number = int(person.identity_number[6:17])  # birth date and order: spreads evenly, the same each time
        if number % PHOTO_SHARE == 0:
            return {"verdict": "unknown"}
        taken = self.as_of - timedelta(days=number % (PHOTO_YEARS * 365))
        return {"verdict": "matches", "facts": {"taken_on": taken.isoformat()}}

    def _home_province(self, person: Resident, fields: dict[str, str]) -> dict[str, Any]:
        if fields.get("receipt", "")[-1:] not in SIGNED_OFF_ENDINGS:
            return {"verdict": "unknown"}
        return {
            "verdict": "matches",
            "facts": {"signed_on": self.as_of.isoformat(), "office": "户籍地公安机关"},
        }


class _Handler(BaseHTTPRequestHandler):
    server: Registers

    def do_POST(self) -> None:
        body = self._body()
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), self.server.token.encode()):
            self._send(HTTPStatus.UNAUTHORIZED, {"error": "wrong token"})
        elif self.path == "/behave":
            self._behave(body)
        else:
            self.server.asked += 1
            self._answer(self.path.strip("/"), body)

    def _answer(self, register: str, body: dict[str, Any]) -> None:
        mode = self.server.mode
        if mode == "down":
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "down"})
            return
        if mode == "slow":
            time.sleep(self.server.slow_seconds)
        try:
            answer = self.server.answer(register, body["fields"])
        except (KeyError, TypeError, AttributeError):
            self._send(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "expected a register's fields"})
            return
        if mode == "contradictory":  # says that all is well, and names what differs
            answer = {"verdict": "matches", "differs": sorted(body["fields"])}
        self._send(HTTPStatus.OK, {"asked": body.get("asked", ""), **answer})

    def _behave(self, body: dict[str, Any]) -> None:
        if body.get("mode") not in MODES:
            self._send(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": f"mode is one of {', '.join(MODES)}"})
            return
        self.server.mode = body["mode"]
        self._send(HTTPStatus.OK, {"mode": self.server.mode})

    def _body(self) -> dict[str, Any]:
        try:
            read = json.loads(self.rfile.read(min(int(self.headers["Content-Length"] or 0), 65536)))
        except (ValueError, TypeError):
            return {}
        return read if isinstance(read, dict) else {}

    def _send(self, status: HTTPStatus, answer: dict[str, Any]) -> None:
        body = json.dumps(answer, ensure_ascii=False).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except BrokenPipeError:
            pass  # whoever asked did not wait

    def log_message(self, format: str, *arguments: object) -> None:
        """Personal numbers don't belong in logs."""
