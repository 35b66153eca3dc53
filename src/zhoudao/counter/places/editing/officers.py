"""Who acts, as a person, and who else could look."""

from __future__ import annotations

from zhoudao.core.access import ALL_DISTRICTS, Actor, Permission, Role
from zhoudao.core.people.models import User
from zhoudao.counter.places.editing.problems import NoOfficer


def officer(actor: Actor, permission: Permission) -> User:
    """The account that acts. Raises NoOfficer for commands and jobs."""
    found = User.objects.filter(pk=actor.user_id, is_active=True).first() if actor.user_id else None
    if found is None:
        raise NoOfficer(actor, permission, None)
    return found


def staff_number(actor: Actor) -> str:
    """The actor's staff number (警号), empty for whoever has none."""
    return User.objects.filter(pk=actor.user_id or 0).values_list("staff_number", flat=True).first() or ""


def supervisors(district: str, without: str) -> list[User]:
    """Active supervisors who answer for the district (empty: for the whole city), but the person with that staff
    number."""
    accounts = User.objects.filter(role=Role.SUPERVISOR.value, is_active=True).exclude(staff_number=without)
    return [each for each in accounts.order_by("pk") if {ALL_DISTRICTS, district} & set(each.districts)]
