"""Where following the money begins: accounts by words, and the views that were saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zhoudao.core.access import Actor
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.evidence.ledger import pages, tables
from zhoudao.desk.evidence.queries import open_ledger, open_words
from zhoudao.desk.money.models import View
from zhoudao.desk.money.queries.common import looking

ACCOUNTS_SHOWN = 30


@dataclass(frozen=True)
class StartPage:
    here: Inside
    words: str
    accounts: list[dict[str, Any]]
    views: list[View]


def start_page(actor: Actor, number: str, token: str) -> StartPage:
    """Accounts by words (a sealed token), the busiest without. Raises NoLedger, BadFilter."""
    words = open_words(token) if token else ""
    here = looking(actor, number, False, seeing="money", searched=bool(words))
    views = list(View.objects.select_related("saved_by").filter(case=here.case))
    with tables.cursor(open_ledger(here)) as found:
        return StartPage(here, words, pages.search(found, words, ACCOUNTS_SHOWN), views)


def view(actor: Actor, number: str, view_pk: int) -> View:
    """Raises View.DoesNotExist."""
    here = looking(actor, number, False, seeing="saved view", view=view_pk)
    return View.objects.get(pk=view_pk, case=here.case)
