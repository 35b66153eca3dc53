"""How far the table of working days reaches: deadlines beyond it are unconfirmed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.signs import Level, Reading, sign
from zhoudao.core.workdays import queries

WATCH_DAYS, BAD_DAYS = 45, 14
"""The State Council publishes a year's holidays about seven weeks before it begins."""


@sign("workdays.reach", order=60)
def reach() -> Reading:
    days = (queries.in_force(SYSTEM).last - clock.local(clock.now()).date()).days
    level = Level.BAD if days < BAD_DAYS else Level.WATCH if days < WATCH_DAYS else Level.WELL
    words = (
        _("Working days are known for the next %(days)s days.")
        if level is Level.WELL
        else _("Working days are known for %(days)s days only: publish the coming year's notice.")
    ) % {"days": max(0, days)}
    return Reading(level, words, {"zhoudao_workdays_known_days": max(0, days)})
