"""How the server answers: the ASGI application.

Django's own ASGI handler starts a thread for every request, opens a database connection in it, and hands the request
back and forth between thread and event loop wherever one middleware is async and the next is not. Here a request is
answered whole in one of a few threads that stay, each with its connection; only what a response streams, such as a
board's events, is sent from the event loop, where hundreds of open streams cost no thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponseBase
from django.urls import set_script_prefix

from zhoudao.operations.watch.requests import PROBES

THREADS = 8
"""Requests that a web process answers at once; more wait their turn."""
PROBE_THREADS = 2


class Application(ASGIHandler):
    """Answers each request whole in a thread of its pool.

    Whoever asks whether the platform lives has threads of their own: where everybody waits for the database, or more
    people come than can be served, it is busy, not dead, and a supervisor that took it for dead would make it worse.
    """

    def __init__(self) -> None:
        super().__init__()
        self._answer = self._in_threads(THREADS, "request")
        self._answer_probe = self._in_threads(PROBE_THREADS, "probe")

    def _in_threads(self, count: int, name: str) -> Callable[..., Awaitable[HttpResponseBase]]:
        threads = ThreadPoolExecutor(count, name)
        return sync_to_async(self._answered, thread_sensitive=False, executor=threads)

    def load_middleware(self, is_async: bool = False) -> None:
        """Middleware and views one inside the other, with no change of thread between them."""
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        with suppress(RequestAborted):  # the client left; nobody waits for an answer
            body = await self.read_body(receive)
            try:
                answer = self._answer_probe if scope["path"] in PROBES else self._answer
                response = await answer(scope, body)
                if response.streaming:
                    await self._stream(response, receive, send)
                else:
                    await self.send_response(response, send)
            finally:
                body.close()

    def _answered(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """The response; unless there is something left to stream, the request has ended in this thread."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, refused = self.create_request(scope, body)
        response = self.get_response(request) if request is not None else refused
        assert response is not None  # a request that could not be made was refused
        response._handler_class = type(self)  # type: ignore[attr-defined]  # Django's own handler sets it too
        if not response.streaming:
            response.close()
        return response

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Until the response ends, or the client leaves."""
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            for task in (sending, leaving):
                task.cancel()  # of no effect on the one that is done
                with suppress(asyncio.CancelledError, RequestAborted):
                    await task
        finally:
            await sync_to_async(response.close)()
