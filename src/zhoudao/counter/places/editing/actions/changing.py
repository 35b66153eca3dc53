"""Proposing a change, and deciding it.

Each step is one audited transaction that can be sent twice: the second time it changes nothing and answers as the
first. Whoever decides holds the lock on every open change of the entry, then on the entry itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import IntegrityError

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import Entry, act
from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.core.people.models import User
from zhoudao.counter.places import changes as directory
from zhoudao.counter.places.editing import entries, officers
from zhoudao.counter.places.editing.actions import reporting
from zhoudao.counter.places.editing.entries import Standing
from zhoudao.counter.places.editing.models import Change
from zhoudao.counter.places.editing.problems import (
    AlreadyDecided,
    BadChange,
    ChangedMeanwhile,
    NoLongerFits,
    NotFound,
    NothingToChange,
    NotUrgentEnough,
    NotYours,
    Overtaken,
    OwnChange,
)
from zhoudao.counter.places.editing.rules import (
    CLOSE_URGENTLY,
    DECIDE_CHANGE,
    NEW,
    OPEN_STATES,
    PROPOSE_CHANGE,
    URGENT_POINTS,
    Kind,
    State,
    Subject,
    Values,
    carried_over,
    differences,
    fingerprint,
    is_another,
    moved,
    not_urgent,
)

# Proposing -------------------------------------------------------------------------------------------------


def propose(
    actor: Actor,
    subject: Subject,
    values: Values | None,
    *,
    reason: str,
    token: str,
    seen: str = "",
    district: str = "",
    receipt: str = "",
) -> Change:
    """Propose that an entry say ``values`` (every field of its kind), or go (None).

    ``token``: of the form; the same one again gives back the first change. ``seen``: fingerprint of what the officer
    saw. ``district``: of an entry that is not there yet. ``receipt``: the report it answers. Raises Forbidden,
    BadChange, NothingToChange, ChangedMeanwhile, NotFound.
    """

    def write() -> Change:
        standing = entries.read(subject)
        home = standing.district or district
        with act(actor, PROPOSE_CHANGE, subject=str(subject), district=home or None) as entry:
            if (earlier := _sent_before(actor, token)) is not None:
                return earlier
            standing = entries.read(subject, lock=True)
            if seen and fingerprint(standing.values) != seen:
                raise ChangedMeanwhile(standing.values)
            change = _new(actor, standing, home, values, reason, token)
            change.report = reporting.found_open(receipt, home) if receipt else None
            change.save()
            if change.report is not None:
                reporting.turned(change.report)
            _note(entry, change)
            _tell_supervisors(change, "places/change_proposed")
            return change

    return _once(actor, token, write)


def propose_again(actor: Actor, change_id: int, token: str) -> Change:
    """Propose an overtaken change once more, on what the entry says now; the old one is replaced.

    Raises Forbidden, NotFound, AlreadyDecided, NothingToChange, BadChange.
    """

    def write() -> Change:
        old = _find(change_id)
        with act(actor, PROPOSE_CHANGE, subject=str(old.subject), district=old.district or None) as entry:
            if (earlier := _sent_before(actor, token)) is not None:
                return earlier
            old = _locked(old)
            if old.state != State.PROPOSED:
                raise AlreadyDecided(old)
            standing = entries.read(old.subject, lock=True)
            values = carried_over(old.subject.kind, old.before, old.after, standing.values)
            change = _new(actor, standing, old.district, values, old.reason, token)
            change.replaces, change.report = old, old.report
            old.state, old.decided_at = State.REPLACED.value, clock.now()
            old.save(update_fields=["state", "decided_at"])
            change.save()
            _note(entry, change, replaces=old.pk)
            _tell_supervisors(change, "places/change_proposed")
            return change

    return _once(actor, token, write)


def close_urgently(
    actor: Actor,
    point_codes: Sequence[str],
    starts_at: datetime,
    ends_at: datetime,
    reason_zh: str,
    reason_en: str,
    *,
    token: str,
) -> list[Change]:
    """Shut points at once (a typhoon), all of them or none; supervisors look at it afterwards.

    Raises Forbidden, NotFound, NotUrgentEnough, BadChange.
    """
    codes = list(dict.fromkeys(point_codes))
    if not codes or len(codes) > URGENT_POINTS:
        raise BadChange([entries.problem("points", f"names {len(codes)}", f"1 to {URGENT_POINTS} points")])
    values: Values = {
        "starts_at": entries.as_moment(starts_at),
        "ends_at": entries.as_moment(ends_at),
        "reason_zh": reason_zh,
        "reason_en": reason_en,
    }
    with act(actor, CLOSE_URGENTLY, subject=f"point:{codes[0]}", district=_home(codes[0])) as entry:
        earlier = list(Change.objects.filter(group=token, proposer_id=actor.user_id).order_by("pk"))
        if earlier:
            return earlier
        if (why := not_urgent(starts_at, ends_at, clock.now())) is not None:
            raise NotUrgentEnough(why)
        made = [_close_one(actor, entry, code, values, token) for code in codes]
        entry.note(points=len(made))
        directory.happened()
    return made


def _close_one(actor: Actor, whole: Entry, code: str, values: Values, token: str) -> Change:
    standing = entries.read(Subject(Kind.CLOSURE, f"{code}/{NEW}"))
    with act(actor, CLOSE_URGENTLY, subject=f"point:{code}", district=_home(code)) as entry:
        change = _new(actor, standing, standing.district, values, str(values["reason_zh"]), f"{token}/{code}")
        change.state, change.effective_at, change.group = State.URGENT.value, clock.now(), token
        change.key = entries.write(change.subject, change.district, change.after).key
        change.save()
        _note(entry, change)
        _tell_supervisors(change, "places/closed_urgently")
    return change


def _home(point_code: str) -> str:
    """The district of a point that is in the directory. Raises NotFound."""
    standing = entries.read(Subject(Kind.POINT, point_code))
    if standing.values is None:
        raise NotFound(f"{point_code} is not in the directory")
    return standing.district


def _new(
    actor: Actor, standing: Standing, district: str, values: Values | None, reason: str, token: str
) -> Change:
    """A change that may be proposed, not saved yet."""
    subject = standing.subject
    proposer = officers.officer(actor, PROPOSE_CHANGE)
    if standing.values is None and values is not None and not entries.good_new_key(subject):
        raise BadChange([entries.problem("code", f"is {subject.key!r}", "a code such as P001")])
    after = values
    if values is not None:
        checked = entries.checked(actor, subject, district, values)
        if isinstance(checked, list):
            raise BadChange(checked)
        after = checked
    if standing.values == after:
        raise NothingToChange
    if not reason.strip() or len(reason.strip()) > MOST_REASON:
        raise BadChange(
            [entries.problem("reason", f"has {len(reason.strip())} characters", f"1 to {MOST_REASON}")]
        )
    at_point = (after or standing.values or {}).get("point") if subject.kind is Kind.PHONE else None
    return Change(
        token=token,
        kind=subject.kind.value,
        key=subject.key,
        point_code=str(at_point or "") if subject.kind is Kind.PHONE else subject.point_code,
        district=district,
        before=standing.values,
        after=after,
        reason=reason.strip(),
        proposer=proposer,
        proposer_number=proposer.staff_number,
        proposer_role=proposer.role,
        proposed_at=clock.now(),
    )


MOST_REASON = 500


def _sent_before(actor: Actor, token: str) -> Change | None:
    return Change.objects.filter(token=token, proposer_id=actor.user_id).first()


def _once(actor: Actor, token: str, write: Callable[[], Change]) -> Change:
    """``write()``, unless the form was sent before: then what became of it."""
    earlier = _sent_before(actor, token)
    if earlier is not None:
        return earlier
    try:
        return write()
    except IntegrityError:
        twin = _sent_before(actor, token)
        if twin is None:
            raise
        return twin


# Deciding --------------------------------------------------------------------------------------------------


def approve(actor: Actor, change_id: int) -> Change:
    """Let a change take effect; of an urgent one, let it stand.

    Raises Forbidden (OwnChange for the proposer), NotFound, AlreadyDecided, Overtaken, NoLongerFits.
    """
    change = _find(change_id)
    if change.state == State.APPROVED and change.decider_id == actor.user_id:
        return change
    with act(actor, DECIDE_CHANGE, subject=str(change.subject), district=change.district or None) as entry:
        decider, change = _deciding(actor, change)
        if change.state == State.PROPOSED:
            _take_effect(actor, change)
        _decide(change, decider, State.APPROVED)
        _note(entry, change)
        if change.report is not None:
            reporting.corrected(change.report, decider)
        _tell_proposer(change)
    return change


def refuse(actor: Actor, change_id: int, reason: str) -> Change:
    """Turn a change down; an urgent one that is in effect is taken back.

    Raises Forbidden (OwnChange for the proposer), NotFound, AlreadyDecided, BadChange without a reason, Overtaken
    when an urgent one was changed meanwhile.
    """
    change = _find(change_id)
    refused = State.REVERSED if change.effective_at else State.REFUSED
    if change.state == refused and change.decider_id == actor.user_id:
        return change
    if not reason.strip() or len(reason.strip()) > MOST_REASON:
        raise BadChange(
            [entries.problem("reason", f"has {len(reason.strip())} characters", f"1 to {MOST_REASON}")]
        )
    with act(actor, DECIDE_CHANGE, subject=str(change.subject), district=change.district or None) as entry:
        decider, change = _deciding(actor, change)
        if change.state == State.URGENT:
            _take_back(change)
        _decide(change, decider, refused, reason.strip())
        _note(entry, change)
        if change.report is not None:
            reporting.reopened(change.report)
        _tell_proposer(change)
    return change


def withdraw(actor: Actor, change_id: int) -> Change:
    """Take back what one proposed oneself, before it is decided. Raises NotYours, NotFound, AlreadyDecided."""
    change = _find(change_id)
    if change.state == State.WITHDRAWN and change.proposer_id == actor.user_id:
        return change
    with act(actor, PROPOSE_CHANGE, subject=str(change.subject), district=change.district or None) as entry:
        if officers.officer(actor, PROPOSE_CHANGE).staff_number != change.proposer_number:
            raise NotYours(actor, PROPOSE_CHANGE, change.district or None)
        change = _locked(change)
        if change.state != State.PROPOSED:
            raise AlreadyDecided(change)
        change.state, change.decided_at = State.WITHDRAWN.value, clock.now()
        change.save(update_fields=["state", "decided_at"])
        if change.report is not None:
            reporting.reopened(change.report)
        _note(entry, change)
    return change


def _deciding(actor: Actor, change: Change) -> tuple[User, Change]:
    """Who decides, and the change with its lock; inside the caller's act."""
    decider = officers.officer(actor, DECIDE_CHANGE)
    if not is_another(change.proposer_number, decider.staff_number):
        raise OwnChange(actor, DECIDE_CHANGE, change.district or None)
    change = _locked(change)
    if change.state not in OPEN_STATES:
        raise AlreadyDecided(change)
    return decider, change


def _take_effect(actor: Actor, change: Change) -> None:
    standing = entries.read(change.subject, lock=True)
    if standing.values != change.before:
        raise Overtaken(change, standing.values)
    if change.after is not None:
        checked = entries.checked(actor, change.subject, change.district, change.after)
        if isinstance(checked, list):
            raise NoLongerFits(checked)
    change.key = entries.write(change.subject, change.district, change.after).key
    change.effective_at = clock.now()
    of_point = change.kind == Kind.POINT
    came_or_went = change.before is None or change.after is None
    directory.happened(
        points=of_point and (came_or_went or moved(differences(Kind.POINT, change.before, change.after)))
    )


def _take_back(change: Change) -> None:
    """Undo an urgent closure; one that is gone already needs nothing."""
    now = entries.read(change.subject, lock=True).values
    if now is None:
        return
    if now != change.after:
        raise Overtaken(change, now)
    entries.write(change.subject, change.district, None)
    directory.happened()


def _decide(change: Change, decider: User, state: State, reason: str = "") -> None:
    change.state, change.decision_reason = state.value, reason
    change.decider, change.decider_number, change.decider_role = decider, decider.staff_number, decider.role
    change.decided_at = clock.now()
    change.save()


def _find(change_id: int) -> Change:
    found = Change.objects.select_related("report").filter(pk=change_id).first()
    if found is None:
        raise NotFound(f"there is no change {change_id}")
    return found


def _locked(change: Change) -> Change:
    """The change as it is now, under lock together with the other open changes of its entry."""
    same_entry = Change.objects.filter(kind=change.kind, key=change.key, state__in=OPEN_STATES)
    list(same_entry.select_for_update().order_by("pk").values_list("pk", flat=True))
    return Change.objects.select_for_update(of=("self",)).select_related("report").get(pk=change.pk)


# Telling ---------------------------------------------------------------------------------------------------


def _note(entry: Entry, change: Change, **more: object) -> None:
    touched = [each.field for each in differences(change.subject.kind, change.before, change.after)]
    entry.note(change=change.pk, state=str(change.state), fields=touched, **more)


def _tell_supervisors(change: Change, template: str) -> None:
    for each in officers.supervisors(change.district, without=change.proposer_number):
        _letter(change, template, each.pk)


def _tell_proposer(change: Change) -> None:
    _letter(change, "places/change_decided", change.proposer_id)


def _letter(change: Change, template: str, account: int) -> None:
    enqueue_notice(
        "letterbox",
        f"user:{account}",
        template,
        {
            "change": change.pk,
            "entry": str(change.subject),
            "state": str(change.state),
            "reason": change.reason,
            "decision": change.decision_reason,
            "proposer": change.proposer_number,
            "decider": change.decider_number,
        },
        key=f"change:{change.pk}:{change.state}:{account}",
    )
