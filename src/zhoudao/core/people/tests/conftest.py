"""Alice and her colleagues: one account of each kind, made once a test by the same actions the platform
uses.
"""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.people import actions
from zhoudao.core.people.models import Authenticator, Organisation, Resident, User
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


class QuickArgon2(Argon2PasswordHasher):
    """The platform's own hash at its lowest cost: there are hundreds of sign-ins here."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(autouse=True)
def _quick(settings) -> None:
    """No collected, hashed assets and no slow passwords are needed to test pages."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}
    settings.PASSWORD_HASHERS = [f"{__name__}.QuickArgon2"]


@pytest.fixture
def visit(client: Client) -> Visit:
    return Visit(client)


@pytest.fixture
def staff(db) -> Callable[..., User]:
    """Makes a staff account: ``staff(Role.CLERK)``, ``staff(Role.AUDITOR, username="bob",
    staff_number="7")``.
    """
    made = []

    def make(
        role: Role | str,
        username: str = "",
        districts: str = "*",
        staff_number: str = "",
        secret: str = SECRET,
    ) -> User:
        made.append(str(role))
        row = {
            "username": username or f"alice.{len(made)}",
            "role": str(role),
            "districts": districts,
            "staff_number": staff_number or f"12{len(made):04d}",
            "display_name": "欧阳小明",
            "password": PASSWORD,
            "totp_secret": secret,
        }
        report = actions.import_staff(SYSTEM, [(2, row)])
        assert report.refused == []
        return User.objects.get(username=row["username"])

    return make


@pytest.fixture
def carol(db) -> Resident:
    """A resident of Dinghai with an account."""
    resident = actions.register_resident(
        SYSTEM,
        name="张小三",
        document_kind="resident_id",
        document_number=identity_number(1),
        mobile="12000000001",
        home_district="dinghai",
    )
    row = {
        "username": "carol",
        "role": "resident",
        "display_name": "张小三",
        "password": PASSWORD,
        "document_number": identity_number(1),
    }
    assert actions.import_staff(SYSTEM, [(2, row)]).refused == []
    resident.refresh_from_db()
    return resident


@pytest.fixture
def carol_under_own_keys(settings, tmp_path, request) -> Resident:
    """Carol, sealed under a keyring of this test's own."""
    settings.KEYS_FILE = tmp_path / "keys.json"
    return request.getfixturevalue("carol")


@pytest.fixture
def firm(db) -> Organisation:
    return actions.register_organisation(
        SYSTEM, credit_code=credit_code(1), name="舟山东海保安服务有限公司", district="dinghai"
    )


@pytest.fixture
def signed_in(visit: Visit, staff) -> Callable[..., Actor]:
    """Signs a staff account of a role in, in the test's own client, and gives its actor."""

    def do(role: Role, **more: str) -> Actor:
        user = staff(role, **more)
        visit.sign_in(user.username)
        visit.show_code()
        return user.as_actor("127.0.0.1")

    return do


@pytest.fixture
def any_code_again() -> Callable[[User], None]:
    """Forgets that a code was used or was wrong, as if half a minute had passed."""

    def forget(user: User) -> None:
        Authenticator.objects.filter(user=user).update(
            last_step=-1, throttling_failure_count=0, throttling_failure_timestamp=None
        )

    return forget
