"""Each request stands in the half that answers at its address, from its session to its last statement."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from zhoudao.core.wall.halves import of_address
from zhoudao.core.wall.standing import within


class WallMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with within(of_address(request.path_info)):
            return self.get_response(request)
