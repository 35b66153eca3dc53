"""Officers and a case, made by the same actions the platform uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhoudao.core.access import Actor, Role
from zhoudao.core.audit.tests.acting import middleware

if TYPE_CHECKING:
    from zhoudao.desk.cases.models import Case


@pytest.fixture(autouse=True)
def _own_vaults(settings, tmp_path) -> None:
    settings.VAULTS_DIR = tmp_path / "vaults"
    settings.OPEN_VAULTS_DIR = tmp_path / "open"
    settings.MIDDLEWARE = middleware()


@pytest.fixture
def officer(db) -> Callable[..., Actor]:
    """``officer("mei")``, ``officer("tao", Role.TAX_OFFICER)``: an account, as its actor. No password: hashing
    is slow."""
    from zhoudao.core.people.models import User

    def make(username: str, role: Role = Role.ANALYST) -> Actor:
        user, _ = User.objects.get_or_create(
            username=username,
            defaults={
                "role": role.value,
                "districts": ["*"],
                "staff_number": f"77{User.objects.count():04d}",
                "display_name": f"警官{username}",
            },
        )
        return user.as_actor("127.0.0.1")

    return make


@pytest.fixture
def mei(officer) -> Actor:
    """The lead handler."""
    return officer("mei")


@pytest.fixture
def opened(mei) -> Case:
    """A case that Mei leads, on an accepted basis until the end of 2026; nobody has entered it."""
    from zhoudao.desk.cases import actions
    from zhoudao.desk.cases.actions import Paper
    from zhoudao.desk.cases.rules import Basis, Offence

    return actions.open_case(
        mei,
        title="测试资金案",
        offence=Offence.UNDERGROUND_BANK,
        basis=Basis.ACCEPTED,
        purpose="查清资金去向",
        expires_on=date(2026, 12, 31),
        paper=Paper(
            "样公受案字〔2026〕1号", date(2026, 11, 2), SimpleUploadedFile("受案.pdf", b"%PDF-1.7 scan")
        ),
    )


@pytest.fixture
def case(opened, mei) -> Case:
    """The same, with Mei at work in it."""
    from zhoudao.desk.cases import actions
    from zhoudao.desk.cases.rules import Purpose

    actions.enter(mei, opened.number, Purpose.TRACE)
    return opened
