"""The line to the platform: one request over HTTP, and whatever goes wrong on the way is one thing, Lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from zhoudao.counter.kiosks.machine.device import DONE, Lost, Send

PATIENCE = 15.0
"""Seconds for an answer."""
LARGEST_ANSWER = 8 * 1024 * 1024
ON_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class _Stays(HTTPRedirectHandler):
    """A signed request goes where it was sent, or nowhere."""

    def redirect_request(self, *_: object) -> None:
        return None


def is_safe(platform: str) -> bool:
    """Whether cards may be sent there: by HTTPS, or to this machine itself."""
    parts = urlsplit(platform)
    here = parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE
    return bool(parts.hostname) and not parts.path.strip("/") and (here or parts.scheme == "https")


def over_http(platform: str, patience: float = PATIENCE) -> Send:
    """``platform`` is an address that ``is_safe``."""
    opener = build_opener(ProxyHandler({}), _Stays)
    address = platform.rstrip("/")

    def send(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        request = Request(  # noqa: S310  an address that is_safe
            f"{address}{path}", data=body, headers=dict(headers), method=method
        )
        try:
            with opener.open(request, timeout=patience) as answer:
                return DONE, _said(answer.read(LARGEST_ANSWER))
        except HTTPError as refused:
            with refused:
                return refused.code, _said(refused.read(LARGEST_ANSWER))
        except (URLError, HTTPException, OSError):
            raise Lost from None

    return send


def _said(body: bytes) -> dict[str, Any]:
    """One object. Raises Lost for anything else, such as the page of a proxy on the way."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Lost
    return said
