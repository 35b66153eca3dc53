"""One page that isn't one: a file, always as an attachment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from zhoudao.core.files import actions
from zhoudao.core.files.models import StoredFile
from zhoudao.core.files.rules import kind_named

PIECE = 256 * 1024


@require_safe
def download(request: HttpRequest, file_id: int) -> StreamingHttpResponse:
    """Never shown inside a page, and never as anything but the type found when it came."""
    try:
        stored, path = actions.open_file(request.actor, file_id)  # type: ignore[attr-defined]
        size = path.stat().st_size
    except (StoredFile.DoesNotExist, FileNotFoundError):
        raise Http404 from None
    response = StreamingHttpResponse(_pieces(path), content_type=kind_named(stored.kind).content_type)
    response["Content-Length"] = size
    response["Content-Disposition"] = content_disposition_header(True, stored.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
