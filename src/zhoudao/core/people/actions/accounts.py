"""Opening, granting, resetting and closing accounts.

The administrator opens and closes them and gives out first passwords; the security officer grants roles and
resets second factors. So neither of them alone can make an account that does anything, or take over
somebody's.
"""

from __future__ import annotations

import secrets

from axes.utils import reset as lift_lock
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from zhoudao.core import clock
from zhoudao.core.access import Actor, Role
from zhoudao.core.audit.actions import act
from zhoudao.core.people.actions.residents import district_codes, parse
from zhoudao.core.people.models import Authenticator, RecoveryCode, User
from zhoudao.core.people.rules import duties, names, numbers
from zhoudao.core.people.rules.bad_input import BadInput

_PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105  no letters that are read for each other


def open_account(actor: Actor, *, username: str, staff_number: str, display_name: str) -> tuple[User, str]:
    """Open a staff account without a role, and its first password, which is shown once. Raises BadInput."""
    user = User(
        username=parse("username", duties.parse_username, username),
        staff_number=numbers.fold(staff_number),
        display_name=parse("display_name", names.normalise_name, display_name),
        must_change_password=True,
    )
    if not user.staff_number:
        raise BadInput("staff_number_missing", "staff accounts need a staff number", "staff_number")
    password = first_password()
    user.set_password(password)
    with act(actor, duties.OPEN_ACCOUNT, subject="user:new") as entry:
        if User.objects.filter(username=user.username).exists():
            raise BadInput("username_taken", "an account with this user name exists", "username")
        user.save()
        entry.note(opened=f"user:{user.pk}")
    return user, password


def open_account_with_role(
    actor: Actor, *, username: str, staff_number: str, display_name: str, role: str, districts: list[str]
) -> tuple[User, str]:
    """Open an account and grant its role at once, or neither: for the platform itself, which may do both."""
    with act(actor, duties.OPEN_ACCOUNT, subject="user:new"):
        user, password = open_account(
            actor, username=username, staff_number=staff_number, display_name=display_name
        )
        grant_role(actor, user.pk, role, districts)
        user.refresh_from_db()
    return user, password


def close_account(actor: Actor, user_id: int) -> None:
    """Close an account: it can't sign in, and whoever is signed in with it is signed out."""
    with act(actor, duties.CLOSE_ACCOUNT, subject=f"user:{user_id}") as entry:
        _not_oneself(actor, user_id)
        user = User.objects.select_for_update().get(pk=user_id)
        user.is_active, user.closed_at = False, clock.now()
        user.save(update_fields=["is_active", "closed_at"])
        entry.note(closed=True)


def reopen_account(actor: Actor, user_id: int) -> None:
    """Open a closed account again, unless its duty went to the same person's other account. Raises
    BadInput.
    """
    with act(actor, duties.CLOSE_ACCOUNT, subject=f"user:{user_id}") as entry:
        user = User.objects.select_for_update().get(pk=user_id)
        check_separate_duties(Role(user.role), user)
        user.is_active, user.closed_at = True, None
        _save_duties(user, "is_active", "closed_at")
        entry.note(closed=False)


def reissue_password(actor: Actor, user_id: int) -> str:
    """A new first password, shown once, to be changed at the next sign-in. Sessions of the account end."""
    password = first_password()
    with act(actor, duties.REISSUE_PASSWORD, subject=f"user:{user_id}"):
        _not_oneself(actor, user_id)
        user = User.objects.select_for_update().get(pk=user_id)
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
    return password


def grant_role(actor: Actor, user_id: int, role: str, districts: list[str]) -> None:
    """Give an account its one role and its districts, in the place of those it had. Raises BadInput."""
    with act(actor, duties.GRANT_ROLE, subject=f"user:{user_id}") as entry:
        _not_oneself(actor, user_id)
        if role not in duties.GRANTABLE:
            expected = ", ".join(sorted(duties.GRANTABLE))
            raise BadInput("role", f"no role that is granted; expected one of {expected}", "role")
        user = User.objects.select_for_update().get(pk=user_id)
        if not user.staff_number:
            raise BadInput("staff_number_missing", "staff accounts need a staff number", "role")
        check_separate_duties(Role(role), user)
        chosen = parse("districts", lambda codes: duties.check_districts(codes, district_codes()), districts)
        entry.note(role={"from": user.role, "to": role}, districts=chosen)
        user.role, user.districts = role, chosen
        _save_duties(user, "role", "districts")


def reset_second_factor(actor: Actor, user_id: int) -> None:
    """Forget the account's authenticator and recovery codes: its owner sets up a new one at the next
    sign-in.
    """
    with act(actor, duties.RESET_SECOND_FACTOR, subject=f"user:{user_id}"):
        _not_oneself(actor, user_id)
        Authenticator.objects.filter(user_id=user_id).delete()
        RecoveryCode.objects.filter(user_id=user_id).delete()


def unlock(actor: Actor, user_id: int) -> int:
    """Lift the lock that failed sign-ins put on an account. Returns how many records of failures were
    removed.
    """
    with act(actor, duties.UNLOCK, subject=f"user:{user_id}") as entry:
        removed = lift_lock(username=User.objects.get(pk=user_id).username)
        Authenticator.objects.filter(user_id=user_id).update(
            throttling_failure_timestamp=None, throttling_failure_count=0
        )
        entry.note(removed=removed)
    return removed


def first_password() -> str:
    """Four groups of four: 79 bits, and no letters that are read for each other."""
    groups = ("".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def set_password(user: User, password: str, field: str) -> None:
    """Set a password that somebody chose. Raises BadInput of ``field`` when it is too weak."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput("password_weak", " ".join(error.messages), field) from None
    user.set_password(password)


def check_separate_duties(role: Role, user: User) -> None:
    """Raise BadInput when the same person's other open account holds a duty that ``role`` may not stand
    beside.
    """
    if not user.staff_number:
        return
    others = User.objects.filter(staff_number=user.staff_number, is_active=True)
    if user.pk is not None:
        others = others.exclude(pk=user.pk)
    conflict = duties.conflicting_duty(role, (Role(held) for held in others.values_list("role", flat=True)))
    if conflict is not None:
        raise _separate(conflict)


def _save_duties(user: User, *fields: str) -> None:
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError:  # two officers at once: the database's own rule decides
        raise _separate("another of the three") from None


def _separate(conflict: str) -> BadInput:
    return BadInput(
        "separate_duties",
        f"the same person's other account is {conflict}: system, security and audit duties are three "
        "persons'",
        "role",
    )


def _not_oneself(actor: Actor, user_id: int) -> None:
    if actor.user_id == user_id:
        raise BadInput("oneself", "nobody does this to their own account: ask a colleague of the same duty")
