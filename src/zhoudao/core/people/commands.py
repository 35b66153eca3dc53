"""`zhoudao people`: first accounts of a new installation, and the search for plain personal numbers."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click
from django.conf import settings

from zhoudao.core.access import STAFF_ROLES, SYSTEM
from zhoudao.core.commands import emit, progress, refuse
from zhoudao.core.people import scan as scanning
from zhoudao.core.people.actions import accounts
from zhoudao.core.people.rules.bad_input import BadInput


@click.group()
def people() -> None:
    """Accounts, and the search for plain personal numbers."""


@people.command("open-account")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--staff-number", required=True, help="The person's number; the same in all their accounts.")
@click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in sorted(STAFF_ROLES)]),
    help="What the account is for.",
)
@click.option(
    "--district", "districts", multiple=True, help="A district's code, several times; * is the whole city."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def open_account(
    username: str, name: str, staff_number: str, role: str, districts: tuple[str, ...], as_json: bool
) -> None:
    """Open a staff account with its role and print its first password.

    For the first administrator, security officer and auditor of a new installation; they open all the others
    on the platform's own pages.
    """
    try:
        user, password = accounts.open_account_with_role(
            SYSTEM,
            username=username,
            staff_number=staff_number,
            display_name=name,
            role=role,
            districts=list(districts),
        )
    except BadInput as problem:
        refuse(f"{problem.field or 'account'}: {problem}")
    emit(
        {
            "username": user.username,
            "role": user.role,
            "districts": user.districts,
            "first_password": password,
        },
        as_json,
        [
            f"Opened {user.username} as {user.role}. First password, to be changed at the first sign-in: "
            f"{password}",
            "The second factor is set up at the first sign-in.",
        ],
    )


@people.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--numbers",
    "numbers_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file, such as a CSV, with the identity and mobile numbers to look for.",
)
@click.option("--database/--no-database", default=True, show_default=True, help="Search the database too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def scan(paths: tuple[Path, ...], numbers_file: Path, database: bool, as_json: bool) -> None:
    """Look for plain personal numbers in the database, and in files and backups at PATHS.

    Without PATHS, everything the platform writes is searched, except the sample city's own plain files. Exit
    0: none found. Exit 1: some were; each place is printed, no number is.
    """
    numbers = scanning.read_numbers(numbers_file)
    if not numbers:
        refuse(f"{numbers_file}: no identity number (18 characters) or mobile number (11 digits) in it")
    searched, hits = 0, []
    found = [scanning.scan_database(SYSTEM, numbers)] if database else []
    for results in (
        *found,
        scanning.scan_files(SYSTEM, numbers, paths or [settings.VAR], _left_out(numbers_file)),
    ):
        for where, here in results:
            progress(f"searched {where}")
            searched += 1
            hits += here
    emit(
        {"numbers": len(numbers), "searched": searched, "hits": [asdict(hit) for hit in hits]},
        as_json,
        [
            *(f"{hit.where}: {hit.count} plain numbers, the first at {hit.first_offset}" for hit in hits),
            f"{len(hits)} of {searched} places hold any of {len(numbers)} numbers.",
        ],
    )
    if hits:
        sys.exit(1)


def _left_out(numbers_file: Path) -> list[Path]:
    return [Path(settings.SAMPLE_DIR), numbers_file]
