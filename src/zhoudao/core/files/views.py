"""One page that isn't one: a file, always as an attachment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from zhoudao.core.files import actions
from zhoudao.core.files.models import StoredFile
from zhoudao.core.files.rules import kind_named


@require_safe
def download(request: HttpRequest, file_id: int) -> StreamingHttpResponse:
    """Never shown inside a page, and never as anything but the type found when it came."""
    try:
        stored, pieces = actions.open_file(request.actor, file_id)  # type: ignore[attr-defined]
    except (StoredFile.DoesNotExist, FileNotFoundError):
        raise Http404 from None
    response = StreamingHttpResponse(_unhurried(pieces), content_type=kind_named(stored.kind).content_type)
    response["Content-Length"] = stored.size
    response["Content-Disposition"] = content_disposition_header(True, stored.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


async def _unhurried(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Opened in another thread, so that nobody else waits."""
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
