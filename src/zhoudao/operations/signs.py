"""Signs of the platform as a whole: its database, its version, its backups."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.signs import Level, Reading, level_of, sign
from zhoudao.operations.backup.making import backups_in
from zhoudao.operations.backup.rules import MANIFEST

SLOW_SECONDS, STUCK_SECONDS = 0.5, 5.0
OLD_HOURS, TOO_OLD_HOURS = 30, 54
"""A nightly backup is at most a day old and takes some hours; two in a row that failed are bad."""


@sign("operations.database", order=0, needed=True)
def database() -> Reading:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    seconds = time.perf_counter() - began
    level = level_of(seconds, SLOW_SECONDS, STUCK_SECONDS)
    words = (
        _("The database answers.")
        if level is Level.WELL
        else _("The database takes %(seconds)s seconds to answer: look at its disk and its load.")
        % {"seconds": f"{seconds:.1f}"}
    )
    return Reading(level, words, {"zhoudao_database_seconds": seconds})


@sign("operations.migrations", order=1, needed=True)
def migrations() -> Reading:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        words = _("%(count)s changes of the database wait: run zhoudao manage migrate.") % {"count": waiting}
        return Reading(Level.BAD, words, {"zhoudao_migrations_waiting": waiting})
    return Reading(Level.WELL, _("The database has the form this version needs."), {"zhoudao_migrations_waiting": 0})


@sign("operations.backup", order=15)
def backup() -> Reading:
    """The age of the newest finished backup, when the settings say where backups are."""
    if settings.BACKUPS_DIR is None:
        level = Level.WELL if settings.SAMPLE_CITY else Level.BAD
        return Reading(level, _("Nobody said where backups are (ZHOUDAO_BACKUPS), so nobody watches their age."))
    found = backups_in(Path(settings.BACKUPS_DIR))
    if not found:
        return Reading(Level.BAD, _("There is no finished backup: run zhoudao backup create."))
    made_at = datetime.fromisoformat(json.loads((found[-1] / MANIFEST).read_text(encoding="utf-8"))["made_at"])
    # By the machine's clock, like the backups' names.
    seconds = (clock.machine_now() - made_at).total_seconds()
    level = level_of(seconds / 3600, OLD_HOURS, TOO_OLD_HOURS)
    words = (
        _("The newest backup is %(hours)s hours old.")
        if level is Level.WELL
        else _("The newest backup is %(hours)s hours old: see why the nightly one failed.")
    ) % {"hours": round(seconds / 3600)}
    return Reading(level, words, {"zhoudao_backup_age_seconds": seconds})
