"""Boards that are pushed: drawn once however many watch, again when something changed, and forgotten afterwards."""

import asyncio

import pytest
from django.urls import reverse

from zhoudao.counter.windows import live
from zhoudao.counter.windows.live import Hub


class Queue:
    """A queue that is looked at and drawn, with counts of both."""

    def __init__(self) -> None:
        self.version, self.drawn = 1, 0

    def look(self, point: str) -> int:
        return self.version

    def draw(self, point: str, language: str) -> str:
        self.drawn += 1
        return f"event: board\ndata: {point} {language} {self.version}\n\n"


def run(watch):
    return asyncio.run(asyncio.wait_for(watch, 60))


async def next_board(events) -> str:
    async for event in events:
        if event.startswith("event: board"):
            return event
    raise AssertionError("the stream ended")


def test_two_hundred_viewers_cost_one_drawing_a_change():
    queue = Queue()
    hub = Hub(queue.look, queue.draw, every=0.01)

    async def watch():
        streams = [live.stream(hub, ("P001", "en")) for _ in range(200)]
        first = await asyncio.gather(*map(next_board, streams))
        queue.version = 2
        second = await asyncio.gather(*map(next_board, streams))
        await asyncio.gather(*(each.aclose() for each in streams))
        return first, second

    first, second = run(watch())
    assert set(first) == {"event: board\ndata: P001 en 1\n\n"}
    assert set(second) == {"event: board\ndata: P001 en 2\n\n"}
    assert queue.drawn <= 4, "once a change; a viewer who comes while it is drawn may cost one more"


def test_who_comes_later_sees_the_board_at_once_and_each_their_own():
    queue = Queue()
    hub = Hub(queue.look, queue.draw, every=0.01)

    async def watch():
        one = live.stream(hub, ("P001", "en"))
        await next_board(one)
        same, other_language, other_point = (
            live.stream(hub, key) for key in (("P001", "en"), ("P001", "zh-hans"), ("P002", "en"))
        )
        seen = [await next_board(each) for each in (same, other_language, other_point)]
        for each in (one, same, other_language, other_point):
            await each.aclose()
        return seen

    assert [each.split()[3:5] for each in run(watch())] == [["P001", "en"], ["P001", "zh-hans"], ["P002", "en"]]


def test_a_slow_viewer_gets_the_newest_board_only():
    queue = Queue()
    hub = Hub(queue.look, queue.draw, every=0.01)

    async def watch():
        slow, quick = live.stream(hub, ("P001", "en")), live.stream(hub, ("P001", "en"))
        await next_board(slow)
        for version in range(2, 6):
            queue.version = version
            while f" {version}\n" not in await next_board(quick):
                pass
        kept = [await next_board(slow)]
        if not kept[0].endswith(" 5\n\n"):  # the quick one may have had the fifth a moment before the slow one
            kept.append(await next_board(slow))
        await slow.aclose(), await quick.aclose()
        return kept

    kept = run(watch())
    assert kept[-1].endswith(" 5\n\n")
    assert kept[0][-3] in "45", "the boards in between were kept for it"


def test_the_thread_ends_when_nobody_watches_and_begins_again():
    queue = Queue()
    hub = Hub(queue.look, queue.draw, every=0.01)

    async def watch():
        events = live.stream(hub, ("P001", "en"))
        await next_board(events)
        thread = hub._thread
        await events.aclose()
        while hub._thread is not None:
            await asyncio.sleep(0.01)
        again = live.stream(hub, ("P001", "en"))
        await next_board(again)
        await again.aclose()
        return thread

    assert run(watch()) is not None


@pytest.mark.django_db
def test_silence_is_broken_so_that_nobody_gives_the_stream_up(monkeypatch):
    monkeypatch.setattr(live, "SIGN_OF_LIFE", 0.01)
    queue = Queue()
    hub = Hub(queue.look, queue.draw, every=0.01)

    async def watch():
        events = live.stream(hub, ("P001", "en"))
        async for event in events:
            if event.startswith(":"):
                await events.aclose()
                return event
        return None

    assert run(watch()) == ": still here\n\n"


def test_a_board_that_cannot_be_drawn_does_not_stop_the_others():
    class Broken(Queue):
        def draw(self, point: str, language: str) -> str:
            if point == "P000":  # looked at first
                raise LookupError(point)
            return super().draw(point, language)

    queue = Broken()
    hub = Hub(queue.look, queue.draw, every=0.01)

    async def watch():
        lost = live.stream(hub, ("P000", "en"))
        await anext(lost)
        good = live.stream(hub, ("P001", "en"))
        first = await next_board(good)
        queue.version = 2
        second = await next_board(good)
        await asyncio.gather(lost.aclose(), good.aclose())
        return first, second

    assert [each[-3:-2] for each in run(watch())] == ["1", "2"]


@pytest.mark.django_db
def test_there_are_no_events_of_a_point_that_is_not_there(client):
    answered = client.get(reverse("windows:board_events", kwargs={"code": "NOWHERE"}))
    assert answered.status_code == 404
