"""Alice and her colleagues: one account of each kind, made once a test by the same actions the platform uses.

Models are imported inside the fixtures: this file is read before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.city.tests.here import DISTRICT
from zhoudao.core.people.tests.cast import PASSWORD, SECRET, Visit, credit_code, identity_number

if TYPE_CHECKING:
    from zhoudao.core.people.models import Organisation, Resident, User


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["zhoudao.core.people.tests.cast.QuickArgon2"]


@pytest.fixture
def visit(client: Client) -> Visit:
    return Visit(client)


@pytest.fixture
def staff(db) -> Callable[..., User]:
    """Makes a staff account: ``staff(Role.CLERK)``, ``staff(Role.AUDITOR, username="bob",
    staff_number="7")``.
    """
    from zhoudao.core.people import actions
    from zhoudao.core.people.models import User

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
    from zhoudao.core.people import actions

    resident = actions.register_resident(
        SYSTEM,
        name="张小三",
        document_kind="resident_id",
        document_number=identity_number(1),
        mobile="12000000001",
        home_district=DISTRICT,
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
    from zhoudao.core.people import actions

    return actions.register_organisation(
        SYSTEM, credit_code=credit_code(1), name="舟山东海保安服务有限公司", district=DISTRICT
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
    from zhoudao.core.people.models import Authenticator

    def forget(user: User) -> None:
        Authenticator.objects.filter(user=user).update(
            last_step=-1, throttling_failure_count=0, throttling_failure_timestamp=None
        )

    return forget
