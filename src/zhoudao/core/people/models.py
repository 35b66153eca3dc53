"""Accounts. One account has one role (see ``zhoudao.core.access.Role``)."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from zhoudao.core.access import Actor, Role


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    username = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    districts = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    def as_actor(self, origin: str = "") -> Actor:
        return Actor(f"user:{self.pk}", Role(self.role), frozenset(self.districts), None, origin, self.pk)
