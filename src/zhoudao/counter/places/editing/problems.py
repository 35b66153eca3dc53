"""Why something could not be done, in words for whoever tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhoudao.core.access import Forbidden
from zhoudao.core.city.yaml_lines import Problem
from zhoudao.core.look.refusals import Conflict

if TYPE_CHECKING:
    from zhoudao.counter.places.editing.models import Change, MistakeReport
    from zhoudao.counter.places.editing.rules import Values


class NotFound(LookupError):
    """No such change, report or entry, or not one of the actor's districts."""

    http_status = 404


class NoOfficer(Forbidden):
    """A command or job tried what only a person may do: a change needs somebody who answers for it."""


class OwnChange(Forbidden):
    """Somebody tried to decide what they proposed themselves, with this account or another of theirs."""


class NotYours(Forbidden):
    """Somebody tried to take back what another officer proposed."""


class BadChange(ValueError):
    """Values that can't be: ``problems`` says which field and what was expected."""

    http_status = 400

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(
            "; ".join(f"{each.field} {each.problem}; expected {each.expected}" for each in problems)
        )


class NothingToChange(Conflict):
    """The entry says all of it already."""

    def __init__(self) -> None:
        super().__init__(
            _("The directory says this already"),
            kept=_("Nothing was changed."),
            todo=_("If it is right, confirm the entry instead."),
        )


class ChangedMeanwhile(Conflict):
    """The entry is no longer what the officer saw; ``now`` is what it says."""

    def __init__(self, now: Values | None) -> None:
        super().__init__(
            _("Someone else changed this entry just before you"),
            kept=_("Their change was kept. Yours was not saved."),
            todo=_("Open the entry again to see what it says now."),
        )
        self.now = now


class Overtaken(Conflict):
    """The entry changed after the change was proposed; ``now`` is what it says."""

    def __init__(self, change: Change, now: Values | None) -> None:
        super().__init__(
            _("The entry changed after this was proposed"),
            kept=_("The entry stays as it is. The proposal waits."),
            todo=_("Compare both, then refuse the proposal or propose it again on what the entry says now."),
        )
        self.change, self.now = change, now


class AlreadyDecided(Conflict):
    """Another officer was first, or it was taken back."""

    def __init__(self, decided: Change | MistakeReport) -> None:
        super().__init__(
            _("Someone has dealt with this already"),
            kept=_("Their decision stands. Yours was not saved."),
            todo=_("Reload the page to see what was decided."),
        )
        self.decided = decided


class NoLongerFits(Conflict):
    """What was proposed was good then and is not now: the item or the point is gone."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            _("What was proposed no longer fits the directory"),
            kept=_("The entry stays as it is. The proposal waits."),
            todo=_("Refuse it and say why, so that it is proposed anew."),
        )
        self.problems = list(problems)


class NotUrgentEnough(ValueError):
    """A closure that has to wait for a second pair of eyes; ``why`` is a ``rules.NotUrgent``."""

    http_status = 400

    def __init__(self, why: str) -> None:
        super().__init__(f"not urgent: {why}")
        self.why = why
