"""Passwords are hashed a few at a time: each hash takes 100 MiB, and anybody may ask for one by trying to sign in."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 2
"""In each web process. The others wait: a fifth of a second each."""
_turn = BoundedSemaphore(AT_ONCE)


class PatientArgon2(Argon2PasswordHasher):
    """Django's own Argon2 (id, 100 MiB, two passes), with a queue before it."""

    def encode(self, password: str, salt: str) -> str:
        with _turn:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turn:
            return super().verify(password, encoded)
