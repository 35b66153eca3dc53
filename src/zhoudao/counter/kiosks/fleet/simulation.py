"""The fleet before its house: started, driven by a few threads, and reconciled with what the platform has."""

from __future__ import annotations

import hashlib
import heapq
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.error import URLError

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhoudao.counter.kiosks.fleet.faults import Counts
from zhoudao.counter.kiosks.fleet.kiosk import Plan, SimulatedKiosk
from zhoudao.counter.kiosks.machine.home import Home
from zhoudao.counter.kiosks.machine.line import over_http

HOUSE = "zhoudao.counter.kiosks.fleet.house"
READY_SECONDS = 300
DRAIN_SECONDS = 240
"""How long what is held at the end may take to be handed in: each message may be lost many times."""
MOMENT = "2026-11-24T09:00:00+08:00"


class NotMade(Exception):
    """The house could not be made, in the words of whoever tried."""


@dataclass(frozen=True)
class Setting:
    count: int
    minutes: float
    seed: int
    plan: Plan
    threads: int
    processes: int
    database: str
    """``DATABASE_URL`` of an empty database; empty: SQLite in the folder."""


@dataclass(frozen=True)
class Reconciled:
    """What people were promised against what the platform has."""

    wanted: int
    on_platform: int
    lost: int
    doubled: int
    """Made without anybody having been promised it, or a second time."""
    other_number: int
    """The kiosk has another number than the platform."""
    refused: int
    """Of items that kiosks don't take."""
    refused_wrongly: int
    taken_wrongly: int
    unanswered: int
    """Still in a journal when the time for handing in was over."""

    @property
    def ok(self) -> bool:
        wrong = (self.lost, self.doubled, self.other_number, self.refused_wrongly, self.taken_wrongly)
        return not any(wrong) and not self.unanswered and self.wanted == self.on_platform


def run(setting: Setting, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """The whole simulation; what it saw. Raises NotMade."""
    environment = house_environment(setting, folder)
    say(f"making a house with {setting.count} kiosks")
    made = json.loads(_house(environment, "set-up", str(setting.count)))
    with served(environment, folder, setting.processes) as address:
        real = time.time
        fleet = [_kiosk(setting, folder, address, number, made, real) for number in range(setting.count)]
        say(f"{setting.minutes:g} minutes of {setting.count} kiosks")
        began = time.monotonic()
        drive(fleet, setting.threads, until=real() + 60 * setting.minutes, real=real)
        say("handing in what is held")
        now = real()
        for each in fleet:
            each.close(now)
        drive(fleet, setting.threads, until=now + DRAIN_SECONDS, real=real, while_undone=True)
        took = time.monotonic() - began
        figures = _figures(address)
    found = json.loads(_house(environment, "applications"))
    return {
        "database": found["database"],
        "kiosks": setting.count,
        "minutes": setting.minutes,
        "loss": setting.plan.loss,
        "seed": setting.seed,
        "seconds": round(took, 1),
        **_seen(fleet),
        "reconciled": asdict(checked := reconcile(fleet, found["numbers"])),
        "metrics": figures,
        "ok": checked.ok,
    }


def drive(
    fleet: Sequence[SimulatedKiosk],
    threads: int,
    *,
    until: float,
    real: Callable[[], float],
    while_undone: bool = False,
) -> None:
    """Each kiosk when its time has come, one thread at a time; ``while_undone``: only until it has nothing left."""
    due = [(each.next, number) for number, each in enumerate(fleet)]
    heapq.heapify(due)
    guard, failures = threading.Condition(), list[BaseException]()
    busy = 0

    def work() -> None:
        nonlocal busy
        while True:
            with guard:
                while True:
                    if failures or real() >= until or (not due and not busy):
                        guard.notify_all()
                        return
                    wait = min(due[0][0], until) - real() if due else 1.0
                    if due and wait <= 0:
                        break
                    guard.wait(min(max(wait, 0.001), 1.0))
                _, number = heapq.heappop(due)
                busy += 1
            try:
                fleet[number].step(real())
            except BaseException as problem:
                failures.append(problem)
            with guard:
                busy -= 1
                if not (while_undone and fleet[number].is_done):
                    heapq.heappush(due, (fleet[number].next, number))
                guard.notify()

    crew = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    if failures:
        raise failures[0]


def reconcile(fleet: Sequence[SimulatedKiosk], numbers: dict[str, str]) -> Reconciled:
    """``numbers``: of the platform's applications, by uid."""
    tally: Counter[str] = Counter()
    promised: set[str] = set()
    for each in fleet:
        assert each.device is not None  # closing a fleet switches all its kiosks on
        for key, wish in each.wanted.items():
            uid = hashlib.sha256(f"{each.device.code}\n{key}".encode()).hexdigest()[:32]
            outcome, here = each.device.journal.outcome(key), wish["item"] == "household-certificate"
            tally["unanswered"] += outcome is None
            if not here:
                tally["refused"] += outcome is not None and outcome.refused == "item"
                tally["taken_wrongly"] += uid in numbers
                continue
            promised.add(uid)
            tally["lost"] += uid not in numbers
            if outcome is not None:
                tally["refused_wrongly"] += bool(outcome.refused)
                tally["other_number"] += outcome.number != numbers.get(uid, "")
    names = ("other_number", "refused", "refused_wrongly", "taken_wrongly", "unanswered")
    return Reconciled(
        wanted=len(promised),
        on_platform=len(numbers),
        lost=tally["lost"],
        doubled=len(set(numbers) - promised) + len(numbers) - len(set(numbers.values())),
        **{name: tally[name] for name in names},
    )


# The house ---------------------------------------------------------------------------------


def house_environment(setting: Setting, folder: Path) -> dict[str, str]:
    """A house of its own: its database, its keys, its clock; nothing of this one's."""
    ours = ("ZHOUDAO", "DATABASE", "SECRET", "PROMETHEUS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    var = folder / "house"
    (var / "static").mkdir(parents=True)
    return kept | {
        "ZHOUDAO_VAR": str(var),
        "ZHOUDAO_CLOCK": f"from:{MOMENT}",
        "ZHOUDAO_CLOCK_ANCHOR": str(time.time()),
        "ZHOUDAO_LOG_LEVEL": "ERROR",
        "DATABASE_URL": setting.database or f"sqlite:///{var / 'zhoudao.sqlite3'}",
    }


def _house(environment: dict[str, str], *step: str) -> str:
    done = subprocess.run(  # noqa: S603  our own
        [sys.executable, "-m", HOUSE, *step], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotMade(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it ended without a word")
    return done.stdout.splitlines()[-1]


@contextmanager
def served(environment: dict[str, str], folder: Path, processes: int) -> Iterator[str]:
    """The platform's web server on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    counting = folder / "counting"
    counting.mkdir()
    options = f"--interface asginl --host 127.0.0.1 --port {port} --workers {processes} --no-ws --log-level error"
    with (folder / "server.log").open("w") as log:
        web = subprocess.Popen(  # noqa: S603  our own
            [sys.executable, "-m", "granian", *options.split(), "zhoudao.asgi:application"],
            env=environment | {"PROMETHEUS_MULTIPROC_DIR": str(counting)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, web, folder / "server.log")
            yield address
        finally:
            web.terminate()
            web.wait(30)


def _wait(address: str, web: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while time.monotonic() < give_up and web.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310  this machine's
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise NotMade(f"the platform doesn't answer: {log.read_text()[-1000:]}")


def _figures(address: str) -> dict[str, float]:
    """What the platform's own figures say of the fleet (`/metrics`)."""
    with urllib.request.urlopen(f"{address}/metrics", timeout=30) as answer:  # noqa: S310  this machine's
        lines = answer.read().decode().splitlines()
    named = [line.split() for line in lines if line.startswith("zhoudao_kiosks_")]
    return {each[0].removeprefix("zhoudao_"): float(each[-1]) for each in named}


def _kiosk(
    setting: Setting,
    folder: Path,
    address: str,
    number: int,
    made: dict[str, Any],
    real: Callable[[], float],
) -> SimulatedKiosk:
    code, key = made["kiosks"][number]
    home = Home(folder / "kiosks" / code)
    home.settle(address, code, "P900", Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)))
    cards = [each["number"] for each in made["cards"]]
    luck = random.Random(f"{setting.seed} {code}")  # noqa: S311  a simulation that can be repeated
    return SimulatedKiosk(home, cards, over_http(address), setting.plan, real, luck)


def _seen(fleet: Sequence[SimulatedKiosk]) -> dict[str, Any]:
    took = sorted(second for each in fleet for second in each.counts.seconds)
    statuses, cuts = Counter[int](), Counter[str]()
    for each in fleet:
        statuses += each.counts.statuses
        cuts += each.counts.cuts
    plain = [each.name for each in fields(Counts) if each.type == "int"]
    return {
        "people": sum(each.people for each in fleet),
        **{name: sum(getattr(each.counts, name) for each in fleet) for name in plain},
        "statuses": {str(status): number for status, number in sorted(statuses.items())},
        "power_cuts": {"all": cuts.total(), **dict(sorted(cuts.items()))},
        "answer_ms": {
            f"p{share}": round(1000 * took[len(took) * share // 100], 1) if took else None
            for share in (50, 95, 99)
        },
    }
