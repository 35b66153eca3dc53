"""One page that isn't one: a file, always as an attachment."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest

from zhoudao.core.files import actions
from zhoudao.core.files.models import StoredFile
from zhoudao.core.files.rules import kind_named


def download(request: HttpRequest, file_id: int) -> FileResponse:
    """Never shown inside a page, and never as anything but the type found when it came."""
    try:
        stored, path = actions.open_file(request.actor, file_id)  # type: ignore[attr-defined]
        content = path.open("rb")
    except (StoredFile.DoesNotExist, FileNotFoundError):
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type=kind_named(stored.kind).content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
