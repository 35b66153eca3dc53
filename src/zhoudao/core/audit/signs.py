"""Whether the trail is guarded, and how long ago its head was signed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.audit import guard, queries, signing
from zhoudao.core.signs import Level, Reading, level_of, sign

SIGNED_EVERY = 10 * 60
"""Seconds; the worker's job."""


@sign("audit.head", order=20)
def head() -> Reading:
    """The age of the newest signed head: rows written since then could be cut off unnoticed."""
    heads, problems = signing.read_heads(settings.AUDIT_HEADS_DIR)
    newest = max((signed.head for signed in heads), default=None)
    rows = queries.recorded_end()[0]
    if newest is None:
        # A trail that has just begun is not late; one that was never signed is.
        level = Level.WATCH if rows < 1000 else Level.BAD
        words = _("The audit trail has never been signed: see whether the worker runs.")
        return Reading(level, words, {"zhoudao_audit_rows": rows})
    age = max(0.0, (clock.now() - datetime.fromisoformat(newest.at)).total_seconds())
    numbers = {"zhoudao_audit_rows": rows, "zhoudao_audit_head_age_seconds": age}
    if problems:
        words = _("A line of the signed heads can't be read: run zhoudao audit verify.")
        return Reading(Level.BAD, words, numbers)
    level = level_of(age, 2.5 * SIGNED_EVERY, 6 * SIGNED_EVERY)
    words = (
        _("The audit trail was signed %(minutes)s minutes ago.")
        if level is Level.WELL
        else _("The audit trail was last signed %(minutes)s minutes ago: see whether the worker runs.")
    ) % {"minutes": round(age / 60)}
    return Reading(level, words, numbers)


@sign("audit.guard", order=21)
def guarded() -> Reading:
    if guard.present(connection):
        return Reading(Level.WELL, _("The database refuses changes to the audit trail."))
    words = _("Nothing keeps rows of the audit trail from being changed: run zhoudao manage migrate, then verify.")
    return Reading(Level.BAD, words)
