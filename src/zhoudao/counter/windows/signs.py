"""How long people wait in the halls, for the operator's page and ``/metrics``."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core.signs import Level, Reading, sign
from zhoudao.counter.windows.queries.halls import halls
from zhoudao.counter.windows.rules import LONG_WAIT, UNATTENDED


@sign("windows.halls", order=55)
def waiting_in_halls() -> Reading:
    found = halls()
    numbers = {
        "zhoudao_tickets_waiting": found.waiting,
        "zhoudao_tickets_oldest_seconds": found.oldest_seconds,
        "zhoudao_tickets_unattended": found.unattended,
        "zhoudao_tickets_unattended_seconds": found.unattended_seconds,
    }
    if found.unattended and found.unattended_seconds >= UNATTENDED.total_seconds():
        words = _(
            "%(tickets)s people wait where nobody sits at a window, the first for %(minutes)s minutes in hall "
            "%(hall)s: tell its supervisor, and see whether clerks can sign in there."
        ) % {
            "tickets": found.unattended,
            "minutes": found.unattended_seconds // 60,
            "hall": found.unattended_point,
        }
        return Reading(Level.BAD, words, numbers)
    said = {
        "tickets": found.waiting,
        "minutes": found.oldest_seconds // 60,
        "hall": found.oldest_point,
    }
    if found.oldest_seconds >= LONG_WAIT.total_seconds():
        words = _(
            "%(tickets)s people wait in the halls, the first for %(minutes)s minutes in hall %(hall)s: "
            "tell its supervisor."
        )
        return Reading(Level.WATCH, words % said, numbers)
    if found.waiting:
        words = _("%(tickets)s people wait in the halls, nobody longer than %(minutes)s minutes.") % said
    else:
        words = _("Nobody waits in the halls.")
    return Reading(Level.WELL, words, numbers)
