"""A rotation of keys reaches the people's columns and is written in the audit trail."""

from __future__ import annotations

import json

from django.db import connection

from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.keys import actions, keyring
from zhoudao.core.people.actions import find_resident
from zhoudao.core.people.models import User
from zhoudao.core.people.tests.cast import identity_number


def test_everything_is_sealed_again_found_again_and_written_down(
    settings, tmp_path, carol_under_own_keys, staff
):
    staff("clerk")
    before = AuditRow.objects.count()
    done = actions.rotate(SYSTEM)
    assert done.rewritten["people_resident.document_number"] == 1
    assert done.rewritten["people_authenticator.secret"] == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, document_number, mobile FROM people_resident")
        assert {value[:3] for value in cursor.fetchone()} == {"k2:"}
    assert find_resident(SYSTEM, identity_number(1), "check").name == "张小三"
    assert {user.display_name for user in User.objects.all()} == {"张小三", "欧阳小明"}
    began, finished = list(AuditRow.objects.filter(action="keys.rotate").order_by("sequence"))
    assert before < began.sequence
    assert json.loads(began.details) == {"resumed": False, "step": "began", "version": 2}
    assert json.loads(finished.details)["rewritten"]["people_resident.name"] == 1
    key_material = json.loads(settings.KEYS_FILE.read_text())["data_keys"][1]["key"]
    assert key_material not in began.details + finished.details
    assert keyring.get().current.version == 2
