"""`zhoudao kiosk`: what is run on a kiosk's own machine. It reads no setting of the platform and makes no key of it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhoudao.core.commands import progress, refuse
from zhoudao.counter.kiosks.machine.bridge import bridge_of
from zhoudao.counter.kiosks.machine.device import TAKEN, Lost, public_hex
from zhoudao.counter.kiosks.machine.home import Home
from zhoudao.counter.kiosks.machine.line import is_safe, over_http

__all__ = ["kiosk"]

ENROL = "/devices/kiosks/enrol/"
HOME = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("~/.zhoudao-kiosk"),
    show_default=True,
    help="Folder on the kiosk's disk for its keys and its journal.",
)


@click.group()
def kiosk() -> None:
    """On a kiosk's own machine: enrol it, serve its touch screen."""


@kiosk.command()
@click.argument("platform")
@click.argument("code")
@HOME
def enrol(platform: str, code: str, home: Path) -> None:
    """Give the platform at PLATFORM this kiosk's key, with the CODE its keeper was given."""
    if not is_safe(platform):
        refuse(f"{platform!r} can't be used: expected https://host, or http:// on this machine")
    key = Ed25519PrivateKey.generate()
    body = json.dumps({"code": code, "public_key": public_hex(key)}).encode()
    try:
        status, said = over_http(platform)("POST", ENROL, body, {"Content-Type": "application/json"})
    except Lost:
        refuse("no answer: check the address and the network; if it fails again, ask for a new code")
    if status >= TAKEN:
        refuse("the platform doesn't take this code: it is good once, for a day; ask for a new one")
    Home(home.expanduser()).settle(platform.rstrip("/"), said["kiosk"], said["point"], key)
    click.echo(f"{said['kiosk']} of {said['point']} is enrolled: zhoudao kiosk serve")


@kiosk.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8010,
    show_default=True,
    help="Port of this machine, for its own browser; 0: any that is free.",
)
@click.option("--idle", type=click.FloatRange(3, 600), default=60, show_default=True, help="Seconds to the wipe.")
@click.option(
    "--warning", type=click.FloatRange(1, 300), default=20, show_default=True, help="The last of them, counted aloud."
)
@click.option("--bridge", default="", help="Driver of its hardware, package.module:Class; a folder when left out.")
@HOME
def serve(port: int, idle: float, warning: float, bridge: str, home: Path) -> None:
    """The touch screen, on 127.0.0.1 for the browser in front of it, and the line to the platform."""
    place = Home(home.expanduser())
    if not place.is_enrolled:
        refuse("this kiosk has no key yet: zhoudao kiosk enrol PLATFORM CODE")
    try:
        hardware = bridge_of(bridge, place.folder / "hardware")
    except ValueError as problem:
        refuse(str(problem))
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhoudao.counter.kiosks.machine.screen.settings"
    from zhoudao.counter.kiosks.machine.screen.server import serve_forever

    with _alone(place.folder):
        serve_forever(place, hardware, port, idle, min(warning, idle / 2), progress)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process has the journal."""
    with (folder / "lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            refuse(f"another process serves the kiosk of {folder}")
        yield
