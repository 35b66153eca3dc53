"""Pages as a given actor, through every middleware but the one that signs people in."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from zhoudao.core.access import VISITOR, Actor

SIGNING_IN = "zhoudao.core.people.middleware.ActorMiddleware"
_current = VISITOR


class ActAs:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor, request.missing_step = _current, None
        return self.get_response(request)


def client_of(actor: Actor) -> Client:
    """A browser of somebody signed in as ``actor``; needs the fixture ``acting``."""
    global _current
    _current = actor
    return Client(headers={"accept-language": "zh-hans"})


def middleware() -> list[str]:
    here = f"{__name__}.{ActAs.__name__}"
    return [here if name == SIGNING_IN else name for name in settings.MIDDLEWARE]
