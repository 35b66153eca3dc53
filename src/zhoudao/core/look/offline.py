"""What a service worker keeps of the look, and how its script is served."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.templatetags.static import static

LOOK = (
    "look/tokens.css", "look/base.css", "look/components.css", "look/print.css", "look/look.js", "look/mark.svg",
    "look/chart.svg", "look/chart-dark.svg", "look/select.svg", "vendor/htmx-2.0.11/htmx.min.js",
)  # fmt: skip
"""What every page of the house loads (``look/frame.html``)."""


def worker(script: str, files: list[str], more: dict[str, object]) -> HttpResponse:
    """The static file ``script`` as a service worker, with what it keeps written above it as ``KEPT``: ``assets``, a
    ``version`` that changes with any of it, and ``more``."""
    assets = [static(name) for name in (*LOOK, *files)]
    # A module imports its neighbours by their plain names, so those are kept beside the hashed ones.
    plain = [f"{settings.STATIC_URL}{name}" for name in files if name.endswith(".mjs")]
    told = {"assets": sorted({*assets, *plain}), **more}
    told["version"] = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]
    found = finders.find(script)
    assert found is not None, f"{script} is among the static files"
    body = f"const KEPT = {json.dumps(told)};\n{Path(str(found)).read_text(encoding='utf-8')}"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
