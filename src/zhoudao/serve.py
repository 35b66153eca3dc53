"""Starting and checking the whole platform: `zhoudao run`, `worker`, `check` and `manage`."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.conf import settings
from django.core.management import call_command, execute_from_command_line

from zhoudao.core import city, clock
from zhoudao.core.commands import emit, progress, refuse

READY_SECONDS = 60
STOP_SECONDS = 10


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
    prepare(size, seed)
    with (
        stop_on_signals() as stop,
        sample_registers(),
        processes_of(host, port, processes) as (web, worker),
    ):
        wait_until_ready(host, port, web, stop)
        if not stop.is_set():
            announce(host, port)
        watch(web, worker, stop)


@click.command()
def worker() -> None:
    """Only the job worker: delivers notices and runs jobs. `zhoudao run` starts one by itself."""
    from zhoudao.core.outbox.worker import run as deliver

    with stop_on_signals() as stop:
        deliver(stop)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's own management commands: zhoudao manage migrate, makemigrations, shell, ..."""
    execute_from_command_line(["zhoudao manage", *arguments])


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            refuse(
                f"Port {port} on {host} can't be used ({error.strerror}): choose another with PORT=8001 make run."
            )


def prepare(size: str, seed: int) -> None:
    """Bring database, translations, assets and, where wanted, the sample city up to date."""
    from zhoudao.core.look.translations import compile_stale
    from zhoudao.sample.load import is_loaded

    settings.VAR.mkdir(parents=True, exist_ok=True)
    compile_stale()
    progress("database: migrating")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if settings.SAMPLE_CITY:
        if not is_loaded():
            from zhoudao.sample.build import ensure_loaded

            ensure_loaded(size, seed, progress)
        # The sample city lives on its own day: its clock starts there, for web and worker alike.
        os.environ.setdefault("ZHOUDAO_CLOCK", f"from:{city.current().as_of.isoformat()}")
        os.environ.setdefault("ZHOUDAO_CLOCK_ANCHOR", str(clock.machine_now().timestamp()))


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


@contextmanager
def sample_registers() -> Iterator[None]:
    """The sample city's registers beside it, unless others are connected: web and worker learn their address."""
    if settings.REGISTERS_URL or not settings.SAMPLE_CITY:
        yield
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ["ZHOUDAO_REGISTERS_URL"] = f"http://127.0.0.1:{port}"
    os.environ["ZHOUDAO_REGISTERS_TOKEN"] = secrets.token_urlsafe(32)
    process = own_process("zhoudao", "sample", "registers", "--port", str(port))
    try:
        yield
    finally:
        end(process)


@contextmanager
def processes_of(
    host: str, port: int, count: int
) -> Iterator[tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]]:
    """The web server and the worker, each in a session of its own so that Ctrl-C reaches only us; both end with us."""
    address = f"--interface asginl --host {host} --port {port} --workers {count} --no-ws --log-level warning"
    web = own_process("granian", *address.split(), "zhoudao.asgi:application")
    jobs = own_process("zhoudao", "worker")
    try:
        yield web, jobs
    finally:
        for process in (web, jobs):
            end(process)


def own_process(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A module of this Python, running in a session of its own."""
    return subprocess.Popen([sys.executable, "-m", module, *arguments], start_new_session=True)  # noqa: S603  our own


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_ready(host: str, port: int, web: subprocess.Popen[bytes], stop: threading.Event) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while not stop.is_set():
        if web.poll() is not None:
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


def watch(web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes], stop: threading.Event) -> None:
    """Until told to stop. A worker that dies is said, and the platform stops: a supervisor starts it again."""
    while not stop.wait(0.5):
        for name, process in (("web server", web), ("job worker", worker)):
            if process.poll() is not None:
                progress(f"The {name} ended with code {process.returncode}; stopping.")
                sys.exit(1)
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
