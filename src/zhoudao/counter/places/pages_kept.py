"""Whole pages kept for some seconds, for visitors of whom the page shows nothing.

A page holds one thing of each visitor's own: the token that guards its forms. In a kept page a mark stands there, and
each visitor's token takes its place when the page is sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.counter.places.answers_kept import Kept

_MARK = secrets.token_urlsafe(32)
"""Stands for a token; not to be guessed, or words searched for could hold it."""


@dataclass(frozen=True)
class Page:
    parts: tuple[bytes, ...]
    """The page, cut where the token goes."""
    item: str
    """Code of the item that it answers with; "" for none."""

    def sent_to(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(get_token(request).encode().join(self.parts))


PAGES: Kept[Page] = Kept()


def minute() -> int:
    """Now, in minutes: what opens, closes and leaves is told by the minute."""
    return int(clock.now().timestamp() // 60)


def key_of(request: HttpRequest, actor: Actor) -> Hashable | None:
    """What the page depends on; None where something of the person's own may be on it."""
    own = actor.user_id is not None or any(
        cookie in request.COOKIES for cookie in (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
    )
    return None if own else (get_language(), request.get_host(), request.get_full_path(), minute())


def render(
    request: HttpRequest, key: Hashable | None, template: str, context: Mapping[str, Any], item: str = ""
) -> HttpResponse:
    """The page; kept under ``key``, unless that is None."""
    if key is None:
        return HttpResponse(render_to_string(template, context, request))
    html = render_to_string(template, {**context, "csrf_token": _MARK}, request)
    page = Page(tuple(html.encode().split(_MARK.encode())), item)
    PAGES.put(key, page)
    return page.sent_to(request)
