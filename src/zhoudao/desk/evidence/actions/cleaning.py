"""Asking for a cleaning, and asking it to stop."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.rules import WORKING
from zhoudao.desk.evidence.cleaning import engine
from zhoudao.desk.evidence.models import Cleaning, ColumnRoles, EvidenceFile
from zhoudao.desk.evidence.rules import IMPORT, UNFINISHED, CleaningState, FileState


def start_cleaning(actor: Actor, number: str) -> Cleaning:
    """Make a ledger of all the files that are kept. While one is under way, that one is given back. Raises
    Conflict when
    there is nothing to clean."""
    with gate.inside(actor, number, IMPORT, duties=WORKING, writing=True) as here:
        running = Cleaning.objects.filter(case=here.case, state__in=list(UNFINISHED)).first()
        if running is not None:
            here.entry.note(step="clean", cleaning=running.number, again=True)
            return running
        files = EvidenceFile.objects.filter(case=here.case, state=FileState.KEPT.value)
        hashes = sorted(files.values_list("sha256", flat=True))
        if not hashes:
            raise Conflict(_("There is no file to clean"), todo=_("Bring in a bank's answer first."))
        last = Cleaning.objects.filter(case=here.case).aggregate(last=Max("number"))["last"] or 0
        cleaning = Cleaning.objects.create(
            case=here.case,
            number=last + 1,
            asked_at=clock.now(),
            asked_by=actor.key,
            inputs_sha256=hashlib.sha256("\n".join(hashes).encode()).hexdigest(),
        )
        enqueue_job("evidence.clean", {"cleaning": cleaning.pk}, key=f"evidence.clean:{cleaning.pk}")
        here.entry.note(step="clean", cleaning=cleaning.number, files=len(hashes))
    return cleaning


def cancel_cleaning(actor: Actor, number: str) -> None:
    """Ask the cleaning under way to stop; one that nobody has begun stops at once."""
    with gate.inside(actor, number, IMPORT, duties=WORKING) as here:
        unfinished = Cleaning.objects.filter(case=here.case, state__in=list(UNFINISHED))
        unfinished.filter(state=CleaningState.WAITING.value).update(
            state=CleaningState.CANCELLED.value, ended_at=clock.now()
        )
        unfinished.update(cancel_asked=True)
        here.entry.note(step="cancel")


def confirm_layout(actor: Actor, number: str, fingerprint: str, roles: dict[str, Any]) -> ColumnRoles:
    """Keep what an analyst says a sheet's columns are; sheets with this header, or of this shape where they have none,
    are read so from now on, in every case.

    ``roles``: as a layout has them: ``columns`` (role to header, or ``#3`` for the third column), ``ignored``,
    ``unit``, ``flipped``, ``date_order``. Raises Unusable for a role or a header row that is none.
    """
    with gate.inside(actor, number, IMPORT, duties=WORKING, writing=True) as here:
        if not fingerprint.isalnum() or len(fingerprint) > 64:
            raise Unusable(_("The header row is not known"))
        if problem := engine.why_no_layout(roles, fingerprint):
            raise Unusable(problem)
        kept, _new = ColumnRoles.objects.update_or_create(
            header_sha256=fingerprint,
            defaults={"roles": roles, "confirmed_at": clock.now(), "confirmed_by": actor.key},
        )
        here.entry.note(step="layout", header=fingerprint, roles=sorted(roles.get("columns", {})))
    return kept
