"""Whether the settings are fit for a real city (上线检查): what is refused, what is worth a thought.

A platform that serves a real city (``ZHOUDAO_SAMPLE=false``) does not start while anything here is refused; the page
and ``zhoudao check`` say the same in words. Facts are gathered first, so that the rules are pure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from zhoudao.core.audit.models import AuditRow
from zhoudao.core.signs import Level
from zhoudao.sample.loaded import LOAD

LEAST_SECRET = 50
"""Characters of SECRET_KEY; Django makes its own of fifty."""
EXAMPLES = ("change", "example", "secret", "insecure", "password", "django-insecure")
"""What a key that was copied from a page begins with or holds."""
OTHERS = frozenset({"DATABASE_URL", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "PORT"})
SECRETS = frozenset({"KEY", "JSON", "TOKEN", "PASSWORD", "SECRET"})
"""Parts of names whose values are never shown."""
MASK = "••••••"
PUBLIC_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True)
class Facts:
    debug: bool
    https: bool
    hosts: tuple[str, ...]
    secret_keys: tuple[str, ...]
    """The one that signs, and those whose signatures still count."""
    secret_given: bool
    """Whether SECRET_KEY was set, rather than made on the first start."""
    vendor: str
    sample_was_loaded: bool
    heads_beside_data: bool
    """The signed heads lie on the same disk as the database's files."""
    keys_beside_backups: bool
    backups: bool
    clock: str
    notices: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    setting: str
    level: Level
    """BAD: refused in a real city. WATCH: worth a thought."""
    words: str


def review(facts: Facts) -> list[Finding]:
    """Everything that isn't fit for a real city, what is refused first."""
    found = [*_refused(facts), *_worth_a_thought(facts)]
    return sorted(found, key=lambda finding: finding.level is not Level.BAD)


def _refused(facts: Facts) -> Iterator[Finding]:
    if facts.debug:
        yield _bad("ZHOUDAO_DEBUG", _("Debug pages show strangers what is inside: set it to false."))
    if not facts.https:
        words = _("Without HTTPS, passwords travel in the open: put a TLS proxy in front and set it to true.")
        yield _bad("ZHOUDAO_HTTPS", words)
    if "*" in facts.hosts:
        yield _bad("ZHOUDAO_HOSTS", _("It answers to any name: list the names people use."))
    elif set(facts.hosts) <= PUBLIC_HOSTS:
        yield _bad("ZHOUDAO_HOSTS", _("It answers to this machine's own names only: list the names people use."))
    if facts.secret_given and any(map(_is_weak, facts.secret_keys)):
        words = _("It is short or looks like one from a page: leave it unset, and one is made on the first start.")
        yield _bad("SECRET_KEY", words)
    if facts.sample_was_loaded:
        words = _("The database holds the sample city, whose accounts' passwords are known: begin with an empty one.")
        yield _bad("DATABASE_URL", words)
    if facts.clock != "real":
        yield _bad("ZHOUDAO_CLOCK", _("Deadlines would run by a made-up clock: leave it unset."))
    if facts.keys_beside_backups:
        words = _("The key file lies inside the backups: whoever finds them has everything; keep it apart.")
        yield _bad("ZHOUDAO_KEYS", words)


def _worth_a_thought(facts: Facts) -> Iterator[Finding]:
    if facts.vendor == "sqlite":
        words = _("SQLite serves one machine: choose PostgreSQL for more than one, or for many writers.")
        yield _watch("DATABASE_URL", words)
    if facts.heads_beside_data:
        words = _("Signed heads lie beside the data they guard: name another disk or machine.")
        yield _watch("ZHOUDAO_AUDIT_HEADS", words)
    if not facts.backups:
        yield _watch("ZHOUDAO_BACKUPS", _("Nobody watches how old the backups are: say where they are."))
    if facts.notices in ((), ("file",), ("console",)):
        words = _("Notices reach nobody's phone or mailbox: name an SMS gateway or a mail server.")
        yield _watch("ZHOUDAO_NOTICES", words)


def _is_weak(key: str) -> bool:
    return len(key) < LEAST_SECRET or len(set(key)) < 10 or any(word in key.lower() for word in EXAMPLES)


def _bad(setting: str, words: str) -> Finding:
    return Finding(setting, Level.BAD, words)


def _watch(setting: str, words: str) -> Finding:
    return Finding(setting, Level.WATCH, words)


def facts() -> Facts:
    """As the platform runs now. One query."""
    keys = Path(settings.KEYS_FILE)
    return Facts(
        debug=settings.DEBUG,
        https=settings.HTTPS,
        hosts=tuple(settings.ALLOWED_HOSTS),
        secret_keys=(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS),
        secret_given="SECRET_KEY" in os.environ or "SECRET_KEY_FILE" in os.environ,
        vendor=connection.vendor,
        sample_was_loaded=AuditRow.objects.filter(action=LOAD.name).exists(),
        heads_beside_data=_same_disk(Path(settings.AUDIT_HEADS_DIR), Path(settings.VAR)),
        keys_beside_backups=settings.BACKUPS_DIR is not None and keys.is_relative_to(settings.BACKUPS_DIR),
        backups=settings.BACKUPS_DIR is not None,
        clock=os.environ.get("ZHOUDAO_CLOCK", "real"),
        notices=tuple(settings.NOTICE_ADAPTERS),
    )


def given() -> list[tuple[str, str]]:
    """Every setting of ours that the environment gives, by name; what could open something is masked."""
    ours = [name for name in os.environ if name.startswith("ZHOUDAO_") or name.removesuffix("_FILE") in OTHERS]
    return [(name, _shown(name, os.environ[name])) for name in sorted(ours)]


def _shown(name: str, value: str) -> str:
    if name.endswith("_FILE"):
        return value
    if name == "DATABASE_URL":
        parts = urlsplit(value)
        return value.replace(f":{parts.password}@", f":{MASK}@") if parts.password else value
    return MASK if any(part in SECRETS for part in name.split("_")) else value


def refused() -> list[Finding]:
    """What keeps a real city from starting; empty in a sample city, where everything may be tried."""
    if settings.SAMPLE_CITY:
        return []
    return [finding for finding in review(facts()) if finding.level is Level.BAD]


def _same_disk(one: Path, other: Path) -> bool:
    there = [next(each for each in (path, *path.parents) if each.exists()) for path in (one, other)]
    return there[0].stat().st_dev == there[1].stat().st_dev
