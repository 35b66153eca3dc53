"""How jobs and notices leave."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhoudao.core.outbox import queries
from zhoudao.core.outbox.rules import LATE_AFTER
from zhoudao.core.signs import Level, Reading, level_of, sign


@sign("outbox.waiting", order=30)
def waiting() -> Reading:
    health = queries.health()
    minutes = health.oldest_due_seconds // 60
    level = level_of(health.oldest_due_seconds, LATE_AFTER.total_seconds() / 3, LATE_AFTER.total_seconds())
    if level is Level.WELL:
        words = _("Jobs and notices leave as they come.")
    else:
        words = _(
            "%(waiting)s jobs and notices wait, the first for %(minutes)s minutes: see whether the worker runs."
        ) % {"waiting": health.waiting, "minutes": minutes}
    numbers = {
        "zhoudao_outbox_waiting": health.waiting,
        "zhoudao_outbox_oldest_seconds": health.oldest_due_seconds,
        "zhoudao_outbox_jobs_waiting": health.jobs_waiting,
        "zhoudao_outbox_jobs_oldest_seconds": health.jobs_oldest_seconds,
        "zhoudao_outbox_in_hand": health.in_hand,
    }
    return Reading(level, words, numbers)


@sign("outbox.given_up", order=31)
def given_up() -> Reading:
    count = queries.health().given_up
    words = (
        ngettext(
            "%(count)s message was given up: read its last error in the outbox, then try it again or drop it.",
            "%(count)s messages were given up: read their last errors in the outbox, then try them again or drop them.",
            count,
        )
        % {"count": count}
        if count
        else _("No message was given up.")
    )
    return Reading(Level.BAD if count else Level.WELL, words, {"zhoudao_outbox_given_up": count})
