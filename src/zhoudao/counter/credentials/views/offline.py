"""A service worker for one part of the site, told which files it keeps."""

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


def worker(page: str, files: list[str], more: dict[str, object]) -> HttpResponse:
    """The script ``credentials/worker.js`` with what it keeps written above it. ``page``: its scope's first page."""
    assets = [static(name) for name in (*LOOK, *files)]
    # A module imports its neighbours by their plain names, so those are kept beside the hashed ones.
    plain = [f"{settings.STATIC_URL}{name}" for name in files if name.endswith(".mjs")]
    told = {"page": page, "assets": sorted({*assets, *plain}), **more}
    told["version"] = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]
    body = f"const KEPT = {json.dumps(told)};\n{_script()}"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _script() -> str:
    found = finders.find("credentials/worker.js")
    assert found is not None, "credentials/worker.js is among this room's static files"
    return Path(str(found)).read_text(encoding="utf-8")
