"""Starting and checking the whole platform: `zhoudao run`, `worker`, `check` and `manage`."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click
import django
from django.conf import settings
from django.core.management import call_command, execute_from_command_line

from zhoudao import tied
from zhoudao.core.commands import emit, progress, refuse

READY_SECONDS = 180
"""A machine that is busy, or has much to load, takes its time."""
STOP_SECONDS = 10
MEMORY = "/dev/shm"  # noqa: S108  only a private folder of an unforeseeable name is made in it
STAND_SECONDS = 60
"""What lived shorter did not stand: there is something wrong with it that starting it again won't mend."""
LONGEST_PAUSE_SECONDS = 60


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, envvar="PORT", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--size",
    type=click.Choice(["small", "city"]),
    default="city",
    show_default=True,
    help="Size of the sample city, if it has to be made.",
)
@click.option("--seed", default=7, show_default=True, help="Seed of the sample city, if it has to be made.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=os.cpu_count() or 1,
    show_default="one a core",
    help="Web processes.",
)
def run(port: int, host: str, size: str, seed: int, processes: int) -> None:
    """Start the platform: web server and job worker.

    The first start migrates the database and, unless ZHOUDAO_SAMPLE=false, makes and loads the sample city; later
    starts keep the data. Ctrl-C stops both cleanly.
    """
    refuse_taken_port(host, port)
    django.setup()
    from zhoudao.sample import city_time

    prepare(size, seed)
    with (
        stop_on_signals() as stop,
        city_time.running(),
        counting(),
        ExitStack() as started,
    ):
        registers = sample_registers()
        kept = [started.enter_context(Kept("The web server", *web_server(host, port, processes)))]
        wait_until_ready(host, port, kept[0], stop)
        if not stop.is_set():
            announce(host, port)
        # Last, since people wait for pages and nobody for these.
        kept += [
            started.enter_context(Kept(name, *command))
            for name, *command in (*registers, ("The job worker", "zhoudao", "worker"))
        ]
        watch(kept, stop)


@click.command()
def worker() -> None:
    """Only the job worker: delivers notices and runs jobs. `zhoudao run` starts one by itself."""
    from zhoudao.core.outbox.worker import run as deliver

    with stop_on_signals() as stop:
        deliver(stop)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's own management commands, as in zhoudao manage migrate."""
    execute_from_command_line(["zhoudao manage", *arguments])


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            refuse(
                f"Port {port} on {host} can't be used ({error.strerror}): choose another with 'make run PORT=8001'."
            )


def refuse_unfit_settings() -> None:
    """A platform for a real city does not start with settings that are only good for trying it out."""
    from zhoudao.operations.review import refused

    if found := refused():
        refuse([f"{finding.setting}: {finding.words}" for finding in found])


def prepare(size: str, seed: int) -> None:
    """Bring database, translations, assets and, where wanted, the sample city up to date."""
    from zhoudao.core.look.translations import compile_stale
    from zhoudao.sample.loaded import is_loaded

    settings.VAR.mkdir(parents=True, exist_ok=True)
    compile_stale()
    progress("database: migrating")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    refuse_unfit_settings()
    if settings.SAMPLE_CITY and not is_loaded():
        from zhoudao.sample.build import ensure_loaded

        ensure_loaded(size, seed, progress)


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C or a termination signal sets."""
    stop = threading.Event()
    earlier = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def sample_registers() -> list[tuple[str, ...]]:
    """What runs the sample city's registers beside it, unless others are connected. Web and worker learn their
    address."""
    if settings.REGISTERS_URL or not settings.SAMPLE_CITY:
        return []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ["ZHOUDAO_REGISTERS_URL"] = f"http://127.0.0.1:{port}"
    os.environ["ZHOUDAO_REGISTERS_TOKEN"] = secrets.token_urlsafe(32)
    return [("The sample's registers", "zhoudao", "sample", "registers", "--port", str(port))]


def web_server(host: str, port: int, count: int) -> list[str]:
    """A web process that dies is replaced at once, and the others answer meanwhile. One that is told to stop and has
    streams open is not waited for without end."""
    address = f"--interface asginl --host {host} --port {port} --workers {count} --no-ws --log-level warning"
    lasting = f"--respawn-failed-workers --respawn-interval 0.2 --workers-kill-timeout {STOP_SECONDS - 2}"
    return ["granian", *address.split(), *lasting.split(), "zhoudao.asgi:application"]


@contextmanager
def counting() -> Iterator[None]:
    """A folder in which the web processes count together, so that each can answer for all (/metrics).

    In memory where the machine has it: the files are mapped, and a page that a full disk can't take would kill the
    process (SIGBUS).
    """
    memory = MEMORY if os.access(MEMORY, os.W_OK) else settings.VAR
    with tempfile.TemporaryDirectory(prefix="zhoudao-metrics-", dir=memory) as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


class Kept:
    """A process beside us that is started again when it dies: the other one goes on meanwhile."""

    def __init__(self, name: str, *command: str) -> None:
        self.name, self.command = name, command
        self.falls = 0
        """How often it died soon after its start, the last times."""
        self.again_at: float | None = None
        """When it is started again; None while it runs."""
        self.start()

    def start(self) -> None:
        self.process = own_process(*self.command)
        self.since, self.again_at = time.monotonic(), None

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        end(self.process)

    def keep(self) -> None:
        """Look after it. Each time it dies soon after its start, the pause before the next one is longer."""
        now = time.monotonic()
        if self.again_at is None and self.process.poll() is not None:
            self.falls = self.falls + 1 if now - self.since < STAND_SECONDS else 0
            self.again_at = now + pause(self.falls)
            progress(f"{self.name} ended with code {self.process.returncode}; it is started again.")
        if self.again_at is not None and now >= self.again_at:
            self.start()


def pause(falls: int) -> float:
    """Seconds until something that died soon after its start, so many times on end, is tried again."""
    return min(2.0**falls - 1, LONGEST_PAUSE_SECONDS)


def own_process(*command: str) -> subprocess.Popen[bytes]:
    """A module of this Python, in a session of its own so that Ctrl-C reaches only us; it ends with us, also when we
    are killed."""
    return subprocess.Popen(tied.module(*command), start_new_session=True)  # noqa: S603  our own


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_ready(host: str, port: int, web: Kept, stop: threading.Event) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while not stop.is_set():
        if web.process.poll() is not None:
            refuse("The web server stopped while starting; its own words are above.")
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > give_up:
                refuse(
                    f"The web server does not answer on http://{host}:{port}/healthz after {READY_SECONDS} seconds."
                )
            stop.wait(0.2)


def announce(host: str, port: int) -> None:
    """The address and, in a sample city, who can sign in."""
    click.echo(f"\nZhoudao (舟到) is open at http://{host}:{port}/   Ctrl-C stops it.\n")
    if settings.SAMPLE_CITY:
        from zhoudao.sample.sign_ins import as_lines

        for line in as_lines():
            click.echo(line)


def watch(kept: list[Kept], stop: threading.Event) -> None:
    """Until told to stop. Without its job worker the platform goes on answering, and says itself that jobs are late."""
    while not stop.wait(0.5):
        for each in kept:
            each.keep()
    progress("stopping")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(as_json: bool) -> None:
    """Check that everything is in order: settings, city pack, keys, database, files, audit trail."""
    from zhoudao.health import checks

    results = list(checks())
    bad = [result for result in results if not result.ok]
    emit(
        {"ok": not bad, "checks": [{"name": r.name, "ok": r.ok, "detail": r.detail} for r in results]},
        as_json,
        [f"{'ok  ' if result.ok else 'BAD '} {result.name}: {result.detail}" for result in results],
    )
    sys.exit(1 if bad else 0)
