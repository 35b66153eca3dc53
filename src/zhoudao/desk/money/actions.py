"""Saving a view of the money into the case, and taking it out again."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.look.refusals import Unusable
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.rules import NOTING
from zhoudao.desk.money.asking import GraphState
from zhoudao.desk.money.models import View
from zhoudao.desk.money.rules import LONGEST_TITLE, SAVE, ViewKind


def save_view(
    actor: Actor, number: str, kind: ViewKind, title: str, query: str, state: GraphState, finding: int | None = None
) -> View:
    """``query``: of the page's address, as ``asking`` writes it. Raises Unusable for a title that is empty or long."""
    with gate.inside(actor, number, SAVE, duties=NOTING, writing=True) as here:
        if not title.strip() or len(title.strip()) > LONGEST_TITLE:
            raise Unusable(
                _("A view needs a title of at most %(n)d characters") % {"n": LONGEST_TITLE},
                todo=_("Say in a few words what it shows, and save it again."),
            )
        told = {"query": query, "finding": finding, **state.as_data()}
        view = View.objects.create(
            case=here.case,
            kind=kind.value,
            title=title.strip(),
            told=json.dumps(told, ensure_ascii=False),
            saved_at=clock.now(),
            saved_by_id=here.member.user_id,
        )
        here.entry.note(step="save view", view=view.pk, kind=kind.value)
    return view


def remove_view(actor: Actor, number: str, view_pk: int) -> None:
    """Raises View.DoesNotExist."""
    with gate.inside(actor, number, SAVE, duties=NOTING, writing=True) as here:
        View.objects.get(pk=view_pk, case=here.case).delete()
        here.entry.note(step="remove view", view=view_pk)


def forget(case_id: int) -> dict[str, int]:
    """What goes when a case is destroyed."""
    count, _each = View.objects.filter(case_id=case_id).delete()
    return {"views": count}
