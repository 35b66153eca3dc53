"""Writing an application: begun, kept as it is typed, and dropped."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.core.files.base import File

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.audit.actions import act
from zhoudao.core.files import actions as files
from zhoudao.core.people.models import Organisation, Resident
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.applications import deadlines, pictures
from zhoudao.counter.applications.actions.stepping import is_own, program_of
from zhoudao.counter.applications.actions.submitting import (
    Request,
    check_for_whom,
    check_stand_in,
    district_of,
    new_uid,
)
from zhoudao.counter.applications.models import Application, Draft, Paper, PaperState
from zhoudao.counter.applications.problems import NotFound, Unusable
from zhoudao.counter.applications.rules import APPLY, ENTER, WITH_APPLICANT, drafts_before
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.forms.answers import Answers
from zhoudao.counter.catalog.program import Paper as PaperRule
from zhoudao.counter.catalog.program import Program
from zhoudao.counter.catalog.schema import Channel

LONGEST = 40_000
"""Characters of all answers of a draft together."""


def begin(
    actor: Actor,
    item_code: str,
    *,
    resident_id: int | None = None,
    organisation_id: int | None = None,
    district: str = "",
    point: str = "",
) -> Draft:
    """Begin an application, or take up the one begun before for the same item and applicant.

    ``resident_id``, ``organisation_id``: for a clerk, whom it is for.
    Raises UnknownItem, Unusable, NotFound, Forbidden.
    """
    item, version = catalog.current_version(actor, item_code)
    resident, organisation = _applicant(actor, resident_id, organisation_id)
    at_window = actor.role is Role.CLERK
    home = district or (min(actor.districts) if at_window and "*" not in actor.districts else "")
    home = home or district_of(resident, organisation)
    permission = ENTER if at_window else APPLY
    with act(actor, permission, subject=f"item:{item_code}", district=home if at_window else None) as entry:
        if item.program is None:
            raise Unusable(
                f"{item_code} can't be applied for here", "look at the item's page for where it is done"
            )
        channel = Channel.WINDOW if at_window else Channel.ONLINE
        if channel not in item.channels:
            raise Unusable(f"{item_code} can't be applied for {channel}", "look at the item's ways to apply")
        assert actor.user_id is not None  # only accounts of people hold the permission
        who = {"resident": resident, "organisation": organisation}
        draft = Draft.objects.filter(
            owner_id=actor.user_id, item=item_code, item_version=version, **who
        ).first()
        if draft is None:
            now = clock.now()
            draft = Draft(
                uid=new_uid(), owner_id=actor.user_id, item=item_code, item_version=version, **who,
                channel=channel.value, district=home, point=point, begun_at=now, changed_at=now,
            )  # fmt: skip
            check_for_whom(
                actor,
                item.program,
                Request(
                    item_code, version, {}, draft.uid, channel, home,
                    resident.pk if resident else None, organisation.pk if organisation else None,
                ),
            )  # fmt: skip
            draft.save()
        entry.note(version=version, channel=str(channel))
    return draft


def _applicant(
    actor: Actor, resident_id: int | None, organisation_id: int | None
) -> tuple[Resident | None, Organisation | None]:
    if actor.role is Role.AGENT or (actor.role is Role.CLERK and organisation_id is not None):
        whose = actor.organisation_id if actor.role is Role.AGENT else organisation_id
        found = Organisation.objects.filter(pk=whose or 0).first()
        if found is None:
            raise NotFound("organisation")
        return None, found
    own = {"pk": resident_id} if actor.role is Role.CLERK else {"user_id": actor.user_id}
    resident = Resident.objects.filter(**own).first() if all(own.values()) else None
    if resident is None and actor.role in (Role.RESIDENT, Role.CLERK):
        raise NotFound("resident")
    return resident, None


def find(actor: Actor, uid: str, *, lock: bool = False) -> Draft:
    """A draft of one's own. Raises NotFound."""
    drafts = Draft.objects.select_for_update() if lock else Draft.objects
    draft = drafts.filter(uid=uid, owner_id=actor.user_id).first() if actor.user_id else None
    if draft is None:
        raise NotFound(uid)
    return draft


def save_answers(actor: Actor, uid: str, answers: Mapping[str, str]) -> dict[str, str]:
    """Keep answers as they are typed, good or not: they are checked before they are submitted.

    Raises NotFound, Unusable, Forbidden.
    """
    draft = find(actor, uid)
    by_district = draft.channel == Channel.WINDOW
    permission = ENTER if by_district else APPLY
    district = draft.district if by_district else None
    with act(actor, permission, subject=f"item:{draft.item}", district=district) as entry:
        draft = find(actor, uid, lock=True)
        program = program_of_draft(draft)
        known = {question.code for question in program.form}
        kept = {**json.loads(draft.answers or "{}"), **{k: v for k, v in answers.items() if k in known}}
        text = json.dumps(kept, ensure_ascii=False)
        if len(text) > LONGEST:
            raise Unusable("the answers are too long", "shorten them")
        draft.answers, draft.changed_at = text, clock.now()
        draft.save(update_fields=["answers", "changed_at"])
        entry.note(draft=True, questions=sorted(known & set(answers)))
    return kept


def answers_of(draft: Draft) -> Answers:
    return json.loads(draft.answers or "{}")


def program_of_draft(draft: Draft) -> Program:
    item = catalog.item_in_version(SYSTEM, draft.item, draft.item_version)
    if item.program is None:
        raise NotFound(draft.uid)
    return item.program


def drop(actor: Actor, uid: str) -> None:
    """Delete a draft and what was handed in for it."""
    draft = find(actor, uid)
    by_district = draft.channel == Channel.WINDOW
    permission = ENTER if by_district else APPLY
    with act(
        actor, permission, subject=f"item:{draft.item}", district=draft.district if by_district else None
    ) as entry:
        _forget(draft)
        entry.note(dropped=True)


def forget_old() -> int:
    """Delete drafts nobody touched for ``rules.DRAFT_DAYS``; how many. For the job."""
    old = list(Draft.objects.filter(changed_at__lt=drafts_before(clock.now())))
    for draft in old:
        with act(SYSTEM, APPLY, subject=f"item:{draft.item}") as entry:
            _forget(draft)
            entry.note(forgotten=True)
    return len(old)


def _forget(draft: Draft) -> None:
    papers = list(Paper.objects.filter(uid=draft.uid).select_related("file"))
    Paper.objects.filter(uid=draft.uid).delete()
    for paper in papers:
        if paper.file is not None:
            paper.file.delete()
    draft.delete()


# Papers ----------------------------------------------------------------------


def hand_in(actor: Actor, uid: str, material: str, upload: File) -> Paper:
    """Take a file for a material, in place of what was there. Pictures are drawn anew, so that nothing hidden stays.

    Raises NotFound, Unusable, BadFile, CannotStore.
    """
    rule, by_district, district = _rule(actor, uid, material)
    content = files.receive(pictures.cleaned(upload, rule))
    permission = ENTER if by_district else APPLY
    with act(actor, permission, subject=f"papers:{uid}", district=district if by_district else None) as entry:
        stored = files.keep(actor, content, room="applications", subject=f"papers:{uid}")
        paper = _replace(uid, material, PaperState.FILE)
        paper.file = stored
        paper.save()
        entry.note(material=material, kind=content.kind.code)
    return paper


def stand_in(actor: Actor, uid: str, material: str, state: PaperState, reference: str = "") -> Paper:
    """Say that a material follows, is promised, is held already, or was seen at the window."""
    rule, by_district, district = _rule(actor, uid, material)
    draft = find(actor, uid)
    check_stand_in(program_of_draft(draft), material, state, Channel(draft.channel))
    permission = ENTER if by_district else APPLY
    with act(actor, permission, subject=f"papers:{uid}", district=district if by_district else None) as entry:
        paper = _replace(uid, material, state)
        paper.reference = reference[:64]
        if state is PaperState.FOLLOWS and rule.may_follow is not None:
            paper.until = deadlines.due(clock.now(), rule.may_follow, [], workdays.in_force(SYSTEM)).at
        paper.save()
        entry.note(material=material, state=str(state))
    return paper


def _rule(actor: Actor, uid: str, material: str) -> tuple[PaperRule, bool, str]:
    """What an item asks of a material, of a draft or of an application that waits for its applicant."""
    draft = Draft.objects.filter(uid=uid, owner_id=actor.user_id).first() if actor.user_id else None
    if draft is not None:
        program, by_district, district = (
            program_of_draft(draft),
            draft.channel == Channel.WINDOW,
            draft.district,
        )
    else:
        application = Application.objects.select_related("resident").filter(uid=uid).first()
        if application is None or not is_own(actor, application):
            raise NotFound(uid)
        follows = Paper.objects.filter(uid=uid, material=material, state=PaperState.FOLLOWS.value).exists()
        if application.status not in WITH_APPLICANT and not follows:
            raise Unusable("this application takes no more papers now", "wait until you are asked")
        (_, program), by_district, district = program_of(application), False, application.district
    rule = next((paper for paper in program.papers if paper.material == material), None)
    if rule is None:
        raise NotFound(material)
    return rule, by_district, district


def _replace(uid: str, material: str, state: PaperState) -> Paper:
    """The row of this material, emptied: what was handed in before is gone from the records."""
    old = Paper.objects.select_related("file").filter(uid=uid, material=material).first()
    if old is not None:
        old.delete()
        if old.file is not None:
            old.file.delete()
    return Paper(uid=uid, material=material, state=state.value, at=clock.now())
