"""Destroying a case: one officer proposes, another does it, and a signed certificate stays.

The key goes first. Whatever of the sealed files a disk or a backup still holds can't be opened any more, except with a
backup of the database from before, which holds the key sealed under the platform's: such backups must run out too
(docs/cases.md says when a case is really gone).
"""

from __future__ import annotations

import hashlib
import json

from django.db import transaction
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit import signing
from zhoudao.core.audit.actions import act
from zhoudao.core.look.refusals import Conflict
from zhoudao.core.people.models import User
from zhoudao.desk.cases import gate, ports, rules, vault
from zhoudao.desk.cases.models import Case, CaseKey, Deletion, Document, Member, Retrieval, Sitting
from zhoudao.desk.cases.rules import DESTROY, LEADING, PROPOSE_DELETION

SIGNED = b"zhoudao certificate of destruction 1\n"


def propose_destruction(actor: Actor, number: str, document_number: str, reason: str) -> Deletion:
    """Ask another officer to destroy a closed case. Raises Conflict when it is open, held or still to be kept."""
    with gate.inside(
        actor, number, PROPOSE_DELETION, duties=LEADING, though_expired=True, seated=False
    ) as here:
        _refuse_unless_due(here.case)
        deletion, _made = Deletion.objects.update_or_create(
            case=here.case,
            defaults={
                "document_number": document_number.strip(),
                "reason": reason.strip(),
                "proposed_at": clock.now(),
                "proposed_by": actor.key,
            },
        )
    return deletion


def confirm_destruction(actor: Actor, number: str) -> Deletion:
    """Destroy what another officer proposed to. Raises Conflict for one's own proposal and when the case may not go any
    more, NoSuchCase."""
    with act(actor, DESTROY, subject=f"case:{number}") as entry:
        deletion = (
            Deletion.objects.select_for_update()
            .select_related("case")
            .filter(case__number=number, confirmed_at=None)
            .first()
        )
        if deletion is None:
            raise gate.NoSuchCase(f"nobody proposed to destroy {number}")
        if deletion.proposed_by == actor.key:
            raise Conflict(_("Destroying takes two officers"), todo=_("Somebody else has to confirm it."))
        case = Case.objects.select_for_update().get(pk=deletion.case_id)
        _refuse_unless_due(case)
        certificate = _certificate(actor, case, deletion)
        _forget(case)
        deletion.confirmed_at, deletion.confirmed_by = clock.now(), actor.key
        deletion.certificate = json.dumps(certificate, ensure_ascii=False, sort_keys=True)
        deletion.save()
        entry.note(certificate=hashlib.sha256(deletion.certificate.encode()).hexdigest())
        transaction.on_commit(lambda: vault.destroy(case.vault))
    return deletion


def _refuse_unless_due(case: Case) -> None:
    why = rules.why_not_destroyed(
        closed_at=case.closed_at,
        retain_until=case.retain_until,
        held=case.held,
        today=clock.local(clock.now()).date(),
    )
    if case.destroyed_at is not None:
        raise Conflict(_("This case was destroyed"))
    if why:
        raise Conflict(
            {
                "open": _("An open case is not destroyed"),
                "held": _("A legal hold stands on this case"),
                "retained": _("This case must still be kept"),
            }[why]
        )


def _certificate(actor: Actor, case: Case, deletion: Deletion) -> dict[str, object]:
    """What was destroyed, by whom and when, with a signature over all of it. Names the officers, nobody else."""
    files, size = vault.size_of(case.vault)
    names = "\n".join(vault.of(case).names())
    assert case.closed_at is not None
    told: dict[str, object] = {
        "case": case.number,
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat(),
        "kept_until": str(case.retain_until),
        "approval": str(deletion.document_number),
        "proposed_at": deletion.proposed_at.isoformat(),
        "proposed_by": _officer(deletion.proposed_by),
        "destroyed_at": clock.now().isoformat(),
        "destroyed_by": _officer(actor.key),
        "files": files,
        "bytes": size,
        "names_sha256": hashlib.sha256(names.encode()).hexdigest(),
        "method": "vault key erased, sealed files deleted",
    }
    private = signing.private_key()
    canonical = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    return {
        **told,
        "key": signing.key_id(private.public_key()),
        "signature": private.sign(SIGNED + canonical).hex(),
    }


def _officer(key: str) -> dict[str, str]:
    user = User.objects.filter(pk=int(key.partition(":")[2] or 0)).first()
    return {
        "name": str(user.display_name) if user else "",
        "staff_number": user.staff_number if user else "",
    }


def _forget(case: Case) -> None:
    """Every row of the case but its number, its days and its certificate."""
    ports.forget_everywhere(case.pk)
    CaseKey.objects.filter(case=case).delete()
    Retrieval.objects.filter(case=case).delete()
    Document.objects.filter(case=case).delete()
    Sitting.objects.filter(case=case).delete()
    Member.objects.filter(case=case).delete()
    case.title = case.purpose = case.hold_reason = ""
    case.destroyed_at = clock.now()
    case.save()
