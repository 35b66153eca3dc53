"""Equal values are found by equal indexes; the index tells nothing to whoever has no key."""

from __future__ import annotations

import re

import pytest

from zhoudao.core.keys import keyring
from zhoudao.core.keys.actions import blind_index

pytestmark = pytest.mark.django_db


def test_is_the_same_for_the_same_value(key_file):
    assert blind_index("people.mobile", "12012345678") == blind_index("people.mobile", "12012345678")
    assert re.fullmatch(r"[0-9a-f]{64}", blind_index("people.mobile", "12012345678"))


def test_differs_by_value_by_purpose_and_by_key(key_file, settings, tmp_path):
    first = blind_index("people.mobile", "12012345678")
    assert blind_index("people.mobile", "12012345679") != first
    assert blind_index("people.document", "12012345678") != first
    settings.KEYS_FILE = tmp_path / "another.json"
    assert blind_index("people.mobile", "12012345678") != first


def test_stays_the_same_through_a_rotation(key_file):
    before = blind_index("people.mobile", "12012345678")
    keyring.save(keyring.get().with_new_data_key())
    assert keyring.get().current.version == 2
    assert blind_index("people.mobile", "12012345678") == before
