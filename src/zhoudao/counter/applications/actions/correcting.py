"""Putting an obvious slip right on the spot (当场更正), as the applicant says: a digit left out, a wrong character.

The Administrative Licensing Law (行政许可法, art. 32) lets an applicant put right at once what can be. What the
applicant chose or handed in is theirs to change: for that they are asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.counter.applications.actions.deciding import reason_of
from zhoudao.counter.applications.actions.once import body_of, key_of, once
from zhoudao.counter.applications.actions.stepping import step
from zhoudao.counter.applications.actions.telling import tell
from zhoudao.counter.applications.models import Application, Submission
from zhoudao.counter.applications.problems import Unusable
from zhoudao.counter.applications.queries.contents import latest_answers
from zhoudao.counter.applications.rules import HANDLE, WRITTEN, Agreed, Verb
from zhoudao.counter.catalog.forms import answers as forms


def correct(
    actor: Actor, number: str, version: int, changes: Mapping[str, str], agreed: str, words: str
) -> Application:
    """Change what was typed in some answers. What stood there before is kept; the applicant is told. Sent twice with
    one version, it is done once.

    ``agreed``: how the applicant said so. Raises Unusable, Conflict, NotFound, Forbidden.
    """
    said = reason_of(words, _("Say what the slip is, and how you know."))
    if agreed not in set(Agreed):
        raise Unusable(
            _("Nobody may change an application without its applicant."),
            _("Say how they agreed; otherwise ask them to put it right."),
        )
    index = key_of(actor, f"correct:{number}:{version}")
    body = body_of({"correct": number, "changes": dict(changes), "agreed": agreed, "words": said})

    def write() -> Application:
        with step(actor, HANDLE, number, Verb.CORRECT, version) as taken:
            application = taken.application
            before = latest_answers(application)
            changed = {
                code: value.strip()
                for code, value in changes.items()
                if value.strip() != before.get(code, "")
            }
            typed = {each.code for each in forms.asked(taken.program, before) if each.type in WRITTEN}
            if not changed:
                raise Unusable(_("Nothing was changed."), _("Change the answer that has the slip."))
            if not typed.issuperset(changed):
                raise Unusable(
                    _("Only what was typed can be put right here."),
                    _("Ask the applicant to change the rest."),
                )
            given, bad = forms.check_all(taken.program, {**before, **changed}, clock.local(taken.now).date())
            if bad:
                raise Unusable(
                    _("What you typed isn't an answer to the question."), _("Look at the answer again.")
                )
            Submission.objects.create(
                application=application,
                key=index,
                body=body,
                answers=json.dumps(given, ensure_ascii=False, sort_keys=True),
                sent_at=taken.now,
            )
            lines = [f"{before.get(code, '')} → {value}" for code, value in sorted(changed.items())]
            taken.words, taken.about = "\n".join([*lines, said]), sorted(changed)
            taken.entry.note(questions=sorted(changed), agreed=agreed)
            tell(application, taken.item, "corrected")
        return taken.application

    return once(index, body, write, lambda earlier: earlier.application)
