"""Browsers in which somebody is signed in, with all that the real middleware asks of a session."""

from __future__ import annotations

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.people.models import Authenticator, User
from zhoudao.core.people.sessions import LAST_SEEN

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(browser: Client, user: User) -> Client:
    """No password: hashing one is slow on purpose. Staff have their second factor."""
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    session = browser.session
    if user.staff_number:
        device, _ = Authenticator.objects.get_or_create(
            user=user, defaults={"name": "app", "secret": SECRET, "confirmed": True}
        )
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session[LAST_SEEN] = int(clock.machine_now().timestamp())
    session.save()
    return browser


def browser_of(actor: Actor, **options: object) -> Client:
    """A browser of its own, as another device would be."""
    return sign_in(Client(**options), User.objects.get(pk=actor.user_id))  # type: ignore[arg-type]
