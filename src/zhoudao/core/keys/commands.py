"""`zhoudao keys`: the keys that seal personal numbers. No command prints a key."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from django.conf import settings

from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, progress, refuse
from zhoudao.core.keys import actions, keyring, queries

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def keys() -> None:
    """The keys that seal personal numbers: show, make, rotate, retire. No command ever prints a key."""


@keys.command()
@as_json_option
def show(as_json: bool) -> None:
    """Which keys there are, and how much is sealed under each."""
    try:
        state = queries.state(SYSTEM)
    except keyring.BadKeyring as problem:
        refuse(str(problem))
    lines = [f"keyring: {state.source}"]
    for key in state.keys:
        life = f"superseded {key.superseded.isoformat()}" if key.superseded else "current"
        lines.append(
            f"  k{key.version}  {key.fingerprint}  made {key.made.isoformat()}  {life}  {key.values} values"
        )
    if state.waiting:
        lines.append(
            f"{state.waiting} values wait to be sealed under the current key: run `zhoudao keys rotate`"
        )
    emit({**asdict(state), "keys": [_as_data(key) for key in state.keys]}, as_json, lines)


@keys.command()
@as_json_option
def make(as_json: bool) -> None:
    """Make the key file, unless there is one. The first start does it by itself."""
    try:
        path = Path(settings.KEYS_FILE)
        made = False if keyring.from_environment() else keyring.make(path)
        ring = keyring.get()
    except keyring.BadKeyring as problem:
        refuse(str(problem))
    current = ring.current
    emit(
        {"made": made, "source": ring.source, "version": current.version, "fingerprint": current.fingerprint},
        as_json,
        [
            f"{'Made' if made else 'Kept'} the keyring: {ring.source} (k{current.version}, "
            f"{current.fingerprint}).",
            "Keep a copy of it apart from the database's backups.",
        ],
    )


@keys.command()
@as_json_option
def rotate(as_json: bool) -> None:
    """Make a new data key and seal everything again under it. Killed half-way, run it again and it goes
    on.
    """
    try:
        done = actions.rotate(SYSTEM, lambda column, rows: progress(f"{column}: {rows} rows"))
    except (keyring.BadKeyring, keyring.CannotUnseal) as problem:
        refuse(str(problem))
    verb = "Finished the rotation to" if done.resumed else "Rotated to"
    emit(
        asdict(done),
        as_json,
        [f"{verb} k{done.version}: {sum(done.rewritten.values())} values sealed again."],
    )


@keys.command()
@as_json_option
def retire(as_json: bool) -> None:
    """Remove the old data keys that nothing is sealed under any more."""
    try:
        versions = actions.retire(SYSTEM)
    except keyring.BadKeyring as problem:
        refuse(str(problem))
    names = ", ".join(f"k{version}" for version in versions)
    done = f"Retired {names}. Backups made before the rotation need the older key file."
    nothing = "Nothing to retire: every key is current, in use, or superseded less than an hour ago."
    emit({"retired": versions}, as_json, [done if versions else nothing])


def _as_data(key: queries.KeyState) -> dict[str, object]:
    superseded = key.superseded.isoformat() if key.superseded else None
    return {**asdict(key), "made": key.made.isoformat(), "superseded": superseded}
