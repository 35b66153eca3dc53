"""The layers' files. Their names say what is in them, so browsers keep them without asking again."""

from __future__ import annotations

import gzip

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zhoudao.core.access import Actor
from zhoudao.counter.places.layers import queries
from zhoudao.counter.places.layers.rules import Tile

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def document(request: HttpRequest, name: str) -> HttpResponse:
    """GeoJSON: land, names, roads or boats."""
    content = queries.document(_actor(request), name)
    if content is None:
        raise Http404(f"no layer {name}")
    return _answer(request, content, "application/geo+json", name)


@require_safe
def tile(request: HttpRequest, name: str, zoom: int, x: int, y: int) -> HttpResponse:
    """A vector tile of streets; 204 where there are none."""
    content = queries.tile(_actor(request), name, Tile(zoom, x, y))
    if content is None:
        return _kept(HttpResponse(status=204), f"{name}/{zoom}/{x}/{y}")
    return _answer(request, content, "application/vnd.mapbox-vector-tile", f"{name}/{zoom}/{x}/{y}")


def _answer(request: HttpRequest, squeezed: bytes, kind: str, tag: str) -> HttpResponse:
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(squeezed if takes_gzip else gzip.decompress(squeezed), content_type=kind)
    if takes_gzip:
        answer["Content-Encoding"] = "gzip"
    answer["Vary"] = "Accept-Encoding"
    return _kept(answer, tag)


def _kept(answer: HttpResponse, tag: str) -> HttpResponse:
    answer["Cache-Control"] = FOR_EVER
    answer["ETag"] = f'"{tag}"'
    return answer


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there
