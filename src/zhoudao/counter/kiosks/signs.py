"""How the kiosks are, for the operator's page and ``/metrics``."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core.signs import Level, Reading, sign
from zhoudao.counter.kiosks import queries
from zhoudao.counter.kiosks.rules import SILENT_AFTER


@sign("kiosks.fleet", order=60)
def fleet() -> Reading:
    found = queries.counts(SILENT_AFTER)
    numbers = {
        "zhoudao_kiosks_enrolled": found.enrolled,
        "zhoudao_kiosks_locked": found.locked,
        "zhoudao_kiosks_silent": found.silent,
        "zhoudao_kiosks_needing": found.needing,
        "zhoudao_kiosks_waiting": found.waiting,
    }
    if found.silent and 2 * found.silent > found.enrolled - found.locked:
        words = _("%(silent)s of %(all)s kiosks are silent: see whether the network to them is down.")
        level = Level.BAD
    elif found.needing or found.silent:
        words = _("%(needing)s of %(all)s kiosks need something: their keepers were told.")
        level = Level.WATCH
    else:
        words = _("All %(all)s kiosks are well.")
        level = Level.WELL
    said = {"silent": found.silent, "needing": max(found.needing, found.silent), "all": found.enrolled}
    return Reading(level, words % said, numbers)
