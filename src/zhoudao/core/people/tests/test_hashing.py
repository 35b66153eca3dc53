"""Passwords are hashed a few at a time, by the same Argon2 as ever."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.utils.module_loading import import_string

from zhoudao import settings as the_platforms
from zhoudao.core.people.hashing import AT_ONCE
from zhoudao.core.people.tests.cast import PASSWORD, QuickArgon2


def test_the_platform_hashes_with_argon2id_of_100_mib():
    hasher = import_string(the_platforms.PASSWORD_HASHERS[0])()
    algorithm, kind, _, parameters, *_ = hasher.encode(PASSWORD, "a salt long enough").split("$")
    assert (algorithm, kind) == ("argon2", "argon2id")
    assert parameters == "m=102400,t=2,p=8"


def test_what_djangos_own_hashed_is_still_accepted():
    before = Argon2PasswordHasher().encode(PASSWORD, "a salt long enough")
    assert check_password(PASSWORD, before)
    assert not check_password(PASSWORD + "x", before)


@pytest.mark.parametrize("work", ["encode", "verify"])
def test_no_more_than_a_few_are_hashed_at_once(monkeypatch, work):
    busy, most, counting = 0, 0, threading.Lock()
    hashed = make_password(PASSWORD)
    original = getattr(Argon2PasswordHasher, work)

    def counted(self, *arguments):
        nonlocal busy, most
        with counting:
            busy += 1
            most = max(most, busy)
        try:
            time.sleep(0.01)
            return original(self, *arguments)
        finally:
            with counting:
                busy -= 1

    monkeypatch.setattr(Argon2PasswordHasher, work, counted)
    second = "a salt long enough" if work == "encode" else hashed
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: getattr(QuickArgon2(), work)(PASSWORD, second), range(24)))
    assert all(answers)
    assert most == AT_ONCE
