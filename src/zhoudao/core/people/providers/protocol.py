"""Asking a provider: where to send people, what its code is worth, whether its tokens are its own.

What a provider publishes about itself and its keys is kept for some minutes; a token under a key not seen before makes
us ask again, so that it may change its keys at any time.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
import requests

from zhoudao.core import clock
from zhoudao.core.people.providers.rules import (
    ALGORITHMS,
    CLOCK_SKEW_SECONDS,
    BadSignIn,
    Provider,
    Refused,
    Said,
)

KEPT_SECONDS = 600
"""How long what a provider publishes is believed without asking again."""
ASK_AGAIN_SECONDS = 10
"""A key not seen before makes us ask again, but not more often: anybody can name a key."""
TIMEOUT_SECONDS = 5
LOGGED_OUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class Step:
    """What this browser is in the middle of, kept in its session."""

    provider: str
    state: str
    nonce: str
    verifier: str
    began: float
    """Seconds since 1970, the machine's clock."""


def begin(provider: Provider) -> Step:
    now = clock.machine_now().timestamp()
    return Step(provider.name, secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), now)


def address(provider: Provider, step: Step, back: str) -> str:
    """Where to send the browser. Raises BadSignIn when the provider does not answer."""
    challenge = urlsafe_b64encode(hashlib.sha256(step.verifier.encode()).digest()).rstrip(b"=").decode()
    question = {
        "response_type": "code",
        "client_id": provider.client,
        "redirect_uri": back,
        "scope": "openid profile",
        "state": step.state,
        "nonce": step.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{_published(provider)['authorization_endpoint']}?{urlencode(question)}"


def exchange(provider: Provider, step: Step, code: str, back: str) -> Said:
    """What the code of a browser that came back is worth. Raises BadSignIn."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": step.verifier}
    login = (provider.client, provider.secret)
    answer = _ask("POST", str(_published(provider)["token_endpoint"]), data=asked, auth=login)
    claims = _claims(provider, str(answer.get("id_token", "")), ["exp", "iat", "sub", "nonce"])
    if not secrets.compare_digest(str(claims["nonce"]), step.nonce):
        raise BadSignIn(Refused.TOKEN, "another sign-in's")
    return Said(str(claims["sub"]), str(claims.get("sid", "")), str(claims.get(provider.claim, "")))


def logged_out(provider: Provider, token: str) -> tuple[str, str]:
    """Subject and session that a logout token names; either may be empty. Raises BadSignIn.

    Back-Channel Logout 1.0, 2.6: it has the event, has no nonce, and names a subject or a session.
    """
    claims = _claims(provider, token, ["iat", "jti", "events"])
    events, subject, session = claims["events"], str(claims.get("sub", "")), str(claims.get("sid", ""))
    if "nonce" in claims or not isinstance(events, Mapping) or LOGGED_OUT not in events or not (subject or session):
        raise BadSignIn(Refused.TOKEN, "no logout token")
    return subject, session


def leaving_address(provider: Provider, back: str) -> str:
    """Where to send a browser that signs out, so that the provider signs it out too; empty when it offers none."""
    try:
        there = str(_published(provider).get("end_session_endpoint", ""))
    except BadSignIn:
        return ""
    return f"{there}?{urlencode({'client_id': provider.client, 'post_logout_redirect_uri': back})}" if there else ""


# Tokens ---------------------------------------------------------------------------------------------------------------


def _claims(provider: Provider, token: str, required: list[str]) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise BadSignIn(Refused.TOKEN, "algorithm")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(provider, str(header.get("kid", ""))),
            algorithms=list(ALGORITHMS),
            audience=provider.client,
            issuer=provider.issuer,
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": [*required, "iss", "aud"]},
        )
    except jwt.PyJWTError as problem:
        raise BadSignIn(Refused.TOKEN, type(problem).__name__) from None
    return claims


def _key(provider: Provider, number: str) -> Any:
    """The provider's key of that number, asked for again when it is new. Raises BadSignIn."""
    found = _keys(provider).get(number)
    if found is None:
        found = _keys(provider, again=True).get(number)
    if found is None:
        raise BadSignIn(Refused.TOKEN, "key")
    return found


# What providers publish -----------------------------------------------------------------------------------------------


@dataclass
class _Kept:
    content: Any
    at: float


_kept: dict[tuple[str, str], _Kept] = {}
_lock = threading.Lock()


def forget() -> None:
    """Drop what is kept of every provider: for tests."""
    _kept.clear()


def _published(provider: Provider) -> Mapping[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0). Raises BadSignIn."""

    def ask() -> Mapping[str, Any]:
        said = _ask("GET", f"{provider.issuer}/.well-known/openid-configuration")
        if said.get("issuer") != provider.issuer:
            raise BadSignIn(Refused.DOWN, "it says it is somebody else")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(said.get(name), str):
                raise BadSignIn(Refused.DOWN, f"it names no {name}")
        return said

    return _remembered((provider.issuer, "published"), ask, KEPT_SECONDS)


def _keys(provider: Provider, *, again: bool = False) -> Mapping[str, Any]:
    """Its signing keys by number. Raises BadSignIn."""

    def ask() -> Mapping[str, Any]:
        said = _ask("GET", str(_published(provider)["jwks_uri"]))
        try:
            found = jwt.PyJWKSet.from_json(json.dumps(said)).keys
        except jwt.PyJWTError as problem:
            raise BadSignIn(Refused.DOWN, f"its keys can't be read ({type(problem).__name__})") from None
        return {str(key.key_id or ""): key.key for key in found if key.public_key_use in (None, "sig")}

    return _remembered((provider.issuer, "keys"), ask, ASK_AGAIN_SECONDS if again else KEPT_SECONDS)


def _remembered(name: tuple[str, str], ask: Any, seconds: float) -> Any:
    with _lock:
        kept = _kept.get(name)
    if kept is None or time.monotonic() - kept.at > seconds:
        kept = _Kept(ask(), time.monotonic())
        with _lock:
            _kept[name] = kept
    return kept.content


def _ask(method: str, there: str, **more: Any) -> dict[str, Any]:
    try:
        answer = requests.request(method, there, timeout=TIMEOUT_SECONDS, allow_redirects=False, **more)
        said = answer.json()
    except (requests.RequestException, ValueError) as problem:
        raise BadSignIn(Refused.DOWN, type(problem).__name__) from None
    if answer.status_code in (400, 401, 403):
        raise BadSignIn(Refused.DENIED, str(answer.status_code))
    if answer.status_code != 200 or not isinstance(said, dict):
        raise BadSignIn(Refused.DOWN, str(answer.status_code))
    return said
