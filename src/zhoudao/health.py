"""What `zhoudao check` looks at: each check is one sentence, and says what to do when it is bad."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from zhoudao.core import city
from zhoudao.core.access import SYSTEM


@dataclass(frozen=True)
class Result:
    name: str
    ok: bool
    detail: str


class Bad(Exception):
    """A check that failed, with what is wrong and what to do."""


def checks() -> Iterator[Result]:
    """Every check in turn. One that can't even be made is bad, and says why; the others still run."""
    for name, check in CHECKS.items():
        try:
            yield Result(name, True, check())
        except Exception as problem:
            yield Result(
                name,
                False,
                f"{problem}" if isinstance(problem, Bad) else f"{type(problem).__name__}: {problem}",
            )


def _pack() -> str:
    pack = city.load_pack(settings.CITY_PACK)
    return f"{pack.city.name.en}, {len(pack.city.districts)} districts ({settings.CITY_PACK.name})"


def _keys() -> str:
    from zhoudao.core.keys import queries

    queries.verify()
    state = queries.state(SYSTEM)
    waiting = f", {state.waiting:,} values wait for a rotation to go on" if state.waiting else ""
    return f"{len(state.keys)} data keys from {state.source}, and they open what is stored{waiting}"


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise Bad(f"can't be reached: {error}; check DATABASE_URL") from error
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise Bad(f"{len(waiting)} migrations wait: run zhoudao manage migrate")
    return f"{connection.vendor}, every migration applied"


def _items() -> str:
    from zhoudao.counter.catalog.files import read_folder

    return f"{len(read_folder(settings.CITY_PACK / 'items'))} items, each as the schema asks"


def _certificates() -> str:
    from zhoudao.core import clock
    from zhoudao.counter.credentials import queries
    from zhoudao.engines.seals import signing

    algorithm = signing.Algorithm(settings.CERTIFICATE_ALGORITHM)
    try:
        signer = signing.generate(algorithm)
    except signing.Unavailable as problem:
        raise Bad(f"{problem} (ZHOUDAO_CERTIFICATES)") from None
    if not signer.public.verifies(signer.sign(b"check"), b"check"):
        raise Bad(f"{algorithm} signs here, but its signatures don't verify: certificates would be refused")
    newest = queries.newest_list(SYSTEM)
    if newest is None:
        return f"{algorithm} signs; no list of revoked certificates yet, the worker publishes the first"
    if newest.expires_at <= clock.now():
        raise Bad(
            f"the list of revoked certificates ended on {clock.local(newest.expires_at):%Y-%m-%d}, so that verifiers "
            "say it is too old: start the worker, or run zhoudao credential publish"
        )
    return f"{algorithm} signs; list {newest.sequence} is trusted until {clock.local(newest.expires_at):%Y-%m-%d}"


def _workdays() -> str:
    from zhoudao.core import clock
    from zhoudao.core.workdays import queries

    table = queries.in_force(SYSTEM)
    today = clock.local(clock.now()).date()
    if not table.reaches(today):
        raise Bad(
            "the working-day table does not reach today: run zhoudao workdays seed, or publish the year's notice"
        )
    return f"known until {table.last}"


def _files() -> str:
    from zhoudao.core.files import queries

    broken = list(islice((checked.problem for checked in queries.verify_all() if checked.problem), 5))
    if broken:
        raise Bad("; ".join(broken))
    return "every stored file has the content its name says"


def _audit() -> str:
    from zhoudao.core.audit.actions import verify

    found = verify(SYSTEM)
    if not found.whole:
        told = [str(found.verdict.problem)] if found.verdict.problem else found.head_problems[:3]
        raise Bad(f"{'; '.join(told) or 'nothing stops rows from being changed'}: see docs/audit.md")
    return f"{found.verdict.rows:,} rows, {found.verdict.heads} signed heads agree"


def _translations() -> str:
    from zhoudao.core.look import translations

    problems = [problem for room in translations.rooms() for problem in translations.check(room).problems]
    if problems:
        raise Bad("; ".join(problems[:5]))
    return "every message has its translation"


def _settings() -> str:
    from zhoudao.operations import review

    if found := review.refused():
        raise Bad("; ".join(f"{finding.setting}: {finding.words}" for finding in found))
    return "a sample city's, for trying it out" if settings.SAMPLE_CITY else "fit for a real city"


CHECKS: dict[str, Callable[[], str]] = {
    "city pack": _pack,
    "settings": _settings,
    "items": _items,
    "certificates": _certificates,
    "keys": _keys,
    "database": _database,
    "working days": _workdays,
    "files": _files,
    "audit trail": _audit,
    "translations": _translations,
}
