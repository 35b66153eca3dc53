"""Accounts, residents, organisations, and who may act for whom.

Whatever names or reaches a person is sealed (``SealedTextField``) and looked up by a blind index beside it.
"""

from __future__ import annotations

from base64 import b32decode
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, DeviceManager, ThrottlingMixin
from django_otp.oath import TOTP

from zhoudao.core import clock
from zhoudao.core.access import SEPARATE_DUTIES, STAFF_ROLES, Actor, Role
from zhoudao.core.keys.fields import SealedTextField

ROLE_NAMES = {
    Role.VISITOR: _("No role yet"),
    Role.RESIDENT: _("Resident"),
    Role.AGENT: _("Enterprise agent"),
    Role.CLERK: _("Window clerk"),
    Role.REVIEWER: _("Reviewer"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.KIOSK_KEEPER: _("Kiosk keeper"),
    Role.INSPECTOR: _("Field inspector"),
    Role.ANTIFRAUD_OFFICER: _("Anti-fraud officer"),
    Role.ANALYST: _("Economic-crime analyst"),
    Role.TAX_OFFICER: _("Tax officer"),
    Role.COMMANDER: _("Commander"),
    Role.ADMINISTRATOR: _("System administrator"),
    Role.SECURITY_OFFICER: _("Security officer"),
    Role.AUDITOR: _("Auditor"),
    Role.DEVICE: _("Device"),
    Role.SYSTEM: _("The platform itself"),
}


class Organisation(models.Model):
    """A firm or other organisation that agents act for."""

    credit_code = models.CharField(max_length=18, unique=True)
    """GB 32100-2015; public, so not sealed."""
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    district = models.CharField(max_length=60, blank=True, db_index=True)
    """Code of the district it is registered in; empty when outside the city."""
    phone = SealedTextField(blank=True, default="")
    """Sealed: a small firm's number is most often its owner's own."""

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # django-otp has no types
    """An account. It has exactly one role, and a person may not hold two of the three separate duties."""

    username = models.CharField(max_length=64, unique=True)
    """Lower case. A resident's is made of random letters: it never contains a personal number."""
    role = models.CharField(
        max_length=32,
        choices=[(role.value, name) for role, name in ROLE_NAMES.items()],
        default=Role.VISITOR.value,
    )
    districts = models.JSONField(default=list, blank=True)
    """Codes of the districts the account answers for, or ["*"] for the whole city."""
    staff_number = models.CharField(max_length=32, blank=True, db_index=True)
    """The person's number in the force (警号) or the tax office: the same in all accounts of one person."""
    display_name = SealedTextField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField(null=True, blank=True)
    """By the machine's clock, to the minute."""

    USERNAME_FIELD = "username"
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="people_user_has_one_known_role"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[role.value for role in sorted(STAFF_ROLES)]) | ~Q(staff_number=""),
                name="people_staff_have_a_number",
            ),
            models.UniqueConstraint(
                fields=["staff_number"],
                condition=Q(role__in=[role.value for role in SEPARATE_DUTIES], is_active=True),
                name="people_one_person_one_separate_duty",
            ),
        ]

    def as_actor(self, origin: str = "", organisation_id: int | None = None) -> Actor:
        """Who this account is to actions and queries, coming from ``origin`` and acting for an
        organisation.
        """
        return Actor(
            f"user:{self.pk}", Role(self.role), frozenset(self.districts), organisation_id, origin, self.pk
        )


class Authenticator(ThrottlingMixin, Device):
    """The second factor: an authenticator app that shares a secret with us (TOTP, RFC 6238, six digits, 30
    s).

    django-otp's own device keeps its secret in the open; this one seals it.
    """

    objects: ClassVar[models.Manager[Authenticator]] = DeviceManager()

    secret = SealedTextField()
    """Base32, as apps take it."""
    last_step = models.BigIntegerField(default=-1)
    """Time step of the last code that was accepted: a code is accepted once."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], name="people_one_authenticator_an_account")
        ]

    def verify_token(self, token: str) -> bool:
        """Whether ``token`` is a code of this minute (one step either way), not used before. Remembers the
        answer.
        """
        allowed, _reason = self.verify_is_allowed()
        if not allowed:
            return False
        totp = TOTP(b32decode(self.secret + "=" * (-len(self.secret) % 8)))
        totp.time = clock.machine_now().timestamp()
        if not (token.isdecimal() and totp.verify(int(token), tolerance=1, min_t=self.last_step + 1)):
            self.throttle_increment()
            return False
        self.last_step = totp.t()
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> float:
        """Seconds to wait after a wrong code; doubled with each further one."""
        return 1


class RecoveryCode(models.Model):
    """One of ten codes that stand in for a lost authenticator, once each. Only a keyed hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_index = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "code_index"], name="people_recovery_codes_differ")
        ]


class DocumentKind(models.TextChoices):
    RESIDENT_ID = "resident_id", _("Resident identity card")
    PERMANENT_RESIDENCE = "permanent_residence", _("Foreign permanent resident identity card")
    HONG_KONG_MACAO = "hong_kong_macao", _("Mainland travel permit for Hong Kong and Macao residents")
    TAIWAN = "taiwan", _("Mainland travel permit for Taiwan residents")
    PASSPORT = "passport", _("Passport")
    OTHER = "other", _("Another document")


class Resident(models.Model):
    """A person the counter serves: registered here, living here, or passing through."""

    name = SealedTextField()
    name_index = models.CharField(max_length=64, db_index=True)
    document_kind = models.CharField(max_length=32, choices=DocumentKind.choices)
    document_number = SealedTextField()
    document_index = models.CharField(max_length=64, unique=True)
    mobile = SealedTextField(blank=True, default="")
    mobile_index = models.CharField(max_length=64, blank=True, db_index=True)
    """Not unique: families share a telephone."""
    home_district = models.CharField(max_length=60, blank=True, db_index=True)
    """Code of the district they live in; empty when outside the city."""
    user = models.OneToOneField(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="resident"
    )
    registered_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(document_kind__in=DocumentKind.values),
                name="people_resident_has_a_known_document",
            ),
        ]

    def __str__(self) -> str:
        return f"resident:{self.pk}"


class Agency(models.Model):
    """A person's authority (委托) to act for an organisation; their account, if they have one, is an
    agent's.
    """

    person = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="agencies")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="agencies")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    """The last day it stands; empty: until withdrawn."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "agencies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(withdrawn_at=None),
                name="people_one_standing_agency_each",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="people_agency_ends_after_it_begins",
            ),
        ]


class HandoverUse(models.Model):
    """A sign-in token of the province's app that was taken: each is taken once. Names nobody."""

    token_index = models.CharField(max_length=64, unique=True)
    """Keyed hash of the token's own number."""
    ends_at = models.DateTimeField(db_index=True)
    """From then on the token is refused as expired, and this row may go."""


class ProviderLink(models.Model):
    """An account that is signed in to with a provider's word (OpenID Connect), since the first time it was."""

    provider = models.CharField(max_length=16)
    subject_index = models.CharField(max_length=64, unique=True)
    """Keyed hash of the provider and its own number for the person."""
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="provider_links")
    linked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "provider"], name="people_one_link_of_each_provider")
        ]


class ProviderSession(models.Model):
    """A session that began with a provider's word, so that the provider can end it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="provider_sessions")
    provider = models.CharField(max_length=16)
    subject_index = models.CharField(max_length=64, db_index=True)
    sid_index = models.CharField(max_length=64, blank=True, db_index=True)
    """Keyed hash of the provider's own number for the session."""
    session_key = models.CharField(max_length=40, unique=True)
