"""What a visitor's browser fetches once, to answer without a network: a worker, a page, and three documents."""

from __future__ import annotations

import gzip

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhoudao.core import city, clock
from zhoudao.core.look import offline as look
from zhoudao.counter.places import where
from zhoudao.counter.places.journeys.network import NoNetwork
from zhoudao.counter.places.layers.shelf import digest
from zhoudao.counter.places.layers.views import FOR_EVER
from zhoudao.counter.places.offline import kept
from zhoudao.counter.places.offline.rules import LANGUAGES
from zhoudao.counter.places.offline.sentences import sentences

MODULES = ["page", "store", "network", "scan", "journey", "soonest", "search", "words", "drawing"]
FILES = ["places/places.css", *(f"places/offline/{name}.mjs" for name in MODULES)]


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """For the whole site, of which it touches only the public pages named here."""
    shells = {language: reverse("places:offline_shell", args=[language]) for language in LANGUAGES}
    written = digest("".join(_shell(request, language) for language in LANGUAGES).encode())
    more: dict[str, object] = {"shells": shells, "note": reverse("places:offline_current"), "written": written}
    return look.worker("places/offline/worker.js", FILES, more)


@never_cache
@require_safe
def current(request: HttpRequest) -> HttpResponse:
    """Which documents there are, of which day, and what time it is here."""
    try:
        edition = kept.offered()
    except NoNetwork as missing:
        return JsonResponse({"error": {"what": missing.what, "todo": missing.todo}}, status=missing.http_status)
    return JsonResponse(
        {
            "made": edition.made,
            "now": int(clock.now().timestamp()),
            "documents": {
                kind: reverse("places:offline_document", args=[name]) for kind, name in edition.names.items()
            },
        }
    )


@require_safe
def document(request: HttpRequest, name: str) -> HttpResponse:
    """One document; its name says what is in it, so browsers keep it without asking again."""
    content = kept.document(name)
    if content is None:
        raise Http404(f"no document {name}")
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(content if takes_gzip else gzip.decompress(content), content_type="application/json")
    if takes_gzip:
        answer["Content-Encoding"] = "gzip"
    answer["Vary"] = "Accept-Encoding"
    answer["Cache-Control"] = FOR_EVER
    answer["ETag"] = f'"{name}"'
    return answer


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What this device keeps, in the reader's language."""
    language = translation.get_language() or LANGUAGES[0]
    return redirect("places:offline_shell", language if language in LANGUAGES else LANGUAGES[0])


@require_safe
def shell(request: HttpRequest, language: str) -> HttpResponse:
    """The page that stands in for others without a network. It names nobody, whoever asks for it."""
    if language not in LANGUAGES:
        raise Http404(f"no page in {language}")
    response = HttpResponse(_shell(request, language))
    response["Content-Language"] = language
    return response


def _shell(request: HttpRequest, language: str) -> str:
    with translation.override(language):
        told = {
            "language": language,
            "zone": str(clock.CITY_ZONE),
            "say": sentences(),
            "search": reverse("places:search"),
            "home": reverse("home"),
            "point": reverse("places:points"),
            "worker": reverse("places:worker"),
            "script": static("places/offline/page.mjs"),
        }
        settlements = where.by_district(city.current())
        # Kept by browsers: no token of anybody's.
        context = {"settlements": settlements, "told": told, "csrf_token": ""}
        return render_to_string("places/offline/shell.html", context, request)
