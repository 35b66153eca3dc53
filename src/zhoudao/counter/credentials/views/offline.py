"""A service worker for one part of the site, told which files it keeps."""

from __future__ import annotations

from django.http import HttpResponse

from zhoudao.core.look import offline


def worker(page: str, files: list[str], more: dict[str, object]) -> HttpResponse:
    """The script ``credentials/worker.js``. ``page``: its scope's first page."""
    return offline.worker("credentials/worker.js", files, {"page": page, **more})
