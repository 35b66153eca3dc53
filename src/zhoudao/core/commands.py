"""Commands that belong to no room, and how every command prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import click


def emit(data: Any, as_json: bool, lines: Iterable[str]) -> None:
    """Print ``data`` as one JSON document, or ``lines`` for a person."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
        return
    for line in lines:
        click.echo(line)


def progress(message: str) -> None:
    """Say on standard error how far long work has come."""
    click.echo(message, err=True)


def refuse(problems: str | Sequence[str]) -> NoReturn:
    """Input that can't be used: say why on standard error and exit with 2."""
    for problem in [problems] if isinstance(problems, str) else problems:
        click.echo(problem, err=True)
    sys.exit(2)
