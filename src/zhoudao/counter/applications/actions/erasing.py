"""Erasing what is past its term (个人信息保护法 art. 47 (1) and (2)): the row stays for the counts, the person goes.

Small transactions, each with its row in the audit trail, so that nobody waits and a run that is killed has erased
whole applications only; the next one goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor
from zhoudao.core.audit.actions import act, erase_person
from zhoudao.core.files import actions as files
from zhoudao.core.files.models import StoredFile
from zhoudao.core.people.models import Resident
from zhoudao.counter.applications.actions import drafting
from zhoudao.counter.applications.models import (
    Application,
    Draft,
    ErasureRun,
    Event,
    Mark,
    Paper,
    RegisterAnswer,
    Submission,
)
from zhoudao.counter.applications.queries import retention
from zhoudao.counter.applications.rules import ERASE

BATCH = 100


def erase(actor: Actor) -> ErasureRun:
    """Erase everything whose term is past at this moment, and keep a report. Raises Forbidden."""
    began = clock.now()
    with act(actor, ERASE, subject="applications:retention") as entry:
        entry.note(step="began")
    drafts = drafting.forget_old()
    by_item: Counter[str] = Counter()
    papers, persons = 0, 0
    waiting = retention.past_term(began)
    while batch := list(islice(waiting, BATCH)):
        found = _erase_batch(batch, began)
        papers += found[0]
        by_item.update(found[1])
        persons += _forget_persons(found[2])
    swept = files.sweep(SYSTEM)
    with act(actor, ERASE, subject="applications:retention") as entry:
        run = ErasureRun.objects.create(
            began_at=began, ended_at=clock.now(), drafts=drafts, applications=by_item.total(), papers=papers,
            contents=swept, persons=persons, by_item=dict(sorted(by_item.items())),
        )  # fmt: skip
        entry.note(step="finished", run=run.pk, drafts=drafts, applications=run.applications, persons=persons)
    return run


def _erase_batch(keys: Iterable[int], now: datetime) -> tuple[int, Counter[str], set[int]]:
    """How many papers went, how many applications of each item, and whose they were."""
    with act(SYSTEM, ERASE, subject="applications:batch") as entry:
        rows = list(Application.objects.select_for_update().filter(pk__in=keys, erased_at=None))
        mine = [row.pk for row in rows]
        papers = _erase_papers([row.uid for row in rows if row.uid])
        Submission.objects.filter(application__in=mine).delete()
        RegisterAnswer.objects.filter(application__in=mine).delete()
        Event.objects.filter(application__in=mine).update(words="", about=[])
        Mark.objects.filter(application__in=mine).update(words="", answer="")
        residents = {row.resident_id for row in rows if row.resident_id is not None}
        Application.objects.filter(pk__in=mine).update(
            applicant=retention.ERASED, resident=None, submitted_by=None, certificate="", erased_at=now
        )
        entry.note(applications=[row.number for row in rows], papers=papers)
    return papers, Counter(row.item for row in rows), residents


def _erase_papers(uids: list[str]) -> int:
    held = list(Paper.objects.filter(uid__in=uids).values_list("pk", "file_id"))
    Paper.objects.filter(pk__in=[pk for pk, _ in held]).delete()
    StoredFile.objects.filter(pk__in=[file for _, file in held if file is not None]).delete()
    return len(held)


def _forget_persons(residents: set[int]) -> int:
    """Of people with no account and nothing left here, the key that ties them to the trail; how many had one."""
    still = set(Application.objects.filter(resident__in=residents).values_list("resident_id", flat=True))
    still |= set(Draft.objects.filter(resident__in=residents).values_list("resident_id", flat=True))
    gone = Resident.objects.filter(pk__in=residents - still, user=None).values_list("pk", flat=True)
    return sum(erase_person(SYSTEM, f"resident:{pk}") for pk in gone)


def report_as_data(run: ErasureRun) -> dict[str, object]:
    """For ``--json``; times in ISO 8601."""
    return {
        "began_at": clock.local(run.began_at).isoformat(),
        "ended_at": clock.local(run.ended_at).isoformat(),
        "drafts": run.drafts,
        "applications": run.applications,
        "papers": run.papers,
        "contents": run.contents,
        "persons": run.persons,
        "by_item": run.by_item,
    }
