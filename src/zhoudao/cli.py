"""The `zhoudao` command. Each room keeps its own commands in `commands.py`; this file says where they hang."""

from __future__ import annotations

import importlib
import os

import click

COMMANDS = {
    # name on the command line: where it is defined. Imported only when asked for, so that `zhoudao --help` is instant.
    "run": "zhoudao.serve:run",
    "check": "zhoudao.serve:check",
    "manage": "zhoudao.serve:manage",
    "worker": "zhoudao.serve:worker",
    "sample": "zhoudao.sample.commands:sample",
    "audit": "zhoudao.core.audit.commands:audit",
    "keys": "zhoudao.core.keys.commands:keys",
    "people": "zhoudao.core.people.commands:people",
    "workdays": "zhoudao.core.workdays.commands:workdays",
    "outbox": "zhoudao.core.outbox.commands:outbox",
    "translations": "zhoudao.core.look.commands:translations",
    "catalog": "zhoudao.counter.catalog.commands:catalog",
    "applications": "zhoudao.counter.applications.commands:applications",
    "search": "zhoudao.counter.catalog.commands:search",
    "places": "zhoudao.counter.places.commands:places",
    "credential": "zhoudao.counter.credentials.commands:credential",
    "flows": "zhoudao.engines.flows.commands:flows",
    "statements": "zhoudao.desk.commands:statements",
    "map": "zhoudao.counter.places.journeys.commands:map_",
}


class Rooms(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
        import django

        django.setup()
        return getattr(importlib.import_module(module), attribute)


class Zhoudao(Rooms):
    """Settings, keys and databases that can't be used are said in one sentence; anything else is a fault of ours."""

    def invoke(self, context: click.Context) -> object:
        from django.core.exceptions import ImproperlyConfigured
        from django.db import OperationalError, ProgrammingError

        try:
            return super().invoke(context)
        except ImproperlyConfigured as problem:
            click.echo(f"{problem}", err=True)
            context.exit(2)
        except (OperationalError, ProgrammingError) as problem:
            if not _about_the_database(str(problem)):
                raise
            click.echo(_about_the_database(str(problem)), err=True)
            context.exit(1)


def _about_the_database(problem: str) -> str:
    """What to do about a database that is not there or not ready; empty for what must be a fault of ours."""
    if "no such table" in problem or ("relation" in problem and "does not exist" in problem):
        return "The database has no tables yet, or older ones: run zhoudao manage migrate."
    if "connection" in problem or "unable to open" in problem or "locked" in problem or "disk" in problem:
        return f"The database can't be used: {problem.strip()}. Check DATABASE_URL."
    return ""


@click.group(cls=Zhoudao, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="zhoudao", prog_name="zhoudao")
def main() -> None:
    """Zhoudao (舟到): a public-service counter and an economic-crime desk for a city's police."""
