"""Refusals a room may raise; the house turns each into its page (or JSON), with what was kept and what to
do.

``Forbidden`` (403) lives with access, ``Http404`` with Django. A room below the look can't import this
file: its own exception gets the same page by the class attribute ``http_status = 409`` (400, 404, 409 or
429), and may carry ``what``, ``kept``, ``todo`` and ``retry_after`` as these do.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """``what`` happened, what was ``kept``, what ``todo``: translated texts; what is left out is said in
    general words.
    """

    http_status: ClassVar[int]

    def __init__(self, what: str = "", *, kept: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what, self.kept, self.todo = what, kept, todo


class Unusable(Refusal):
    """The request can't be read: a parameter that is none, a body that is cut (400)."""

    http_status = 400


class Conflict(Refusal):
    """Somebody else was first: the row changed, the slot is taken, the same request is running (409)."""

    http_status = 409


class TooMany(Refusal):
    """Asked too often; ``retry_after`` is in seconds (429)."""

    http_status = 429

    def __init__(self, what: str = "", *, retry_after: int, kept: str = "", todo: str = "") -> None:
        super().__init__(what, kept=kept, todo=todo)
        self.retry_after = retry_after
