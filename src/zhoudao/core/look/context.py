"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from zhoudao.core import city, clock
from zhoudao.core.access import STAFF_ROLES, VISITOR


def house(request: HttpRequest) -> dict[str, object]:
    here = city.current()
    actor = getattr(request, "actor", VISITOR)
    return {
        "city": here,
        "help_phone": here.help_phone,
        "now": clock.now(),
        "sample_city": settings.SAMPLE_CITY,
        "is_staff": actor.role in STAFF_ROLES,
        "is_signed_in": actor.user_id is not None,
        "other_languages": [
            (code, name)
            for code, name in settings.LANGUAGES
            if code in here.languages and code != getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        ],
    }
