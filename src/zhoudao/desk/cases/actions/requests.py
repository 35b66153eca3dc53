"""The register of retrievals (调证): what was asked of whom, what came back, what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from zhoudao.core.access import Actor
from zhoudao.core.look.refusals import Unusable
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.actions import papers
from zhoudao.desk.cases.actions.papers import Paper
from zhoudao.desk.cases.models import Retrieval
from zhoudao.desk.cases.rules import FREEZE, RETRIEVE, WORKING, DocumentKind, Measure, Period

MOST_ACCOUNTS = 10_000


@dataclass(frozen=True)
class Asked:
    measure: Measure
    addressee: str
    accounts: Sequence[str]
    """Numbers or names, as the request lists them."""
    period: Period
    remark: str = ""


def register_request(actor: Actor, number: str, asked: Asked, paper: Paper) -> Retrieval:
    """Enter a request and its document. To freeze, the case must be filed. Raises Unusable for no account or a period
    that ends before it begins."""
    freezing = asked.measure is Measure.FREEZE
    accounts = [account.strip() for account in asked.accounts if account.strip()]
    permission = FREEZE if freezing else RETRIEVE
    with gate.inside(actor, number, permission, duties=WORKING, writing=True, freezing=freezing) as here:
        if not 0 < len(set(accounts)) <= MOST_ACCOUNTS:
            raise Unusable(_("A request names from 1 to 10,000 accounts"))
        if asked.period.last < asked.period.first:
            raise Unusable(_("The period ends before it begins"))
        last = Retrieval.objects.filter(case=here.case).aggregate(last=Max("number"))["last"] or 0
        document = papers.keep(actor, here.case, here.vault, DocumentKind.REQUEST, paper)
        here.entry.note(measure=asked.measure.value, retrieval=last + 1, accounts=len(set(accounts)))
        return Retrieval.objects.create(
            case=here.case,
            number=last + 1,
            measure=asked.measure.value,
            document=document,
            addressee=asked.addressee.strip(),
            accounts="\n".join(dict.fromkeys(accounts)),
            first_day=asked.period.first,
            last_day=asked.period.last,
            remark=asked.remark.strip(),
        )


def register_sending(actor: Actor, number: str, retrieval_number: int, sent_on: date) -> Retrieval:
    """Raises Retrieval.DoesNotExist."""
    with gate.inside(actor, number, RETRIEVE, duties=WORKING, writing=True) as here:
        retrieval = Retrieval.objects.get(case=here.case, number=retrieval_number)
        retrieval.sent_on = sent_on
        retrieval.save(update_fields=["sent_on"])
        here.entry.note(step="sent", retrieval=retrieval_number)
    return retrieval


def register_answer(
    actor: Actor,
    number: str,
    retrieval_number: int,
    answered_on: date,
    covered: Sequence[tuple[str, Period]],
) -> Retrieval:
    """What the answer covers, account by account; the register shows what is missing. Raises Unusable for an answer
    before the sending, Retrieval.DoesNotExist."""
    with gate.inside(actor, number, RETRIEVE, duties=WORKING, writing=True) as here:
        retrieval = Retrieval.objects.get(case=here.case, number=retrieval_number)
        if retrieval.sent_on is None or answered_on < retrieval.sent_on:
            raise Unusable(_("A request is answered after it was sent"), todo=_("Enter the day it was sent."))
        retrieval.answered_on = answered_on
        retrieval.coverage = "\n".join(
            f"{account} {period.first.isoformat()} {period.last.isoformat()}" for account, period in covered
        )
        retrieval.save(update_fields=["answered_on", "coverage"])
        here.entry.note(step="answered", retrieval=retrieval_number, covered=len(covered))
    return retrieval


COVERED = re.compile(r"^(?P<account>\S.*?)\s+(?P<first>\d{4}-\d{2}-\d{2})\s+(?P<last>\d{4}-\d{2}-\d{2})$")


def read_coverage(text: str) -> list[tuple[str, Period]]:
    """The lines of a coverage: ``account first-day last-day``. Raises Unusable naming the line."""
    found = []
    for at, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        matched = COVERED.match(line.strip())
        try:
            assert matched is not None
            period = Period(date.fromisoformat(matched["first"]), date.fromisoformat(matched["last"]))
        except (AssertionError, ValueError):
            raise Unusable(
                _("Line %(line)d of the coverage can't be read") % {"line": at},
                todo=_("Write: account, first day, last day, as in 62220000 2026-01-01 2026-06-30."),
            ) from None
        found.append((matched["account"], period))
    return found
