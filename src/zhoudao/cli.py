"""The `zhoudao` command. Each room keeps its own commands in `commands.py`; this file says where they hang."""

from __future__ import annotations

import importlib
import os

import click

COMMANDS = {
    # name on the command line: where it is defined, and its first sentence. Imported only when asked for, so that
    # `zhoudao --help` is instant.
    "run": ("zhoudao.serve:run", "Start the platform: web server and job worker"),
    "check": (
        "zhoudao.serve:check",
        "Check that everything is in order: settings, city pack, keys, database, files, audit trail",
    ),
    "manage": (
        "zhoudao.serve:manage",
        "Django's own management commands, as in zhoudao manage migrate",
    ),
    "worker": ("zhoudao.serve:worker", "Only the job worker: delivers notices and runs jobs"),
    "sample": (
        "zhoudao.sample.commands:sample",
        "The sample city: a whole city from one seed, with no real person in it",
    ),
    "backup": (
        "zhoudao.operations.commands:backup",
        "Backups (备份) of database, files and vaults, made while the platform serves",
    ),
    "retention": (
        "zhoudao.operations.commands:retention",
        "What the platform forgets by itself (留存与清除): how long each is kept, and what is due",
    ),
    "audit": (
        "zhoudao.core.audit.commands:audit",
        "The audit trail (审计日志): a hash chain that shows every change to itself",
    ),
    "keys": (
        "zhoudao.core.keys.commands:keys",
        "The keys that seal personal numbers: show, make, rotate, retire",
    ),
    "wall": (
        "zhoudao.core.wall.commands:wall",
        "The wall between counter and desk: database roles, one for each half",
    ),
    "people": ("zhoudao.core.people.commands:people", "Accounts, and the search for plain personal numbers"),
    "workdays": (
        "zhoudao.core.workdays.commands:workdays",
        "The working-day table: make-up Saturdays, holidays, deadlines",
    ),
    "outbox": ("zhoudao.core.outbox.commands:outbox", "Jobs and notices (发件箱) on their way"),
    "translations": (
        "zhoudao.core.look.commands:translations",
        "The words of the pages in other languages: collect, compile, check",
    ),
    "catalog": (
        "zhoudao.counter.catalog.commands:catalog",
        "What the police do for people, one YAML file an item: check, load, list",
    ),
    "applications": (
        "zhoudao.counter.applications.commands:applications",
        "What people have asked for: what runs, and until when",
    ),
    "search": (
        "zhoudao.counter.catalog.commands:search",
        "Find the item that WORDS mean: Chinese, pinyin, initials or English",
    ),
    "windows": (
        "zhoudao.counter.windows.commands:windows",
        "Windows of the points, and the queues before them",
    ),
    "kiosks": (
        "zhoudao.counter.kiosks.commands:kiosks",
        "Self-service kiosks: how they are, and enrolling one",
    ),
    "kiosk": (
        "zhoudao.counter.kiosks.machine.commands:kiosk",
        "On a kiosk's own machine: enrol it, serve its touch screen",
    ),
    "places": (
        "zhoudao.counter.places.commands:places",
        "The directory of points, phones and guides: import, export, check",
    ),
    "credential": (
        "zhoudao.counter.credentials.commands:credential",
        "Certificates: check one offline, publish what is suspended or revoked, look after the keys",
    ),
    "flows": ("zhoudao.engines.flows.commands:flows", "Follow the money: rings, traces, patterns"),
    "invoices": (
        "zhoudao.desk.trade.commands:invoices",
        "False invoices and export refunds: screens, cases, widening",
    ),
    "cases": (
        "zhoudao.desk.cases.commands:cases",
        "Cases: list, open and look at them, as one of their members",
    ),
    "evidence": (
        "zhoudao.desk.evidence.commands:evidence",
        "Evidence of a case: import files, list them, account for every row, export the ledger",
    ),
    "statements": (
        "zhoudao.desk.commands:statements",
        "Bank statements: what they are, and one ledger made from them with every row accounted for",
    ),
    "map": ("zhoudao.counter.places.journeys.commands:map_", "The service map: where something is done"),
}
SET_UP_THEMSELVES = {"run", "kiosk"}
"""`zhoudao run` looks at the port first: reading the settings already makes keys on a disk that has none. A kiosk's
machine has settings of its own."""
ENGINE_ONLY = {"flows"}
"""Reads a file and writes files: no settings and no database, so that it starts without them."""


class Rooms(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
        if name not in SET_UP_THEMSELVES | ENGINE_ONLY:
            _set_up()
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in sorted(COMMANDS.items())])


def _set_up() -> None:
    import django

    django.setup()
    from django.conf import settings

    if settings.SAMPLE_CITY:
        from zhoudao.core import clock
        from zhoudao.sample import city_time

        clock.count_from(city_time.count)


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
