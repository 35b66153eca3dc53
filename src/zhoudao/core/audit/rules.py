"""What the audit trail holds and who may look at it. Pure."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from enum import StrEnum

from zhoudao.core.access import Permission, Role

READ_TRAIL = Permission("audit.read_trail", "read the audit trail", {Role.AUDITOR})
VERIFY_TRAIL = Permission("audit.verify_trail", "check that the audit trail is whole", {Role.AUDITOR})
EXPORT_TRAIL = Permission("audit.export_trail", "take a copy of the audit trail", {Role.AUDITOR})
SIGN_HEAD = Permission("audit.sign_head", "sign where the audit trail stands", {Role.AUDITOR})
ERASE_PERSON = Permission(
    "audit.erase_person", "erase a person from the audit trail by deleting their key", {Role.SECURITY_OFFICER}
)

PERSON_KINDS = ("user", "resident", "agent", "person", "applicant")
"""What stands before the colon in a key that names a person. Devices, points and cases aren't persons."""

_PERSON_KEY = re.compile(rf"({'|'.join(PERSON_KINDS)}):[^\s:]+")
_PLAIN_ORIGIN = re.compile(r"[a-z][a-z-]{0,30}")


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    """The actor may not; nothing was changed."""
    FAILED = "failed"
    """The action raised; what it had changed was rolled back."""


def is_person(key: str) -> bool:
    """Whether ``key`` ("user:12", "resident:R7") names a person, and so is kept only as a pseudonym."""
    return _PERSON_KEY.fullmatch(key) is not None


def pseudonym(secret: bytes, key: str) -> str:
    """``user:12`` as ``user#`` and 32 hexadecimal digits: the same for one secret, meaningless without it.

    HMAC-SHA-256 (RFC 2104), cut to 128 bits.
    """
    kind = key.partition(":")[0]
    return f"{kind}#{hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()[:32]}"


def network(origin: str) -> str:
    """An address cut to its network (IPv4 /24, IPv6 /48), a word such as "command" as it is, or "unknown"."""
    if not origin or _PLAIN_ORIGIN.fullmatch(origin):
        return origin
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


def persons_in(value: object) -> set[str]:
    """Every key of a person in a text, list or dictionary of details."""
    if isinstance(value, str):
        return {value} if is_person(value) else set()
    if isinstance(value, dict):
        return persons_in(list(value)) | persons_in(list(value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(persons_in(item) for item in value))
    return set()


def with_pseudonyms(value: object, names: dict[str, str]) -> object:
    """``value`` with each key of a person replaced by its pseudonym."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {names.get(key, key): with_pseudonyms(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_pseudonyms(item, names) for item in value]
    return value
