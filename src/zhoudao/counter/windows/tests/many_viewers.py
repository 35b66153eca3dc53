"""Many who watch one board over the real server, while tickets are drawn and called: who sees which call, and how late.

Run as a module on a database of its own (DATABASE_URL, ZHOUDAO_VAR). After a third of the time half of the viewers lose
the stream; after two thirds the server is killed (kill -9) and started again. Each comes back as a browser does. Prints
JSON: calls, how many were not seen by how many, and how late they were seen.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

AWAY_SECONDS = 2.0
"""As the stream asks browsers to wait (``live.RETRY_MS``)."""
LAST_SECONDS = 30.0
"""After the last call, for whoever still has to come back."""
LANGUAGES = ("zh-hans", "en")


class Server:
    """The platform, as an installation runs it, with one web process."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.log = Path(os.environ["ZHOUDAO_VAR"]) / "server.log"
        self.start()

    def start(self) -> None:
        options = ["--interface", "asginl", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "granian", *options, "zhoudao.asgi:application"],
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def restart(self) -> None:
        """As after a crash: nobody is told."""
        self.kill()
        self.start()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    async def ready(self) -> None:
        while self.process.poll() is None:
            with suppress(OSError):
                _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.1)
        raise RuntimeError(f"the server ended:\n{self.log.read_text()[-2000:]}")


@dataclass
class Viewer:
    language: str
    seen: dict[str, tuple[float, bool]] = field(default_factory=dict)
    """By number: when its call was seen first, and whether on the first board after an absence."""
    boards: int = 0
    joined: int = 0
    """How often it had to connect and got a board."""
    line: asyncio.StreamWriter | None = None

    def lose(self) -> None:
        """Its network goes."""
        if self.line is not None:
            self.line.transport.abort()

    async def watch(self, port: int, path: str) -> None:
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, self.line = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
                first = True
                async for event in events(reader, self.line, path, self.language):
                    self.joined += first
                    self.boards += 1
                    for call in event["calls"]:
                        self.seen.setdefault(call["number"], (time.monotonic(), first and self.joined > 1))
                    first = False
            self.lose()
            await asyncio.sleep(AWAY_SECONDS)


async def events(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, language: str
) -> AsyncIterator[dict]:
    """The boards that are pushed, until the stream breaks."""
    head = {"Host": "127.0.0.1", "Accept": "text/event-stream", "Accept-Language": language}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    writer.write("\r\n".join(lines).encode())
    answered = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in answered.split(b"\r\n", 1)[0]:
        raise ConnectionError(answered.decode())
    text = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):  # pieces of a chunked answer
        text += (await reader.readexactly(size + 2))[:-2]
        *whole, text = text.split(b"\n\n")
        for each in whole:
            if each.startswith(b"event: board"):
                yield json.loads(each.partition(b"\ndata: ")[2])


class Hall:
    """Windows that call in turn, evenly, ``a_second`` times a second, each after somebody drew a ticket for it."""

    def __init__(self, clerks: list, a_second: float) -> None:
        self.clerks, self.a_second = clerks, a_second
        self.called: dict[str, float] = {}
        """By number: when the call was acknowledged."""
        self.errors: list[str] = []
        self.stopping = threading.Event()

    def open(self, threads: int = 4) -> list[threading.Thread]:
        made = [threading.Thread(target=self._work, args=(number, threads)) for number in range(threads)]
        for each in made:
            each.start()
        return made

    def _work(self, number: int, of: int) -> None:
        from django.db import connection

        from zhoudao.core.access import VISITOR
        from zhoudao.counter.windows import actions
        from zhoudao.counter.windows.tests.many_clients import POINT, SERVICES

        own = self.clerks[number::of]
        pace = random.Random(number)
        turn = 0
        try:
            while not self.stopping.wait(pace.uniform(0, 2) * of / self.a_second):
                clerk = own[turn % len(own)]
                turn += 1
                actions.take(VISITOR, POINT, service=SERVICES[0])
                ticket = actions.call_next(clerk)
                assert ticket is not None  # somebody was drawn for it
                self.called[ticket.number] = time.monotonic()
                actions.close(clerk, ticket.code)
        except Exception as error:
            self.errors.append(repr(error))
        finally:
            connection.close()


async def watched(viewers: int, seconds: float, hall: Hall, server: Server, path: str) -> dict[str, object]:
    people = [Viewer(LANGUAGES[number % 2]) for number in range(viewers)]
    await server.ready()
    watching = [asyncio.create_task(each.watch(server.port, path)) for each in people]
    await until(lambda: all(each.boards for each in people))
    threads = hall.open()
    began = time.monotonic()

    await asyncio.sleep(seconds / 3)
    for each in people[::2]:
        each.lose()
    await asyncio.sleep(seconds / 3)
    server.restart()
    await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))

    hall.stopping.set()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    with suppress(TimeoutError):
        await until(lambda: all(each.seen.keys() >= hall.called.keys() for each in people), LAST_SECONDS)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return counted(people, hall)


async def until(done: Callable[[], bool], most: float = 300.0) -> None:
    async with asyncio.timeout(most):
        while not done():
            await asyncio.sleep(0.05)


def counted(people: list[Viewer], hall: Hall) -> dict[str, object]:
    """How many seconds after it was acknowledged a call was seen: by whoever was there, and by whoever came back."""
    late: dict[bool, list[float]] = {False: [], True: []}
    for each in people:
        for number in each.seen.keys() & hall.called.keys():
            at, came_back = each.seen[number]
            late[came_back].append(at - hall.called[number])
    return {
        "errors": hall.errors,
        "viewers": len(people),
        "calls": len(hall.called),
        "to_see": len(hall.called) * len(people),
        "not_seen": len(hall.called) * len(people) - sum(map(len, late.values())),
        "connected_again": sum(each.joined - 1 for each in people),
        "never_again": sum(each.joined < 2 for each in people),
        "boards": sum(each.boards for each in people),
        "late": shares(late[False]),
        "late_of_who_came_back": shares(late[True]),
    }


def shares(late: list[float]) -> dict[str, float]:
    if len(late) < 2:
        return {}
    cuts = statistics.quantiles(late, n=100)
    return {
        "count": len(late),
        "p50": round(cuts[49], 3),
        "p95": round(cuts[94], 3),
        "most": round(max(late), 3),
    }


def main(viewers: int, seconds: float, a_second: float) -> dict[str, object]:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.urls import reverse

    from zhoudao.counter.windows.tests.many_clients import POINT, open_hall

    hall = Hall(open_hall(16), a_second)
    server = Server()
    try:
        path = reverse("windows:board_events", args=[POINT])
        return asyncio.run(watched(viewers, seconds, hall, server, path))
    finally:
        hall.stopping.set()
        server.kill()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))))
