"""Several items in one go: begun together, each question and each material asked once, handed in all or none."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.core.files.base import File
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor, Role
from zhoudao.core.audit.actions import Entry, act
from zhoudao.counter.applications import actions as applications
from zhoudao.counter.applications.actions import Receipt
from zhoudao.counter.applications.models import Application, Draft, PaperState
from zhoudao.counter.catalog.forms import answers as forms
from zhoudao.counter.enterprises.models import Bundle, Part
from zhoudao.counter.enterprises.problems import Conflict, NotFound, Unusable
from zhoudao.counter.enterprises.queries import bundles, firms
from zhoudao.counter.enterprises.rules import BUNDLE, MOST_ITEMS


def begin(actor: Actor, items: Sequence[str], credit_code: str = "") -> Bundle:
    """Begin a bundle of some items, or add them to the one that is open; an item that is in it stays as it is.

    ``credit_code``: for a clerk, whom it is for. Raises Unusable, UnknownItem, NotFound, Forbidden.
    """
    with act(actor, BUNDLE, subject="enterprises:bundle") as entry:
        whose = firms.firm_of(credit_code).pk if actor.role is Role.CLERK else actor.organisation_id
        if whose is None:
            raise Unusable(_("You act for no enterprise now."), todo=_("Choose the enterprise first."))
        bundle, _new = Bundle.objects.get_or_create(
            organisation_id=whose,
            owner_id=actor.user_id,
            handed_in_at=None,
            defaults={"uid": secrets.token_hex(16), "begun_at": clock.now()},
        )
        _drop_lost(bundle)
        known = set(bundle.parts.values_list("item", flat=True))
        wanted = [code for code in dict.fromkeys(items) if code not in known]
        if not 0 < len(known) + len(wanted) <= MOST_ITEMS:
            raise Unusable(
                _("From 1 to %(most)d things can be applied for together.") % {"most": MOST_ITEMS},
                todo=_("Choose what you need."),
            )
        for code in wanted:
            at_window = whose if actor.role is Role.CLERK else None
            draft = applications.begin(actor, code, organisation_id=at_window)
            Part.objects.create(bundle=bundle, item=code, uid=draft.uid)
        entry.note(bundle=bundle.uid, items=wanted)
    return bundle


def leave_out(actor: Actor, uid: str, item: str) -> None:
    """Take an item out again, with its draft. Taking it out twice changes nothing."""
    with _open(actor, uid) as (bundle, entry):
        part = bundle.parts.filter(item=item).first()
        if part is not None:
            applications.drop(actor, part.uid)
            part.delete()
        entry.note(left_out=item)


def save_answers(actor: Actor, uid: str, answers: Mapping[str, str]) -> None:
    """Keep answers, each for all items that ask the same question."""
    with _open(actor, uid) as (bundle, entry):
        for part in bundles.parts_of(bundle):
            asked = {each.code for each in forms.asked(part.program, {**part.answers, **answers})}
            own = {code: text for code, text in answers.items() if code in asked}
            if own:
                applications.save_answers(actor, part.uid, own)
        entry.note(questions=sorted(answers))


def hand_in(actor: Actor, uid: str, material: str, upload: File) -> int:
    """Take a file once, for all items that ask for it; for how many. Raises NotFound, BadFile."""

    def take(part_uid: str) -> None:
        upload.seek(0)
        applications.hand_in(actor, part_uid, material, upload)

    return _for_each(actor, uid, material, take)


def stand_in(actor: Actor, uid: str, material: str, state: PaperState) -> int:
    """Say once that a material follows, is promised or was seen, where all items that ask for it allow that."""
    return _for_each(
        actor, uid, material, lambda part_uid: applications.stand_in(actor, part_uid, material, state)
    )


def hand_in_all(actor: Actor, uid: str) -> list[Receipt]:
    """Hand all of them in, or none; again, the receipts of the first time. Raises NotFound, Incomplete."""
    bundle = bundles.own(actor, uid)
    with act(actor, BUNDLE, subject=f"bundle:{uid}") as entry:
        bundle = Bundle.objects.select_for_update().get(pk=bundle.pk)
        _drop_lost(bundle)
        parts = list(bundle.parts.all())
        if not parts:
            raise Unusable(_("Nothing is in it."), todo=_("Choose what you need."))
        receipts = [applications.submit_draft(actor, part.uid) for part in parts]
        if bundle.handed_in_at is None:
            bundle.handed_in_at = clock.now()
            bundle.save(update_fields=["handed_in_at"])
        entry.note(applications=[each.number for each in receipts])
    return receipts


def _for_each(actor: Actor, uid: str, material: str, take: Callable[[str], object]) -> int:
    with _open(actor, uid) as (bundle, entry):
        asking = [
            part.uid
            for part in bundles.parts_of(bundle)
            if any(paper.material == material for paper in forms.papers(part.program, part.answers))
        ]
        if not asking:
            raise NotFound(material)
        for part_uid in asking:
            take(part_uid)
        entry.note(material=material, items=len(asking))
    return len(asking)


def _drop_lost(bundle: Bundle) -> None:
    """Parts whose draft was deleted by itself: nothing is there to hand in."""
    uids = set(bundle.parts.values_list("uid", flat=True))
    kept = set(Draft.objects.filter(uid__in=uids).values_list("uid", flat=True))
    kept |= {each for each in Application.objects.filter(uid__in=uids).values_list("uid", flat=True) if each}
    bundle.parts.filter(uid__in=uids - kept).delete()


@contextmanager
def _open(actor: Actor, uid: str) -> Iterator[tuple[Bundle, Entry]]:
    """One's own bundle, locked, while it isn't handed in. Raises NotFound, Conflict."""
    bundle = bundles.own(actor, uid)
    with act(actor, BUNDLE, subject=f"bundle:{uid}") as entry:
        bundle = Bundle.objects.select_for_update().get(pk=bundle.pk)
        if bundle.handed_in_at is not None:
            raise Conflict(_("This was handed in already."), todo=_("Look at your applications."))
        yield bundle, entry
