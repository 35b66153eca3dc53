"""`zhoudao people open-account` makes the first officers of a new installation."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from zhoudao.core.people.commands import people
from zhoudao.core.people.models import User

pytestmark = pytest.mark.django_db


def run(*arguments: str):
    return CliRunner().invoke(people, ["open-account", *arguments])


def test_opens_with_role_and_first_password():
    result = run(
        "root.admin", "--name", "李四", "--staff-number", "120001", "--role", "administrator", "--json"
    )
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    user = User.objects.get()
    assert (user.username, user.role, user.must_change_password) == ("root.admin", "administrator", True)
    assert user.check_password(printed["first_password"])


def test_keeps_nothing_when_the_role_can_not_be_granted():
    run("root.admin", "--name", "李四", "--staff-number", "120001", "--role", "administrator")
    result = run("root.auditor", "--name", "李四", "--staff-number", "120001", "--role", "auditor")
    assert result.exit_code == 2
    assert result.stderr.startswith("role: the same person's other account is administrator")
    assert [user.username for user in User.objects.all()] == ["root.admin"]


def test_says_what_is_wrong():
    result = run("x", "--name", "李四", "--staff-number", "1", "--role", "clerk")
    assert (result.exit_code, result.stderr[:9]) == (2, "username:")
    result = run("bob", "--name", "李四", "--staff-number", "1", "--role", "clerk", "--district", "atlantis")
    assert (result.exit_code, "no such district: atlantis" in result.stderr) == (2, True)
