"""Putting a question to a register over HTTP: with a time-out, a few tries, and an answer whatever happens.

The interface is in docs/registers.md. It blocks for as long as a register takes: call it from a job, never from a page.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings

from zhoudao.counter.applications.registers.questions import Answer, Question, Verdict, read

LARGEST_ANSWER = 64 * 1024
"""Bytes; a longer one is no answer of ours."""
WORTH_ANOTHER_TRY = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)}
)


@dataclass(frozen=True)
class Patience:
    """How long a register may take before a person is asked instead."""

    seconds: float = 5
    """For each try: connecting, and between two bytes of the answer."""
    tries: int = 3
    pause: float = 1
    """Seconds before the second try, doubled before each further one."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token and a person's number to somebody else."""

    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def ask(question: Question, patience: Patience | None = None) -> Answer:
    """The register's answer, or UNANSWERED with the reason. Never raises for what the other end does."""
    patience = patience or Patience()
    base = settings.REGISTERS_URL.rstrip("/")
    if not base.startswith(("http://", "https://")):
        return Answer(Verdict.UNANSWERED, why="no register is connected")
    key = (
        uuid.uuid4().hex
    )  # the same for every try, so that the other end can tell a retry from a new question
    why = ""
    for number in range(patience.tries):
        if number:
            time.sleep(patience.pause * 2 ** (number - 1))
        try:
            return read(_post(f"{base}/{question.register}", key, question, patience.seconds), key, question)
        except urllib.error.HTTPError as error:
            why = f"the register answers {error.code}"
            if error.code not in WORTH_ANOTHER_TRY:
                break
        except TimeoutError:
            why = "the register does not answer in time"
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            late = isinstance(reason, TimeoutError)
            why = "the register does not answer in time" if late else "the register can't be reached"
    return Answer(Verdict.UNANSWERED, why=why)


def _post(address: str, key: str, question: Question, seconds: float) -> bytes:
    body = json.dumps({"asked": key, "fields": dict(question.fields)}, ensure_ascii=False)
    request = urllib.request.Request(  # noqa: S310  the scheme is checked above
        address,
        data=body.encode(),
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            "Authorization": f"Bearer {settings.REGISTERS_TOKEN}",
        },
        method="POST",
    )
    deadline = time.monotonic() + seconds
    with _opener.open(request, timeout=seconds) as response:
        return _read_until(response, deadline)


def _read_until(response: object, deadline: float) -> bytes:
    """The whole answer. A register that sends a byte now and then is as late as one that sends none."""
    body = b""
    while piece := response.read1(LARGEST_ANSWER + 1 - len(body)):  # type: ignore[attr-defined]
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise ValueError("the answer is too long")
        if time.monotonic() > deadline:
            raise TimeoutError
    return body
