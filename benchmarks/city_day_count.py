"""What of `city_day.py` is in the database afterwards, beside what people were told. Run inside the house.

    python benchmarks/city_day_count.py case            # its number
    python benchmarks/city_day_count.py kiosks 6        # that many, and the code with which each enrols
    python benchmarks/city_day_count.py before          # marks, as JSON
    python benchmarks/city_day_count.py waiting         # what the outbox still has to deliver
    python benchmarks/city_day_count.py after FILE      # FILE: {"marks": …, "told": …}

Prints one JSON document. A line is ``[what, expected, found, wrong]``: wrong counts those lost or doubled.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402  settings are read from the environment set above
from django.db.models import Max, Q  # noqa: E402

from zhoudao.core import clock  # noqa: E402
from zhoudao.core.access import SYSTEM  # noqa: E402
from zhoudao.core.outbox.models import Letter, OutboxMessage  # noqa: E402
from zhoudao.counter.applications.models import Application, Event, Submission  # noqa: E402
from zhoudao.counter.catalog import queries as catalog  # noqa: E402
from zhoudao.counter.kiosks import actions  # noqa: E402
from zhoudao.counter.kiosks.rules import done_here  # noqa: E402
from zhoudao.counter.places.models import Point  # noqa: E402
from zhoudao.counter.windows.models import Ticket, TicketEvent  # noqa: E402
from zhoudao.desk.cases.models import Case  # noqa: E402
from zhoudao.desk.evidence.models import Cleaning, EvidenceFile  # noqa: E402
from zhoudao.desk.evidence.rules import UNFINISHED  # noqa: E402

Line = tuple[str, int, int, int]
KIOSK_ITEM = "household-certificate"


def before() -> dict[str, int]:
    """The last of each before the day: what is after it is the day's."""
    return {
        "application": Application.objects.aggregate(last=Max("pk"))["last"] or 0,
        "ticket": Ticket.objects.aggregate(last=Max("pk"))["last"] or 0,
    }


def case() -> dict[str, str]:
    """The sample's case, where the analyst works."""
    return {"number": Case.objects.order_by("pk").values_list("number", flat=True)[0]}


def kiosks(count: int) -> dict[str, str]:
    """So many new kiosks, where what is asked for at them is done, and the code with which each enrols."""
    item, _ = catalog.current_version(SYSTEM, KIOSK_ITEM)
    points = [each for each in Point.objects.filter(withdrawn=False) if done_here(item, each.services)]
    return {
        f"DAY{n}": actions.prepare(SYSTEM, point.code, f"DAY{n}")
        for n, point in zip(range(count), cycle(points), strict=False)
    }


def waiting() -> dict[str, int]:
    return {
        "waiting": OutboxMessage.objects.filter(state__in=["waiting", "claimed"])
        .filter(Q(due_at__lte=clock.now()) | Q(tries__gt=0))  # what is meant for later may wait
        .count(),
        "cleaning": Cleaning.objects.filter(state__in=[each.value for each in UNFINISHED]).count(),
    }


def after(marks: dict[str, int], told: dict[str, Any]) -> list[Line]:
    return [
        *applications(marks["application"], told["applications"], told.get("applications_unknown", 0)),
        *tickets(marks["ticket"], told),
        *steps(told["steps"]),
        *evidence(told["files"]),
        *messages(),
    ]


def applications(mark: int, told: dict[str, str], unknown: int) -> Iterator[Line]:
    """Every receipt's application once, under its number; none twice for one form; none that nobody was told of, but
    for those who gave up asking."""
    new = Application.objects.filter(pk__gt=mark, uid__isnull=False)
    by_uid = {each.uid: each for each in new}
    wrong = sum(1 for uid, number in told.items() if uid not in by_uid or by_uid[uid].number != number)
    yield "receipts whose application is there", len(told), len(told) - wrong, wrong
    submitted = Counter(
        Event.objects.filter(application__in=new, verb="submit").values_list("application", flat=True)
    )
    sent = Counter(Submission.objects.filter(application__in=new).values_list("application", flat=True))
    twice = sum(1 for each in by_uid.values() if submitted[each.pk] != 1 or sent[each.pk] != 1)
    yield "applications submitted once each", len(by_uid), len(by_uid) - twice, twice
    untold = [uid for uid, each in by_uid.items() if submitted[each.pk] and uid not in told]
    yield "applications that nobody was told of", unknown, len(untold), max(0, len(untold) - unknown)
    numbers = Counter(Application.objects.values_list("number", flat=True))
    yield "numbers given once", len(numbers), len(numbers), sum(1 for count in numbers.values() if count > 1)


def tickets(mark: int, told: dict[str, Any]) -> Iterator[Line]:
    """Every ticket somebody holds once; none that nobody was told of, but for those who gave up asking."""
    codes = Counter(told["tickets"])
    there = set(Ticket.objects.filter(pk__gt=mark).values_list("code", flat=True))
    lost = sum(1 for code in codes if code not in there)
    yield "tickets held that are there", len(codes), len(codes) - lost, lost
    doubled = max(0, len(there) - len(codes) - told["tickets_unknown"])
    yield "tickets that nobody holds", 0, len(there - set(codes)), doubled
    same = sum(count - 1 for count in codes.values())
    yield "tickets given to two", 0, same, same
    calls = Counter(
        TicketEvent.objects.filter(ticket__pk__gt=mark, verb="call").values_list("ticket", flat=True)
    )
    yield "tickets called once each", len(calls), len(calls), sum(1 for count in calls.values() if count > 1)
    closed = set(Ticket.objects.filter(state="served").values_list("code", flat=True))
    served = set(told["served"])
    yield "tickets served, as the clerk saw", len(served), len(served & closed), len(served - closed)


def steps(told: list[list[str]]) -> Iterator[Line]:
    """Every step an officer saw done, once."""
    numbers = [number for number, _verb in told]
    done = Counter(
        Event.objects.filter(application__number__in=numbers).values_list("application__number", "verb")
    )
    wrong = sum(1 for number, verb in told if done[(number, verb)] != 1)
    yield "officers' steps, once each", len(told), len(told) - wrong, wrong


def evidence(told: dict[str, int]) -> Iterator[Line]:
    """Every file that was kept, once; and every row of them in the newest ledger or in its reasons."""
    files = Counter(EvidenceFile.objects.filter(sha256__in=list(told)).values_list("sha256", flat=True))
    wrong = sum(1 for sha256 in told if files[sha256] != 1)
    yield "files at the desk, once each", len(told), len(told) - wrong, wrong
    newest = Cleaning.objects.filter(state="done").order_by("-pk").first()
    if newest is not None:
        counted = newest.kept + newest.merged + newest.refused
        yield "rows of the ledger accounted for", newest.rows_in, counted, abs(newest.rows_in - counted)
        missing = max(0, sum(told.values()) - newest.rows_in)
        yield "rows of the day's files in it", sum(told.values()), sum(told.values()) - missing, missing


def messages() -> Iterator[Line]:
    """What the outbox calls delivered has arrived, once; nothing waits and nothing was given up."""
    of = OutboxMessage.objects.filter(kind="notice", state="delivered")
    letters = of.filter(channel="letterbox").count()
    arrived = Letter.objects.count()
    yield "letters that arrived", letters, arrived, abs(letters - arrived)
    others = of.exclude(channel="letterbox").count()
    folder = settings.VAR / "notices"
    files = sum(1 for each in folder.glob("*.txt")) if folder.is_dir() else 0
    yield "text messages that arrived", others, files, abs(others - files)
    overdue = OutboxMessage.objects.filter(state="given_up").count() + waiting()["waiting"]
    yield "messages that wait or were given up", 0, overdue, overdue


def main() -> None:
    verb = sys.argv[1]
    if verb == "after":
        with open(sys.argv[2], encoding="utf-8") as file:
            given = json.load(file)
        print(json.dumps(after(given["marks"], given["told"])))
    elif verb == "kiosks":
        print(json.dumps(kiosks(int(sys.argv[2]))))
    else:
        print(json.dumps({"before": before, "case": case, "waiting": waiting}[verb]()))


if __name__ == "__main__":
    main()
