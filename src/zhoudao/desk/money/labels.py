"""Words for what the rooms below say in codes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhoudao.engines.flows.tracing.rules import ASSUMPTION, STATUTORY

STATES: dict[str, tuple[str, str | Promise]] = {
    "known": ("plain", ""),
    "not_obtained": ("waiting", _("Statement not obtained")),
    "conduit": ("info", _("Conduit")),
    "unknown": ("plain", _("Unknown account")),
}
"""Of an account: badge and word."""

STANDINGS: dict[str, tuple[str, str | Promise]] = {
    STATUTORY: ("done", _("Statutory")),
    ASSUMPTION: ("waiting", _("Analyst's assumption")),
}
"""What a tracing rule stands on."""

EXPLAINED: dict[str, str | Promise] = {
    "fifo": _("The money that came first leaves first."),
    "pro-rata": _("Each transfer carries the traced money's share of what the account then held."),
    "libr": _("The account's other money leaves first; traced money leaves only when nothing else is left."),
    "poison": _("All that leaves a touched account counts: an outer bound, more than was ever traced in."),
}
"""Each tracing rule in a sentence."""

CASES: dict[int, str | Promise] = {
    1: _("One payment came into the account and is traced to its payer: it goes back to them."),
    2: _("Several payments came in; by their times all three rules trace the same money to the same people."),
    3: _("Several payments came in and their times don't tell them apart: each gets a share by what they lost."),
}
"""The cases of the return rule's article 8, as this platform tells them apart."""
