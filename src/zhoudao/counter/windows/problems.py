"""What an action refuses, said so that a page can show it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core.look.refusals import Conflict, TooMany, Unusable

__all__ = ["Conflict", "NotFound", "TooMany", "Unusable", "may_not_follow", "not_at_a_window"]


class NotFound(LookupError):
    """No such ticket, window or point."""

    http_status = 404


def may_not_follow() -> Conflict:
    return Conflict(_("This step can't follow now."), todo=_("Look again at how the ticket stands."))


def not_at_a_window() -> Conflict:
    return Conflict(_("You are not at a window."), todo=_("Choose the window you sit at first."))
