"""The display board, and the stream that keeps it live."""

from __future__ import annotations

import json

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from zhoudao.core.access import VISITOR
from zhoudao.counter.windows import live
from zhoudao.counter.windows.queries import boards
from zhoudao.counter.windows.queries.boards import Board
from zhoudao.counter.windows.speech import announcement
from zhoudao.counter.windows.views.pages import actor_of, as_wait, service_name


@require_safe
def board(request: HttpRequest, code: str) -> HttpResponse:
    found = boards.board(actor_of(request), code)
    return render(request, "windows/board.html", {**_shown(found), "theme": "dark"})


@require_safe
async def events(request: HttpRequest, code: str) -> HttpResponse | StreamingHttpResponse:
    """Server-sent events: ``board`` with the board's HTML and what to say aloud. A browser comes back by itself."""
    chosen = translation.get_language() or "zh-hans"
    await sync_to_async(boards.require_point)(actor_of(request), code)
    response = StreamingHttpResponse(
        live.stream(HUB, (code, chosen)), content_type="text/event-stream; charset=utf-8"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx would hold events back
    return response


def _shown(found: Board) -> dict[str, object]:
    return {
        "board": found,
        "point": found.point,
        "called": [each for each in found.windows if each.ticket],
        "free": [each for each in found.windows if not each.ticket and not each.paused],
        "waiting": [
            (service_name(code), found.waiting.get(code, 0), as_wait(found.guesses.get(code)))
            for code in sorted(found.waiting.keys() | found.guesses.keys())
        ],
        "last": announcement(found.calls[-1].number, found.calls[-1].window) if found.calls else "",
    }


def _draw(code: str, chosen: str) -> str:
    """The event for one board in one language."""
    with translation.override(chosen):
        found = boards.board(VISITOR, code)
        content = {
            "version": found.version,
            "html": render_to_string("windows/parts/board.html", _shown(found)),
            "calls": [
                {
                    "event": each.event,
                    "number": each.number,
                    "window": each.window,
                    "say": announcement(each.number, each.window),
                }
                for each in found.calls
            ],
        }
    return f"event: board\nid: {found.version}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"


HUB = live.Hub(lambda code: boards.version(VISITOR, code), _draw)
