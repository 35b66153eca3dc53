"""Doing something once, however often it is sent: the first answer is given again, another body is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db import IntegrityError

from zhoudao.core.access import Actor
from zhoudao.core.keys.actions import blind_index
from zhoudao.core.statements import read
from zhoudao.counter.applications.models import Submission
from zhoudao.counter.applications.problems import Unusable, other_body

Result = TypeVar("Result")
LONGEST_KEY = 100


def key_of(actor: Actor, key: str) -> str:
    """Keys of two senders never meet. Raises Unusable for one that is none."""
    if not 8 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Unusable(
            "the idempotency key can't be used", "send 8 to 100 plain characters, new for each application"
        )
    return blind_index("applications.key", f"{actor.key}\n{key}")


def body_of(content: Mapping[str, object]) -> str:
    """What was sent, as a keyed hash: answers are personal, and short ones could be guessed from a plain one."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return blind_index("applications.body", text)


def sent_before(key: str, body: str) -> Submission | None:
    """What was made under this key. Raises Conflict when it was another body."""
    if not read(Submission, ("pk",), "WHERE key = %s", [key]):
        return None
    earlier = Submission.objects.select_related("application").get(key=key)
    if earlier.body != body:
        raise other_body()
    return earlier


def once(
    key: str, body: str, write: Callable[[], Result], given_before: Callable[[Submission], Result]
) -> Result:
    """``write()``, or what it gave the first time. A twin that committed first is found by the unique key."""
    if (earlier := sent_before(key, body)) is not None:
        return given_before(earlier)
    try:
        return write()
    except IntegrityError:
        if (earlier := sent_before(key, body)) is None:
            raise
        return given_before(earlier)
