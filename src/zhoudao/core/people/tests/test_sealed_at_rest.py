"""No personal number, name or secret of anybody stands in the database as plain text."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from zhoudao.core.people.models import (
    Agency,
    Authenticator,
    HandoverUse,
    Organisation,
    ProviderLink,
    ProviderSession,
    RecoveryCode,
    Resident,
    User,
)
from zhoudao.core.people.tests.cast import SECRET, identity_number
from zhoudao.core.people.tests.province import AUDIENCE, ISSUER, claims, key, pem, sign


def everything_stored() -> str:
    """All rows of all tables, as the database holds them."""
    stored = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            stored += [f"{table}: {row!r}" for row in cursor.fetchall()]
    return "\n".join(stored)


def test_numbers_names_and_secrets_are_sealed(carol, staff, firm, visit, settings):
    settings.HANDOVER_KEYS, settings.HANDOVER_ISSUER, settings.HANDOVER_AUDIENCE = pem(key()), ISSUER, AUDIENCE
    token = sign(claims())
    assert visit.client.post(reverse("people:handover_go_on"), {"token": token}).status_code == 302
    assert HandoverUse.objects.exists()
    alice = staff("clerk")
    Organisation.objects.filter(pk=firm.pk).update(phone="12000000009")
    visit.sign_in(identity_number(1))
    visit.sign_in("12000000001", "wrong password")
    visit.sign_in(identity_number(2), "wrong password")
    stored = everything_stored()
    assert f"people_resident: ({carol.pk}, 'k1:" in stored
    for plain in (
        identity_number(1),
        identity_number(2),
        "12000000001",
        "12000000009",
        "张小三",
        "欧阳小明",
        SECRET,
        claims()["jti"],
        token,
    ):
        assert plain not in stored
    assert alice.display_name == "欧阳小明"


def test_every_model_of_this_room_is_looked_at():
    """A new model with personal columns must be thought of in the test above."""
    assert set(apps.get_app_config("people").get_models()) == {
        Agency, Authenticator, HandoverUse, Organisation, ProviderLink, ProviderSession, RecoveryCode, Resident, User,
    }  # fmt: skip


def test_no_number_stands_in_an_address(carol, visit, caplog):
    with caplog.at_level("DEBUG"):
        answer = visit.client.post(
            reverse("people:sign_in"),
            {"username": identity_number(1), "password": "wrong password"},
            follow=True,
        )
        visit.sign_in(identity_number(1))
    assert all(identity_number(1) not in address for address, _status in answer.redirect_chain)
    assert identity_number(1) not in caplog.text
    assert "12000000001" not in caplog.text


@pytest.mark.django_db
def test_resident_shows_no_one_in_its_repr(carol):
    assert "张小三" not in repr(carol) + str(carol)
    assert identity_number(1) not in repr(vars(carol.__class__.objects.get()))
