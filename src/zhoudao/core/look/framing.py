"""Pages that another site may show inside its own: the province's app, by ``ZHOUDAO_EMBED_HOSTS``.

Every other page says that nobody may (``frame-ancestors 'none'`` and ``X-Frame-Options: DENY``), signing in and all
that staff see among them: a page that acts for somebody must never lie under somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from zhoudao.core.access import PUBLIC_ROLES, VISITOR

View = Callable[..., HttpResponse]


def may_be_framed(view: View) -> View:
    """For a public page that only reads. Whoever is signed in as staff gets it unframeable all the same."""

    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if settings.EMBED_HOSTS and getattr(request, "actor", VISITOR).role in PUBLIC_ROLES:
            # Read by django-csp's middleware and by Django's clickjacking middleware, in this order of their own.
            response._csp_replace = {"frame-ancestors": settings.EMBED_HOSTS}  # type: ignore[attr-defined]
            response.xframe_options_exempt = True
        return response

    framed.may_be_framed = True  # type: ignore[attr-defined]  # a test lists them
    return framed
