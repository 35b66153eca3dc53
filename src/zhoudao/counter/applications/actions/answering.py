"""What applicants do with an application that is in: put it right, take it back, ask again, and rate it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.applications import deadlines
from zhoudao.counter.applications.actions.once import body_of, key_of, once
from zhoudao.counter.applications.actions.stepping import is_own, pauses_of, program_of, set_deadlines, step
from zhoudao.counter.applications.deadlines import Pause
from zhoudao.counter.applications.models import Application, Mark, Paper, Submission
from zhoudao.counter.applications.problems import Conflict, Incomplete, NotFound, Unusable
from zhoudao.counter.applications.queries.contents import latest_answers
from zhoudao.counter.applications.rules import (
    ANSWER_MARK,
    MARKS,
    SEE_OWN,
    WORST_GOOD_MARK,
    Status,
    Verb,
)
from zhoudao.counter.catalog.forms import answers as forms

LONGEST_WORDS = 1000


def answer(actor: Actor, number: str, version: int, changes: Mapping[str, str], *, key: str) -> Application:
    """Put right what was asked for; the clock goes on. Sent twice with one key, it is answered once.

    Raises NotFound, Conflict, Incomplete.
    """
    index = key_of(actor, key)
    body = body_of({"answer": number, "changes": dict(changes)})

    def write() -> Application:
        with step(actor, SEE_OWN, number, Verb.ANSWER, version) as taken:
            application = taken.application
            given = {**latest_answers(application), **changes}
            good, bad = forms.check_all(taken.program, given, clock.local(taken.now).date())
            have = set(Paper.objects.filter(uid=application.uid).values_list("material", flat=True))
            missing = [
                paper.material
                for paper in forms.papers(taken.program, good)
                if paper.required and paper.material not in have
            ]
            if bad or missing:
                raise Incomplete(bad, missing)
            assert application.paused_at is not None  # set when it was asked
            pauses = [*pauses_of(application), Pause(application.paused_at, taken.now)]
            application.paused_at = None
            set_deadlines(application, taken.item, pauses)
            Submission.objects.create(
                application=application,
                key=index,
                body=body,
                answers=json.dumps(good, ensure_ascii=False, sort_keys=True),
                sent_at=taken.now,
            )
        return taken.application

    return once(index, body, write, lambda earlier: earlier.application)


def withdraw(actor: Actor, number: str, version: int) -> Application:
    """Take it back while nothing is decided."""
    with step(actor, SEE_OWN, number, Verb.WITHDRAW, version) as taken:
        taken.application.paused_at = None
    return taken.application


def ask_again(actor: Actor, number: str, version: int, words: str) -> Application:
    """Ask that a refusal be looked at again by somebody else, within the item's days."""
    said = words.strip()
    if not said or len(said) > LONGEST_WORDS:
        raise Unusable(_("The reason is missing or too long."), _("Say why it should be looked at again."))
    with step(actor, SEE_OWN, number, Verb.RECONSIDER, version) as taken:
        refused = taken.application.finished_at
        upheld = taken.application.events.filter(verb=Verb.UPHOLD.value).exists()
        late = refused is None or taken.now > refused + timedelta(days=taken.program.reconsider_days)
        if upheld or late:
            raise Conflict(
                _("This refusal can't be looked at again here."),
                _("Its letter says where else you can turn: administrative review, or the court."),
            )
        taken.words = said
    return taken.application


def rate(actor: Actor, number: str, mark: int, words: str = "") -> Mark:
    """Say how the service was (好差评), once. A bad mark has to be answered by a deadline.

    Raises NotFound, Conflict while it isn't over, Unusable.
    """
    if mark not in MARKS or len(words) > LONGEST_WORDS:
        raise Unusable(_("This is no mark."), _("Choose one of the five."))
    with act(actor, SEE_OWN, subject=f"application:{number}") as entry:
        application = Application.objects.select_for_update().filter(number=number).first()
        if application is None or not is_own(actor, application):
            raise NotFound(number)
        earlier = Mark.objects.filter(application=application).first()
        if earlier is not None:
            return earlier
        if application.status not in (Status.FINISHED, Status.REFUSED):
            raise Conflict(_("This service isn't finished yet."), _("Rate it when it is."))
        now = clock.now()
        _item, program = program_of(application)
        bad = mark < WORST_GOOD_MARK
        due = deadlines.due(now, program.rating_workdays, [], workdays.in_force(SYSTEM)).at if bad else None
        given = Mark.objects.create(
            application=application, mark=mark, words=words.strip(), at=now, answer_due_at=due
        )
        entry.note(mark=mark)
    return given


def answer_mark(actor: Actor, number: str, words: str) -> Mark:
    """Answer a bad mark. Raises NotFound, Unusable, Conflict when it was answered."""
    said = words.strip()
    if not said or len(said) > LONGEST_WORDS:
        raise Unusable(_("The answer is missing or too long."), _("Say what was done about it."))
    mark = Mark.objects.select_related("application").filter(application__number=number).first()
    if mark is None:
        raise NotFound(number)
    with act(actor, ANSWER_MARK, subject=f"application:{number}", district=mark.application.district):
        mark = Mark.objects.select_for_update().get(pk=mark.pk)
        if mark.answered_at is not None:
            raise Conflict(_("This mark was answered before."), _("Open the application to read the answer."))
        mark.answer, mark.answered_at, mark.answered_by_id = said, clock.now(), actor.user_id
        mark.save()
    return mark
