"""The application answers a request whole in one thread, and streams from the event loop."""

import asyncio
import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from zhoudao.answering import THREADS, Application

LEFT: list[str] = []
FREE = threading.Event()


def thread_of(request):
    return HttpResponse(threading.current_thread().name)


def waiting(request):
    FREE.wait(60)
    return HttpResponse("waited")


async def from_the_loop(request):
    return HttpResponse("async")


async def _events():
    try:
        while True:
            yield b"data: now\n\n"
            await asyncio.sleep(0)
    finally:
        LEFT.append("closed")


def board(request):
    return StreamingHttpResponse(_events(), content_type="text/event-stream")


def broken(request):
    raise RuntimeError("on purpose")


urlpatterns = [
    path("thread/", thread_of),
    path("waiting/", waiting),
    path("healthz", thread_of),
    path("async/", from_the_loop),
    path("board/", board),
    path("broken/", broken),
]


@pytest.fixture
def application(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    settings.ALLOWED_HOSTS = ["testserver"]
    return Application()


def asked(address: str) -> dict:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": address,
        "raw_path": address.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"testserver")],
    }


async def answer(application, address: str) -> tuple[int, bytes]:
    talk = ApplicationCommunicator(application, asked(address))
    await talk.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await talk.receive_output(10)
    body = await talk.receive_output(10)
    await talk.wait(10)
    return start["status"], body["body"]


def test_a_request_is_answered_in_a_thread_of_the_pool_and_ends_there(application):
    ended = []

    def note(**more):
        ended.append(threading.current_thread().name)

    request_finished.connect(note)
    try:
        status, body = asyncio.run(answer(application, "/thread/"))
    finally:
        request_finished.disconnect(note)
    assert status == 200
    assert body.startswith(b"request")
    assert ended == [body.decode()]


def test_a_probe_is_answered_while_everybody_else_waits(application):
    async def probe_a_busy_one() -> tuple[tuple[int, bytes], list[tuple[int, bytes]]]:
        people = [asyncio.create_task(answer(application, "/waiting/")) for _ in range(2 * THREADS)]
        try:
            probe = await answer(application, "/healthz")
            assert not any(each.done() for each in people)
        finally:
            FREE.set()
        return probe, await asyncio.gather(*people)

    FREE.clear()
    probe, people = asyncio.run(probe_a_busy_one())
    assert probe[0] == 200
    assert probe[1].startswith(b"probe")
    assert people == [(200, b"waited")] * 2 * THREADS


def test_an_async_view_is_answered_too(application):
    assert asyncio.run(answer(application, "/async/")) == (200, b"async")


def test_what_fails_is_a_500(application, settings):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    status, _ = asyncio.run(answer(application, "/broken/"))
    assert status == 500


def test_a_stream_goes_on_until_the_client_leaves(application):
    async def watch() -> list[bytes]:
        talk = ApplicationCommunicator(application, asked("/board/"))
        await talk.send_input({"type": "http.request", "body": b"", "more_body": False})
        assert (await talk.receive_output(10))["status"] == 200
        seen = [(await talk.receive_output(10))["body"] for _ in range(3)]
        await talk.send_input({"type": "http.disconnect"})
        await talk.wait(10)
        return seen

    LEFT.clear()
    assert asyncio.run(watch()) == [b"data: now\n\n"] * 3
    assert LEFT == ["closed"]


def test_a_client_that_leaves_before_it_has_asked_is_nobody(application):
    async def leave() -> bool:
        talk = ApplicationCommunicator(application, asked("/thread/"))
        await talk.send_input({"type": "http.disconnect"})
        await talk.wait(10)
        return await talk.receive_nothing()

    assert asyncio.run(leave())
