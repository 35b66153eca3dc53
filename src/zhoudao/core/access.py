"""Who may do what: roles, permissions, and the actor every action and query is given.

Pure: no Django, no database. Each room declares its own permissions beside its rules::

    EDIT_POINT = Permission("places.edit_point", "change a point", {Role.SUPERVISOR}, by_district=True)

and its actions and queries ask ``require(actor, EDIT_POINT, district=point.district)`` (or open an audited
action, which asks for them: see ``zhoudao.core.audit.actions.act``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an account is for. One account has exactly one role: a person with two duties has two accounts."""

    VISITOR = "visitor"
    """Anyone who has not signed in (访客)."""
    RESIDENT = "resident"
    """A resident or migrant acting for themselves (群众)."""
    AGENT = "agent"
    """An enterprise agent (企业经办人) acting for an organisation."""
    CLERK = "clerk"
    """Takes applications at a window (窗口民警)."""
    REVIEWER = "reviewer"
    """Decides applications (审核员)."""
    SUPERVISOR = "supervisor"
    """Answers for windows, points and reviewers of a district (主管)."""
    KIOSK_KEEPER = "kiosk_keeper"
    """Looks after self-service kiosks (自助机管理员)."""
    INSPECTOR = "inspector"
    """Inspects vehicles on islands (外勤检验员)."""
    ANTIFRAUD_OFFICER = "antifraud_officer"
    """Answers reports of fraud and publishes warnings (反诈民警)."""
    ANALYST = "analyst"
    """Economic-crime analyst (经侦研判员)."""
    TAX_OFFICER = "tax_officer"
    """Tax officer working beside the police (税务协作员)."""
    COMMANDER = "commander"
    """Sees the whole city's figures (指挥员)."""
    ADMINISTRATOR = "administrator"
    """System administrator (系统管理员): runs the system, opens accounts, sees no audit trail and grants no role."""
    SECURITY_OFFICER = "security_officer"
    """Security administrator (安全管理员): grants roles, unlocks, resets second factors, rotates keys."""
    AUDITOR = "auditor"
    """Audit administrator (审计管理员): reads and verifies the audit trail, changes nothing."""
    DEVICE = "device"
    """A kiosk or other machine that signs its own requests (设备)."""
    SYSTEM = "system"
    """The platform itself: scheduled jobs and commands run on the server (系统)."""


PUBLIC_ROLES = frozenset({Role.VISITOR, Role.RESIDENT, Role.AGENT})
ANYONE = frozenset(Role)
STAFF_ROLES = frozenset(Role) - PUBLIC_ROLES - {Role.DEVICE, Role.SYSTEM}
SIGNED_IN_ROLES = frozenset(Role) - {Role.VISITOR, Role.DEVICE, Role.SYSTEM}

SEPARATE_DUTIES = (Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR)
"""Three administrators (三员分立): GB/T 22239-2019 keeps system, security and audit duties apart (level 3, 8.1.5)."""

ALL_DISTRICTS = "*"


class Forbidden(Exception):
    """The actor may not do this. The page shows 403; the audit trail keeps the attempt."""

    def __init__(self, actor: Actor, permission: Permission, district: str | None) -> None:
        self.actor, self.permission, self.district = actor, permission, district
        where = f" in district {district}" if district else ""
        super().__init__(f"{actor.role} may not {permission.name}{where}")


@dataclass(frozen=True)
class Actor:
    """Who is acting. ``key`` names the account ("user:12", "device:3", "system"), never the person."""

    key: str
    role: Role
    districts: frozenset[str] = frozenset()
    """Codes of the districts the actor answers for; ``ALL_DISTRICTS`` in it means the whole city."""
    organisation_id: int | None = None
    """The organisation an agent acts for."""
    origin: str = ""
    """Where the request came from: an IP address, or "command"."""
    user_id: int | None = None

    def covers(self, district: str | None) -> bool:
        return ALL_DISTRICTS in self.districts or (district is not None and district in self.districts)


VISITOR = Actor("visitor", Role.VISITOR)
SYSTEM = Actor("system", Role.SYSTEM, frozenset({ALL_DISTRICTS}), origin="command")

_declared: dict[str, Permission] = {}


@dataclass(frozen=True)
class Permission:
    """A thing that may be done, and by which roles. Declared once, beside the rules of the room it belongs to."""

    name: str
    """``room.verb_object``, unique in the house."""
    meaning: str
    """What it allows, in words, for the table of permissions in the docs."""
    holders: Iterable[Role] = field(default_factory=frozenset)
    by_district: bool = False
    """Holders may use it only in the districts they answer for."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "holders", frozenset(self.holders))
        earlier = _declared.setdefault(self.name, self)
        if earlier != self:
            raise ValueError(f"permission {self.name} is declared twice, differently")


def permissions() -> list[Permission]:
    """Every permission declared so far, by name."""
    return sorted(_declared.values(), key=lambda permission: permission.name)


def allowed(actor: Actor, permission: Permission, district: str | None = None) -> bool:
    """Whether ``actor`` may use ``permission``; one that is by district, in ``district`` (None: in all of them)."""
    if actor.role is Role.SYSTEM:
        return True
    return actor.role in frozenset(permission.holders) and (
        not permission.by_district or actor.covers(district)
    )


def require(actor: Actor, permission: Permission, district: str | None = None) -> None:
    """Raise Forbidden unless ``allowed``."""
    if not allowed(actor, permission, district):
        raise Forbidden(actor, permission, district)
