"""Whether verifiers still trust the newest list of revoked certificates."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.signs import Level, Reading, sign
from zhoudao.counter.credentials import queries

WATCH_HOURS = 12


@sign("credentials.list", order=45)
def newest_list() -> Reading:
    newest = queries.newest_list(SYSTEM)
    if newest is None:
        return Reading(Level.WATCH, _("No list of revoked certificates yet: the worker publishes the first."))
    hours = (newest.expires_at - clock.now()).total_seconds() / 3600
    level = Level.BAD if hours <= 0 else Level.WATCH if hours < WATCH_HOURS else Level.WELL
    words = {
        Level.BAD: _("The list of revoked certificates has ended, so that verifiers refuse it: start the worker."),
        Level.WATCH: _("The list of revoked certificates ends in %(hours)s hours: see whether the worker runs."),
        Level.WELL: _("The list of revoked certificates is trusted for another %(hours)s hours."),
    }[level] % {"hours": max(0, round(hours))}
    return Reading(level, words, {"zhoudao_credentials_list_seconds": max(0.0, hours * 3600)})
