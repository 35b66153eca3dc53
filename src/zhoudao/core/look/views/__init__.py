"""Error pages that say what to do, the health check, and the page that shows every component."""

from zhoudao.core.look.views.pages import guide, healthz, manifest
from zhoudao.core.look.views.refusals import (
    WORDS,
    bad_request,
    csrf_failure,
    forbidden,
    not_found,
    refused,
    server_error,
)

__all__ = [
    "WORDS",
    "bad_request",
    "csrf_failure",
    "forbidden",
    "guide",
    "healthz",
    "manifest",
    "not_found",
    "refused",
    "server_error",
]
