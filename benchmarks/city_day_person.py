"""One of the people of `city_day.py`: a browser with patience, and what everybody was told.

An answer of 5xx or none is asked for again with the same form, as a person presses again, until it comes or their
patience ends. What was told is the journal that is compared with the database afterwards.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import requests

PATIENCE_SECONDS, AGAIN_SECONDS, ANSWER_SECONDS = 180.0, 0.5, 30.0


class GivenUp(Exception):
    """No answer within a person's patience."""


class Refused(Exception):
    """An answer that says no, with its status."""


@dataclass
class Told:
    """What the people were told, and how long each answer took."""

    began: float = field(default_factory=time.monotonic)
    asked: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    """By action: when it was due, and seconds until it was done."""
    troubles: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By action: answers that did not come, or said 5xx, and were asked for again."""
    given_up: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By action: when those were due who left without an answer."""
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By "action: status"."""
    applications: dict[str, str] = field(default_factory=dict)
    """Draft's uid to the number on the receipt."""
    tickets: list[str] = field(default_factory=list)
    tickets_unknown: int = 0
    steps: list[tuple[str, str]] = field(default_factory=list)
    """Number of the application, and the verb."""
    served: list[str] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    """SHA-256 of a file at the desk, and the rows it has."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Person:
    """A browser: cookies, the form's token, and patience."""

    def __init__(self, house: str, told: Told, action: str, language: str = "zh-hans") -> None:
        self.house, self.told, self.action = house, told, action
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = language
        self.district = ""

    def tab(self, action: str) -> Person:
        """Another tab of the same browser."""
        other = Person(self.house, self.told, action)
        other.session.cookies.update(self.session.cookies)
        other.district = self.district
        return other

    def get(self, path: str, **more: Any) -> requests.Response:
        return self._ask("GET", path, **more)

    def post(self, path: str, data: dict[str, str] | None = None, **more: Any) -> requests.Response:
        headers = {"X-CSRFToken": self.session.cookies.get("csrftoken", ""), **more.pop("headers", {})}
        return self._ask("POST", path, data=data or {}, headers=headers, **more)

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = None
            with suppress(requests.RequestException):
                answer = self.session.request(
                    method, self.house + path, timeout=ANSWER_SECONDS, allow_redirects=False, **more
                )
            if answer is not None and answer.status_code < 500:
                if answer.status_code >= 400:
                    raise Refused(f"{answer.status_code} {path.split('?')[0][:60]}", answer)
                return answer
            with self.told.lock:
                self.told.troubles[self.action] += 1
            if time.monotonic() > until:
                raise GivenUp(path)
            time.sleep(AGAIN_SECONDS)

    def sign_in(self, account: dict[str, Any]) -> None:
        from base64 import b32decode

        from django_otp.oath import TOTP

        self.district = account["districts"][0] if account["districts"] else ""
        self.get("/account/sign-in/")
        there = self.post(
            "/account/sign-in/", {"username": account["user"], "password": account["password"]}
        ).headers.get("Location", "")
        if "second-factor" in there:
            self.get(there)
            code = TOTP(b32decode(account["second_factor_secret"])).token()
            there = self.post(there, {"code": f"{code:06}"}).headers.get("Location", "")
        if not there or "sign-in" in there or "second-factor" in there:
            raise SystemExit(f"city_day: {account['user']} could not sign in ({there!r})")


def as_json(told: Told) -> str:
    """What counting needs of it."""
    names = ("applications", "tickets", "tickets_unknown", "steps", "served", "files")
    unknown = len(told.given_up["application"]) + sum(
        times for what, times in told.refused.items() if what.startswith("application:")
    )
    return json.dumps({**{name: getattr(told, name) for name in names}, "applications_unknown": unknown})
