"""What is refused before anything is read or written: the wrong person, and what is no backup."""

import pytest

from zhoudao.core.access import Actor, Forbidden, Role
from zhoudao.operations.backup import checking, making
from zhoudao.operations.backup.rules import MANIFEST, BadBackup


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not a backup's manifest"),
        ("[]", "is not a backup's manifest"),
        ('{"format": 99}', "in a format this version does not know"),
    ],
)
def test_what_is_no_backup_is_said(text, why, tmp_path):
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(BadBackup, match=why):
        checking.read(tmp_path)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.SYSTEM}))
def test_only_the_administrator_backs_up(role, tmp_path):
    with pytest.raises(Forbidden):
        making.create(Actor("user:1", role), tmp_path / "backups", print)
    assert not (tmp_path / "backups").exists()
