"""Signing in, step by step: password, second factor, recovery codes, a password of one's own.

The session itself is kept by ``zhoudao.core.people.sessions``; these are the parts that are written and
remembered.
"""

from __future__ import annotations

import secrets
from base64 import b32encode

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.audit.rules import Outcome
from zhoudao.core.people import indexes
from zhoudao.core.people.actions.accounts import set_password
from zhoudao.core.people.models import Authenticator, RecoveryCode, User
from zhoudao.core.people.rules import duties, numbers
from zhoudao.core.people.rules.bad_input import BadInput

RECOVERY_CODES = 10
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def record_sign_in(actor: Actor) -> None:
    """The password was right. ``actor`` is the account's own."""
    with act(actor, duties.SIGN_IN, subject=actor.key) as entry:
        User.objects.filter(pk=actor.user_id or 0).update(last_activity_at=clock.machine_now())
        entry.note(step="password")


def record_refused_sign_in(actor: Actor, username: str, locked: bool) -> None:
    """The password was wrong, the account is unknown, closed, or locked. ``actor``: a visitor."""
    user_id = User.objects.filter(username=username).values_list("pk", flat=True).first()
    with act(actor, duties.SIGN_IN, subject=f"user:{user_id}" if user_id else "") as entry:
        entry.outcome = Outcome.REFUSED
        entry.note(step="password", locked=locked)


def record_sign_out(actor: Actor, reason: str) -> None:
    """``reason``: "asked", "idle", or "handover": the province's app signed somebody else in."""
    with act(actor, duties.SIGN_IN, subject=actor.key) as entry:
        entry.note(step="sign_out", reason=reason)


def remember_activity(user_id: int) -> None:
    """Note that the account is in use. Not an action of anybody's, so it leaves no row in the trail."""
    User.objects.filter(pk=user_id).update(last_activity_at=clock.machine_now())


def begin_enrolment(actor: Actor, user: User) -> Authenticator:
    """The authenticator to set up: the one begun before, or a new secret. Raises BadInput when one is set
    up.
    """
    with act(actor, duties.ENROL_SECOND_FACTOR, subject=actor.key) as entry:
        found = Authenticator.objects.filter(user=user).first()
        if found is not None and found.confirmed:
            raise BadInput("second_factor_known", "a second factor is set up already")
        entry.note(step="begun")
        return found or Authenticator.objects.create(
            user=user, name="app", secret=b32encode(secrets.token_bytes(20)).decode("ascii"), confirmed=False
        )


def finish_enrolment(actor: Actor, user: User, code: str) -> tuple[Authenticator, list[str]]:
    """Set up the second factor with a first code from the app; gives ten recovery codes, shown once.

    Raises BadInput when the code doesn't fit.
    """
    with act(actor, duties.ENROL_SECOND_FACTOR, subject=actor.key) as entry:
        authenticator = Authenticator.objects.select_for_update().filter(user=user, confirmed=False).first()
        fits = authenticator is not None and authenticator.verify_token(numbers.fold(code))
        entry.note(step="finished", accepted=fits)
        if authenticator is not None and fits:
            Authenticator.objects.filter(pk=authenticator.pk).update(confirmed=True)
            authenticator.confirmed = True
            return authenticator, _new_recovery_codes(user)
    raise _wrong_code()


def check_code(actor: Actor, user: User, code: str) -> Authenticator:
    """Accept a code of the authenticator app. Raises BadInput when it is wrong, used, or comes too soon."""
    with act(actor, duties.SIGN_IN, subject=actor.key) as entry:
        authenticator = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
        fits = authenticator is not None and authenticator.verify_token(numbers.fold(code))
        entry.note(step="second_factor")
        if authenticator is not None and fits:
            return authenticator
        entry.outcome = Outcome.REFUSED
    raise _wrong_code()


def use_recovery_code(actor: Actor, user: User, code: str) -> tuple[Authenticator, int]:
    """Accept one of the ten recovery codes, once; also says how many are left. Raises BadInput."""
    with act(actor, duties.SIGN_IN, subject=actor.key) as entry:
        authenticator = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
        entry.note(step="recovery_code")
        if authenticator is not None and authenticator.verify_is_allowed()[0]:
            index = indexes.of_recovery_code(user.pk, numbers.fold(code).lower().replace("-", ""))
            unused = RecoveryCode.objects.filter(user=user, used_at=None)
            if unused.filter(code_index=index).update(used_at=clock.machine_now()):
                left = unused.count()
                entry.note(left=left)
                return authenticator, left
            authenticator.throttle_increment()
        entry.outcome = Outcome.REFUSED
    raise _wrong_code()


def renew_recovery_codes(actor: Actor, user: User) -> list[str]:
    """Ten new recovery codes in the place of all earlier ones, shown once."""
    with act(actor, duties.ENROL_SECOND_FACTOR, subject=actor.key) as entry:
        entry.note(step="recovery_codes")
        return _new_recovery_codes(user)


def change_password(actor: Actor, user: User, old: str, new: str) -> None:
    """Change one's own password; the other sessions of the account end. Raises BadInput of ``old`` or
    ``new``.
    """
    if not user.check_password(old):
        with act(actor, duties.CHANGE_PASSWORD, subject=actor.key) as entry:
            entry.outcome = Outcome.REFUSED
        raise BadInput("password_wrong", "that is not the present password", "old")
    if old == new:
        raise BadInput("password_same", "the new password is the old one", "new")
    set_password(user, new, "new")
    user.must_change_password = False
    with act(actor, duties.CHANGE_PASSWORD, subject=actor.key):
        user.save(update_fields=["password", "must_change_password"])


def _new_recovery_codes(user: User) -> list[str]:
    """Ten codes of ten characters (49 bits each); only keyed hashes stay here."""
    codes = ["".join(secrets.choice(_CODE_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_index=indexes.of_recovery_code(user.pk, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _wrong_code() -> BadInput:
    return BadInput("code_wrong", "the code is wrong, was used, or comes too soon after a wrong one", "code")
