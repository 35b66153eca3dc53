"""What the tests of this room share: invented numbers, a password, and somebody at a browser."""

from __future__ import annotations

from base64 import b32decode
from dataclasses import dataclass

from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP

from zhoudao.core import clock
from zhoudao.core.people.hashing import PatientArgon2
from zhoudao.core.people.rules import numbers

PASSWORD = "ferry-lantern-harbour-42"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def identity_number(serial: int = 1, birth: str = "19800229", region: str = "339999") -> str:
    """A number that no real person has: county 9999 is given to none."""
    thousands, serial = divmod(serial, 1000)
    first_seventeen = f"{region}{birth[:7]}{int(birth[7]) - thousands}{serial:03d}"
    return first_seventeen + numbers.identity_check_character(first_seventeen)


def credit_code(serial: int = 1) -> str:
    first_seventeen = f"91339999MA{serial:06d}X"
    return first_seventeen + numbers.credit_code_check_character(first_seventeen)


def code_now(later: int = 0) -> str:
    """What an authenticator app with SECRET shows, ``later`` half minutes from now."""
    totp = TOTP(b32decode(SECRET))
    totp.time = clock.machine_now().timestamp() + 30 * later
    return f"{totp.token():06d}"


@dataclass(frozen=True)
class Visit:
    """Somebody at a browser."""

    client: Client

    def sign_in(self, username: str, password: str = PASSWORD, **more: str):
        return self.client.post(
            reverse("people:sign_in"), {"username": username, "password": password, **more}
        )

    def show_code(self, code: str | None = None):
        return self.client.post(reverse("people:second_factor"), {"code": code or code_now()})


class QuickArgon2(PatientArgon2):
    """The platform's own hash at its lowest cost: there are hundreds of sign-ins here."""

    time_cost, memory_cost, parallelism = 1, 8, 1
