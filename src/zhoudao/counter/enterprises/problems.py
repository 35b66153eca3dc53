"""What an action refuses, said so that a page can show it."""

from __future__ import annotations

from zhoudao.core.look.refusals import Conflict, Unusable

__all__ = ["Conflict", "NotFound", "Unusable"]


class NotFound(LookupError):
    """No such bundle or enterprise, or it isn't the actor's."""

    http_status = 404
