"""What an action refuses, said so that a page can show it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from zhoudao.counter.catalog.forms.answers import BadAnswer


class NotFound(LookupError):
    """No such application or draft, or somebody else's: the two look alike from outside."""

    http_status = 404


class Conflict(Exception):
    """Somebody was first, or the key was used for something else."""

    http_status = 409
    kept = ""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


def changed_meanwhile() -> Conflict:
    return Conflict(
        _("This application changed while you were looking at it."),
        _("Open it again to see how it stands now, then decide."),
    )


def may_not_follow() -> Conflict:
    return Conflict(
        _("This step can't follow now."), _("Open the application again to see which steps are open.")
    )


def other_body() -> Conflict:
    return Conflict(
        _("This was sent before with other answers."),
        _("Look under My applications at what was received; start anew if it is something else."),
    )


class Unusable(Exception):
    """Something that was sent can't be used."""

    http_status = 400
    kept = ""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


class Incomplete(Exception):
    """Everything that is missing or wrong, told at once (一次性告知). Nothing was submitted."""

    http_status = 400
    kept = ""

    def __init__(self, answers: Sequence[BadAnswer], papers: Sequence[str]) -> None:
        self.answers, self.papers = list(answers), list(papers)
        self.what = _("Something is still missing.")
        self.todo = _("Answer what is open and add what is missing, then send it.")
        codes = [bad.question for bad in self.answers] + self.papers
        super().__init__(f"missing or wrong: {', '.join(codes)}")
