"""Who may do what with accounts and people, and which duties one person may not hold together. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from zhoudao.core.access import (
    ALL_DISTRICTS,
    ANYONE,
    SEPARATE_DUTIES,
    SIGNED_IN_ROLES,
    STAFF_ROLES,
    Actor,
    Permission,
    Role,
)
from zhoudao.core.people.rules.bad_input import BadInput

SIGN_IN = Permission("people.sign_in", "sign in, and sign out", ANYONE)
ENROL_SECOND_FACTOR = Permission("people.enrol_second_factor", "set up one's own second factor", STAFF_ROLES)
CHANGE_PASSWORD = Permission(
    "people.change_password", "change one's own password", SIGNED_IN_ROLES | {Role.VISITOR}
)

SEE_ACCOUNTS = Permission(
    "people.see_accounts", "see the list of accounts", {Role.ADMINISTRATOR, Role.SECURITY_OFFICER}
)
OPEN_ACCOUNT = Permission(
    "people.open_account", "open an account, without any role yet", {Role.ADMINISTRATOR}
)
CLOSE_ACCOUNT = Permission("people.close_account", "close an account, or open it again", {Role.ADMINISTRATOR})
REISSUE_PASSWORD = Permission(
    "people.reissue_password", "give out a new first password", {Role.ADMINISTRATOR}
)
GRANT_ROLE = Permission(
    "people.grant_role", "give an account its role and districts", {Role.SECURITY_OFFICER}
)
RESET_SECOND_FACTOR = Permission(
    "people.reset_second_factor", "let a person set up a second factor anew", {Role.SECURITY_OFFICER}
)
UNLOCK = Permission("people.unlock", "lift the lock after failed sign-ins", {Role.SECURITY_OFFICER})

REGISTER_RESIDENT = Permission(
    "people.register_resident", "register a resident", {Role.CLERK}, by_district=True
)
FIND_RESIDENT = Permission(
    "people.find_resident",
    "find a resident by document number, for a stated purpose",
    {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
SEE_RESIDENT = Permission(
    "people.see_resident",
    "see a resident, masked",
    {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
SEE_OWN_DETAILS = Permission(
    "people.see_own_details", "see what is kept about oneself", {Role.RESIDENT, Role.AGENT}
)
REGISTER_ORGANISATION = Permission(
    "people.register_organisation", "register an organisation and its agents", {Role.CLERK}, by_district=True
)
CHOOSE_ORGANISATION = Permission("people.choose_organisation", "choose whom to act for", {Role.AGENT})
IMPORT = Permission(
    "people.import", "import residents, organisations and accounts (commands only)", frozenset()
)
SCAN = Permission(
    "people.scan", "look for plain personal numbers where none may be (commands only)", frozenset()
)

GRANTABLE = STAFF_ROLES
"""Roles that the security officer gives: residents and agents get theirs when they register."""


def needs_second_factor(role: Role) -> bool:
    return role in STAFF_ROLES


def conflicting_duty(role: Role, held: Iterable[Role]) -> Role | None:
    """The duty among ``held`` (roles of the same person's other open accounts) that ``role`` may not stand
    beside.

    System, security and audit duties are three people's (GB/T 22239-2019, 8.1.5, level 3).
    """
    if role not in SEPARATE_DUTIES:
        return None
    return next((other for other in held if other in SEPARATE_DUTIES), None)


def check_districts(chosen: Collection[str], known: Collection[str]) -> list[str]:
    """The chosen districts in a fixed order; the whole city stands alone. Raises ValueError naming what is
    unknown.
    """
    if ALL_DISTRICTS in chosen:
        return [ALL_DISTRICTS]
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        expected = ", ".join(sorted(known))
        raise BadInput(
            "district", f"no such district: {', '.join(unknown)}; expected some of {expected}, or *"
        )
    return sorted(set(chosen))


def parse_username(text: str) -> str:
    """A user name in its stored form: lower case. Raises BadInput.

    It may not hold a run of digits as long as a telephone number: user names are written to logs.
    """
    username = unicodedata.normalize("NFKC", text).strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,63}", username):
        raise BadInput("username", "a user name has 2 to 64 letters, digits, dots, hyphens or underscores")
    if re.search(r"[0-9]{10}", username):
        raise BadInput("username_number", "a user name may not be a telephone or identity number")
    return username


def serving_district(actor: Actor, home_district: str) -> str | None:
    """The district in whose name ``actor`` deals with a resident.

    Their home district; for somebody from outside the city, whom any window serves, one of the actor's own.
    """
    if home_district:
        return home_district
    return min(actor.districts, default=None)
