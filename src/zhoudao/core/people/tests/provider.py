"""A provider of sign-ins (OpenID Connect), as its own process on loopback.

It has what a real one has: discovery, keys that change, an authorization endpoint that agrees at once as whoever the
test says, a token endpoint that checks client, code, redirect address and PKCE, and logout tokens. ``/told`` is where a
test says what it should do.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
import urllib.request
import uuid
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

CLIENT, SECRET = "zhoudao", "a-secret-of-the-tests"


class House:
    """What the provider knows."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.keys = [self._new_key(1)]
        self.codes: dict[str, dict[str, str]] = {}
        self.told: dict[str, Any] = {
            "claims": {"sub": "subject-1", "sid": "session-1"},
            "skew": 0,
            "deny": False,
            "down": False,
            "sign": {},
        }

    @staticmethod
    def _new_key(number: int) -> tuple[str, ec.EllipticCurvePrivateKey]:
        return f"key-{number}", ec.derive_private_key(20261124 + number, ec.SECP256R1())

    def rotate(self) -> None:
        """A new key in the place of the old one."""
        self.keys = [self._new_key(len(self.keys) + int(self.keys[-1][0].removeprefix("key-")))]

    def sign(self, claims: dict[str, Any]) -> str:
        number, key = self.keys[-1]
        said = {"iss": self.issuer, "aud": CLIENT, "iat": self._now(), **claims} | self.told["sign"].get("claims", {})
        if self.told["sign"].get("alg") == "none":
            return jwt.encode(said, None, algorithm="none")
        if self.told["sign"].get("alg") == "HS256":
            return jwt.encode(said, "x" * 32, algorithm="HS256", headers={"kid": number})
        if self.told["sign"].get("stranger"):
            key = ec.derive_private_key(666, ec.SECP256R1())
        return jwt.encode(said, key, algorithm="ES256", headers={"kid": number})

    def identity(self, nonce: str) -> str:
        return self.sign({"exp": self._now() + 300, "nonce": nonce, **self.told["claims"]})

    def logout(self, claims: dict[str, Any]) -> str:
        event = {"http://schemas.openid.net/event/backchannel-logout": {}}
        return self.sign({"jti": uuid.uuid4().hex, "events": event, **claims})

    def _now(self) -> int:
        return int(time.time()) + int(self.told["skew"])


class Answers(BaseHTTPRequestHandler):
    house: House

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        question = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if self.house.told["down"]:
            return self._say(503, {"error": "down"})
        if asked.path == "/.well-known/openid-configuration":
            issuer = self.house.issuer
            names = ("authorization_endpoint", "token_endpoint", "end_session_endpoint")
            ends = {name: f"{issuer}/{name.partition('_')[0]}" for name in names}
            return self._say(200, {"issuer": issuer, "jwks_uri": f"{issuer}/keys", **ends})
        if asked.path == "/keys":
            return self._say(200, {"keys": [_public(number, key) for number, key in self.house.keys]})
        if asked.path == "/authorization":
            return self._agree(question)
        return self._say(404, {"error": "not_found"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/told":
            told = json.loads(body)
            if told.pop("rotate", False):
                self.house.rotate()
            token = self.house.logout(told.pop("logout")) if "logout" in told else ""
            self.house.told |= told
            return self._say(200, {"token": token})
        if self.house.told["down"]:
            return self._say(503, {"error": "down"})
        return self._token({name: values[0] for name, values in parse_qs(body).items()})

    def _agree(self, question: dict[str, str]) -> None:
        answer = {"state": question["state"]}
        if self.house.told["deny"]:
            answer["error"] = "access_denied"
        else:
            answer["code"] = uuid.uuid4().hex
            self.house.codes[answer["code"]] = question
        self.send_response(302)
        self.send_header("Location", f"{question['redirect_uri']}?{urlencode(answer)}")
        self.end_headers()

    def _token(self, asked: dict[str, str]) -> None:
        login = b64decode(self.headers.get("Authorization", "Basic ").removeprefix("Basic ")).decode()
        begun = self.house.codes.pop(asked.get("code", ""), None)  # a code is good once
        verified = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(verified).rstrip(b"=").decode()
        if login != f"{CLIENT}:{SECRET}":
            return self._say(401, {"error": "invalid_client"})
        if begun is None or begun["code_challenge"] != challenge or begun["redirect_uri"] != asked["redirect_uri"]:
            return self._say(400, {"error": "invalid_grant"})
        return self._say(200, {"id_token": self.house.identity(begun["nonce"]), "token_type": "Bearer"})

    def _say(self, status: int, what: dict[str, Any]) -> None:
        content = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Silent."""


def _public(number: str, key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    shown = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    return {**shown, "kid": number, "use": "sig", "alg": "ES256"}


# The test's side ------------------------------------------------------------------------------------------------------


class Remote:
    """The provider's process, as a test talks to it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def tell(self, **what: Any) -> str:
        """Say what to do; returns the logout token that ``logout=claims`` asks for."""
        request = urllib.request.Request(f"{self.issuer}/told", json.dumps(what).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(json.loads(answer.read())["token"])

    def agree(self, there: str) -> str:
        """Open the provider's page as a browser does; where it sends the browser back to."""

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_: Any) -> None:
                return None

        try:
            urllib.request.build_opener(Stay).open(there, timeout=10)
        except urllib.error.HTTPError as answer:
            return str(answer.headers["Location"])
        raise AssertionError("the provider did not send the browser back")


@contextmanager
def running() -> Iterator[Remote]:
    process = subprocess.Popen([sys.executable, "-m", __name__], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Remote(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Answers.house = House(f"http://127.0.0.1:{server.server_address[1]}")
    sys.stdout.write(f"{Answers.house.issuer}\n")
    sys.stdout.flush()
    server.serve_forever()
