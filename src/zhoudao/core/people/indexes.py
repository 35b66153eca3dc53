"""The blind indexes of this room: one purpose each, so that equal numbers in two of them never match."""

from __future__ import annotations

from zhoudao.core.keys.actions import blind_index
from zhoudao.core.people.rules.names import key_of_name


def of_document(kind: str, number: str) -> str:
    """``number`` as its parser returned it."""
    return blind_index("people.document", f"{kind}:{number}")


def of_mobile(number: str) -> str:
    """``number`` as ``parse_mobile`` returned it; empty for none."""
    return blind_index("people.mobile", number) if number else ""


def of_name(name: str) -> str:
    return blind_index("people.name", key_of_name(name))


def of_recovery_code(user_id: int, code: str) -> str:
    return blind_index("people.recovery_code", f"{user_id}:{code}")


def of_typed(text: str) -> str:
    """What somebody typed as a user name and no account has: it may be a number, so only this is kept."""
    return blind_index("people.typed", text)


def of_handover(token_id: str) -> str:
    """The number of a sign-in token that the province's app handed over."""
    return blind_index("people.handover", token_id)


def of_subject(issuer: str, number: str) -> str:
    """A provider's own number for a person or a session."""
    return blind_index("people.provider_subject", f"{issuer}\n{number}")
