"""Proposing an item, and deciding it. Two people: who wrote it can't put it into force."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.counter.catalog.actions import as_json, publish
from zhoudao.counter.catalog.editing.checking import check
from zhoudao.counter.catalog.models import ItemProposal
from zhoudao.counter.catalog.rules import CONFIRM_ITEM, CONFIRMED, PROPOSE_ITEM, PROPOSED, REFUSED

__all__ = ["AlreadyDecided", "NoReason", "OwnProposal", "confirm", "propose", "refuse"]


class NoReason(ValueError):
    http_status = 400

    def __init__(self) -> None:
        super().__init__("a proposal needs a reason")
        self.what, self.kept, self.todo = _("The reason is missing."), "", _("Say why the item changes.")


class AlreadyDecided(Exception):
    http_status = 409

    def __init__(self) -> None:
        super().__init__("decided before")
        self.what, self.kept, self.todo = (
            _("This proposal was decided before."),
            "",
            _("Look at the list again."),
        )


class OwnProposal(Exception):
    http_status = 409

    def __init__(self) -> None:
        super().__init__("own proposal")
        self.what, self.kept = _("You wrote this item yourself."), ""
        self.todo = _("A second person puts it into force.")


def propose(actor: Actor, text: str, reason: str, token: str) -> ItemProposal:
    """Propose what an item says. The same ``token`` gives the first proposal again.

    Raises ``files.BadItems`` with every problem by line, NoReason, Forbidden.
    """
    if not reason.strip():
        raise NoReason
    item = check(actor, text).item
    with act(actor, PROPOSE_ITEM, subject=f"item:{item.code}") as entry:
        proposal, new = ItemProposal.objects.get_or_create(
            token=token,
            defaults={
                "code": item.code,
                "text": text,
                "reason": reason.strip()[:200],
                "proposed_by": actor.key,
                "proposed_at": clock.now(),
                "state": PROPOSED,
            },
        )
        entry.note(proposal=proposal.pk, new=new)
        if new:
            enqueue_notice(
                "letterbox",
                "role:supervisor",
                "catalog/item_proposed",
                {"code": item.code, "reason": proposal.reason},
                key=f"catalog.item_proposed:{proposal.pk}",
            )
    return proposal


def confirm(actor: Actor, proposal_id: int) -> ItemProposal:
    """Put a proposal into force: the item's next version. Applications that run keep theirs.

    Raises AlreadyDecided, OwnProposal, ``files.BadItems`` when it no longer fits the catalogue, Forbidden.
    """
    with act(actor, CONFIRM_ITEM, subject=f"proposal:{proposal_id}") as entry:
        proposal = ItemProposal.objects.select_for_update().get(pk=proposal_id)
        if proposal.state != PROPOSED:
            raise AlreadyDecided
        if proposal.proposed_by == actor.key:
            raise OwnProposal
        row = publish(as_json(check(actor, proposal.text).item))
        proposal.state, proposal.decided_at = CONFIRMED, clock.now()
        proposal.save(update_fields=["state", "decided_at"])
        entry.note(item=row.code, version=row.version)
    return proposal


def refuse(actor: Actor, proposal_id: int) -> ItemProposal:
    """Don't put it into force. Raises AlreadyDecided, Forbidden."""
    with act(actor, CONFIRM_ITEM, subject=f"proposal:{proposal_id}") as entry:
        proposal = ItemProposal.objects.select_for_update().get(pk=proposal_id)
        if proposal.state != PROPOSED:
            raise AlreadyDecided
        proposal.state, proposal.decided_at = REFUSED, clock.now()
        proposal.save(update_fields=["state", "decided_at"])
        entry.note(item=proposal.code, refused=True)
    return proposal
