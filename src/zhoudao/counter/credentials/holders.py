"""Whose a certificate is: how they are reached, what they may see, and what things are called in their language."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from zhoudao.core.access import Actor, Forbidden, Role, require
from zhoudao.core.city.shapes import Text
from zhoudao.core.people.models import Agency, DocumentKind
from zhoudao.counter.credentials.models import Credential
from zhoudao.counter.credentials.rules import SEE_OWN


def own(actor: Actor) -> QuerySet[Credential]:
    """The certificates of whoever is signed in: their own, or those of the organisation they act for."""
    require(actor, SEE_OWN)
    if actor.user_id is None:
        raise Forbidden(actor, SEE_OWN, None)
    mine = Q(resident__user=actor.user_id)
    if actor.role is Role.AGENT and actor.organisation_id is not None:
        mine |= Q(organisation=actor.organisation_id)
    return Credential.objects.select_related("kind").filter(mine)


def reached(credential: Credential) -> list[tuple[str, str]]:
    """(channel, recipient) for each way to tell the holder; letters inside the platform before messages outside."""
    if credential.resident is not None:
        if credential.resident.user_id is not None:
            return [("letterbox", f"user:{credential.resident.user_id}")]
        return [("sms", str(credential.resident.mobile))] if credential.resident.mobile else []
    agents = Agency.objects.filter(
        organisation=credential.organisation_id, withdrawn_at=None, person__user__isnull=False
    )
    return [("letterbox", f"user:{user}") for user in sorted(agents.values_list("person__user", flat=True))]


def language_of(credential: Credential) -> str:
    """The language the holder is written to: whoever came with a passport reads English sooner than Chinese."""
    resident = credential.resident
    return "en" if resident is not None and resident.document_kind == DocumentKind.PASSPORT else "zh-hans"


def in_languages(text: Text) -> dict[str, str]:
    return {"zh-hans": text["zh-hans"], "en": text["en"]}


def named(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or names.get("zh-hans", "")
