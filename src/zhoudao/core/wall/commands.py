"""`zhoudao wall`: database roles for the two halves."""

from __future__ import annotations

import secrets
from pathlib import Path

import click
from django.conf import settings

from zhoudao.core.commands import emit, refuse
from zhoudao.core.wall import roles
from zhoudao.core.wall.halves import Half, tables_of

SQLITE = (
    "This database is SQLite, which has no roles: the guard in each process keeps the wall by itself. "
    "Roles need PostgreSQL (DATABASE_URL=postgres://...)."
)


@click.group()
def wall() -> None:
    """The wall between counter and desk: database roles, one for each half."""


@wall.command("roles")
@click.option(
    "--prefix", default="zhoudao", show_default=True, help="The roles are PREFIX_counter and PREFIX_desk."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the two addresses with their passwords; beside the keys, where nothing is said.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def make(prefix: str, out: Path | None, as_json: bool) -> None:
    """Make the two roles on PostgreSQL, with new passwords, and grant each its own tables.

    Run it as the tables' owner. The passwords are written into two files that only you can read; set the variables it
    names and start again. After a migration the grants are renewed by themselves.
    """
    if not prefix.isidentifier():
        refuse(f"--prefix: {prefix!r}; expected letters, digits and underscores")
    names = {half: f"{prefix}_{half}" for half in Half}
    passwords = {half: secrets.token_urlsafe(32) for half in Half}
    try:
        roles.make(names, passwords)
    except roles.NoRoles:
        refuse(SQLITE)
    folder = out or settings.KEYS_FILE.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = {half: folder / f"database-url-{half}" for half in Half}
    for half, path in files.items():
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(roles.address(names[half], passwords[half]) + "\n", encoding="utf-8")
    variables = {f"ZHOUDAO_{half.upper()}_DATABASE_URL_FILE": str(path) for half, path in files.items()}
    emit(
        {"roles": {str(half): name for half, name in names.items()}, "settings": variables},
        as_json,
        [
            f"Made {' and '.join(names.values())}. Set:",
            *(f"  {name}={path}" for name, path in variables.items()),
        ],
    )


@wall.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def check(as_json: bool) -> None:
    """Ask PostgreSQL whether each half's role may touch its own tables and none of the other's."""
    names = roles.in_use()
    if not names:
        refuse("No roles are in use: run zhoudao wall roles, and set the two variables it names.")
    try:
        found = roles.faults(names)
    except roles.NoRoles:
        refuse(SQLITE)
    emit(
        {
            "roles": {str(half): name for half, name in names.items()},
            "tables": {str(half): len(tables_of(half)) for half in Half},
            "faults": [vars(fault) for fault in found],
        },
        as_json,
        [f"{each.role} {'may' if each.may else 'may not'} {each.right} {each.table}" for each in found]
        or [
            f"{name} touches its own {len(tables_of(half))} tables, and none of the {half.other}'s."
            for half, name in names.items()
        ],
    )
    if found:
        raise SystemExit(1)
