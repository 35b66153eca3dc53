"""Applications: the work list of a restricted reviewer as they grow, and audited submits a second, on both databases.

    python benchmarks/applications.py [--postgres URL] [--sizes 10000,100000,1000000] [--seconds S] [--json FILE]

For SQLite, and for PostgreSQL when --postgres names a server (a database of its own is made there and dropped):

- the work list at each size, one in five of them running: its first page and one further down, as the page itself asks
  for it (list, counts, names) and as the whole page through Django's client. Beside it the plain equivalent: the same
  rows by an offset paginator ordered by deadline;
- submits by several clerks at once for S seconds: each with its answers sealed, its papers, its event, its notice and
  its audit row in one transaction. Beside it the same rows inserted plainly through the ORM, without permission,
  checks, seals or audit; and one row of a word and its commit, one after another: the floor, since the audit chain
  takes one commit after another. Afterwards every receipt must be there once and the audit chain whole;
- applications issued a second (decided, certificate signed, audited), then certificates sealed and checked a second.

Runs on this machine only. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from credentials import rates as seals

SEED = 20261124
BASE = 10_000
RUNNING_SHARE, IN_HAND_SHARE = 0.2, 0.6
SEAL_SECONDS = 0.2
LIST_ROUNDS, PAGE_ROUNDS = 200, 60
CLERKS = {"sqlite": 2, "postgresql": 4}
ANSWERS = {
    "since": "2026-01-05", "address": "海印路 12 号 301 室", "basis": "study", "school": "海岛学校",
    "phone": "12800990001",
}  # fmt: skip
ITEM = "residence-permit"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--postgres", default="", help="postgres://USER@HOST:PORT/DATABASE to connect to first"
    )
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--only", choices=["lists", "submits", "certificates"], default="")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(inside([int(size) for size in options.sizes.split(",")], options)))
        return
    results = {"sqlite": on_sqlite()}
    if options.postgres:
        results["postgresql"] = on_postgres(options.postgres)
    show(results)
    if options.only in ("", "certificates"):
        results["seals"] = dict(seals(SEAL_SECONDS))
        for what, often in results["seals"].items():
            print(f"{what:44}{often:>10,.0f} a second")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")


# A database of its own ---------------------------------------------------------------------------------------------


def on_sqlite() -> dict[str, Any]:
    home = tempfile.mkdtemp(prefix="zhoudao-bench-")
    try:
        return in_a_process(home, f"sqlite:///{home}/bench.sqlite3")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def on_postgres(server: str) -> dict[str, Any]:
    import psycopg

    name = f"zhoudao_bench_{secrets.token_hex(4)}"
    home = tempfile.mkdtemp(prefix="zhoudao-bench-")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            return in_a_process(home, server.rpartition("/")[0] + f"/{name}")
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            shutil.rmtree(home, ignore_errors=True)


def in_a_process(home: str, url: str) -> dict[str, Any]:
    environment = {
        **os.environ,
        "ZHOUDAO_VAR": home,
        "DATABASE_URL": url,
        "ZHOUDAO_CLOCK": "fixed:2026-11-24T10:00:00+08:00",
        "DJANGO_SETTINGS_MODULE": "zhoudao.settings",
        "ZHOUDAO_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, __file__, "--inside", *sys.argv[1:]]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def inside(sizes: list[int], options: argparse.Namespace) -> dict[str, Any]:
    import django
    from django.conf import settings

    django.setup()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.ALLOWED_HOSTS.append("testserver")
    world = World()
    found: dict[str, Any] = {}
    if options.only in ("", "certificates"):
        found["issued"] = certificates(world)
    if options.only in ("", "submits"):
        found["submits"] = submits(world, options.seconds)
    if options.only in ("", "lists"):
        found["lists"] = {size: lists(world, size) for size in sizes}
    return found


class World:
    """The city's items and days, one person, and the officers."""

    def __init__(self) -> None:
        from django.core.management import call_command

        from zhoudao.core import city
        from zhoudao.core.access import SYSTEM, Actor, Role
        from zhoudao.core.people.models import Resident, User
        from zhoudao.core.workdays import actions as workdays
        from zhoudao.counter.catalog import queries as catalog
        from zhoudao.counter.catalog.actions import load_items

        call_command("migrate", verbosity=0)
        workdays.seed(SYSTEM)
        load_items(SYSTEM, city.current().folder / "items")
        self.districts = [district.code for district in city.current().districts]
        self.items = [item.code for item in catalog.definitions(SYSTEM) if item.program is not None]
        self.version = catalog.current_version(SYSTEM, ITEM)[1]
        self.person = Resident.objects.create(
            name="某测试", name_index="n", document_kind="resident_id", document_number="339999199001010011",
            document_index="d", mobile="12800990001", home_district=self.districts[0],
        )  # fmt: skip
        self.users: dict[str, list[User]] = {}
        self.actors: dict[str, list[Actor]] = {}
        for role, count in ((Role.CLERK, 8), (Role.REVIEWER, 20), (Role.SUPERVISOR, 2)):
            made = [
                User.objects.create(
                    username=f"{role}{number}", role=role, districts=[self.districts[0]],
                    staff_number=f"97{role[:1]}{number}",
                )
                for number in range(count)
            ]  # fmt: skip
            self.users[role] = made
            self.actors[role] = [user.as_actor("127.0.0.1") for user in made]


# Work lists --------------------------------------------------------------------------------------------------------


def lists(world: World, size: int) -> dict[str, Any]:
    from django.core.paginator import Paginator
    from django.db import connection
    from django.db.models import F
    from django.test.utils import CaptureQueriesContext

    from zhoudao.counter.applications.models import Application
    from zhoudao.counter.applications.queries import worklist
    from zhoudao.counter.applications.queries.worklist import Part

    fill(world, size)
    reviewer, chance = world.actors["reviewer"][0], random.Random(SEED)

    def ours() -> None:
        page = worklist.page(reviewer, Part.TO_DO)
        for _ in range(chance.randint(0, 1)):
            if page.after is not None:
                page = worklist.page(reviewer, Part.TO_DO, after=page.after)

    def plain() -> None:
        mine = Application.objects.filter(
            district__in=reviewer.districts, status="received", item_version__gt=0
        )
        page = Paginator(mine.order_by(F("due_at").asc(nulls_last=True), "pk"), worklist.PAGE_ROWS)
        list(page.get_page(chance.randint(1, 2)))

    with CaptureQueriesContext(connection) as seen:
        worklist.page(reviewer, Part.TO_DO)
        queries = len(seen)
    client, path = signed_in(world.users["reviewer"][0]), "/staff/applications/cases/"
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as whole:
        client.get(path)
        page_queries = len(whole.connection.queries_log)
    return {
        "list": spread(ours, LIST_ROUNDS),
        "page": spread(lambda: client.get(path), PAGE_ROUNDS),
        "plain": spread(plain, PAGE_ROUNDS),
        "queries": queries,
        "page_queries": page_queries,
    }


def fill(world: World, size: int) -> None:
    """Applications until there are ``size``: the first ten thousand drawn, then the same again under other numbers."""
    from django.db import connection

    from zhoudao.counter.applications.models import Application

    if not Application.objects.filter(number__startswith="B0-").exists():
        Application.objects.bulk_create(drawn(world), batch_size=2000)
    columns = [
        connection.ops.quote_name(field.column)
        for field in Application._meta.concrete_fields
        if field.name not in ("id", "number", "uid")
    ]
    with connection.cursor() as cursor:
        for copy in range(Application.objects.count() // BASE, size // BASE):
            cursor.execute(
                f"INSERT INTO applications_application (number, {', '.join(columns)}) "
                f"SELECT 'B{copy}' || substr(number, 3), {', '.join(columns)} FROM applications_application "
                "WHERE number LIKE 'B0-%%'",
                [],
            )
        # What PostgreSQL does by itself in the hours that such a table takes to grow.
        cursor.execute(
            "ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE applications_application"
        )
    told(f"{Application.objects.count():,} applications")


def drawn(world: World) -> list[Any]:
    from zhoudao.core import clock
    from zhoudao.counter.applications import turns
    from zhoudao.counter.applications.models import Application
    from zhoudao.counter.catalog.program import Lane

    chance, now = random.Random(SEED), clock.now()
    hands = [user.pk for user in world.users["reviewer"]]
    rows = []
    for number in range(BASE):
        running = chance.random() < RUNNING_SHARE
        received = now - timedelta(seconds=chance.randint(0, 10 * 86_400 if running else 700 * 86_400))
        due = received + timedelta(days=chance.randint(1, 20))
        lane = chance.choices([Lane.ORDINARY, Lane.ENTERPRISE, Lane.URGENT], [85, 12, 3])[0]
        waits = chance.choice(["clerk", "reviewer", "reviewer", "supervisor"])
        rows.append(
            Application(
                number=f"B0-{number:06d}", item=chance.choice(world.items), item_version=1,
                applicant_kind="person", applicant=f"resident:{world.person.pk}", resident=world.person,
                channel="online", district=chance.choice(world.districts), lane=lane.value,
                received_at=received, promised_workdays=5, due_at=due,
                status="received" if running else chance.choice(["finished"] * 9 + ["refused"]),
                decided_at=None if running else received + timedelta(days=2),
                finished_at=None if running else received + timedelta(days=2),
                taken_workdays=None if running else 2,
                waits_for=waits if running else None,
                turn_at=turns.turn_at(lane, received, due) if running else None,
                assignee_id=chance.choice(hands)
                if running and waits == "reviewer" and chance.random() < IN_HAND_SHARE
                else None,
            )
        )  # fmt: skip
    return rows


def signed_in(user: Any) -> Any:
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY

    from zhoudao.core import clock
    from zhoudao.core.people.models import Authenticator
    from zhoudao.core.people.sessions import LAST_SEEN

    device, _ = Authenticator.objects.get_or_create(
        user=user, defaults={"name": "app", "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "confirmed": True}
    )
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session[LAST_SEEN] = int(clock.machine_now().timestamp())
    session.save()
    return client


# Submits -----------------------------------------------------------------------------------------------------------


def submits(world: World, seconds: float) -> dict[str, Any]:
    from django.db import connection

    from zhoudao.core.access import SYSTEM
    from zhoudao.core.audit import queries as audit
    from zhoudao.counter.applications.models import Application

    clerks = CLERKS[connection.vendor]
    submit_one(world, world.actors["clerk"][0])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_word (word text)")
    bare = together(lambda number: insert_a_word(), 1, seconds / 4)
    plain = together(lambda number: insert_plainly(world), clerks, seconds / 4)
    audited = together(lambda number: submit_one(world, world.actors["clerk"][number]), clerks, seconds)
    numbers = audited.pop("answers")
    plain.pop("answers")
    bare.pop("answers")
    assert len(set(numbers)) == len(numbers) == Application.objects.filter(number__in=numbers).count()
    return {
        "clerks": clerks,
        "audited": audited,
        "plain": plain,
        "bare": bare,
        "chain_whole": audit.verify(SYSTEM).whole,
    }


def submit_one(world: World, clerk: Any) -> str:
    from zhoudao.counter.applications import actions
    from zhoudao.counter.applications.actions import Handed, Request
    from zhoudao.counter.applications.actions.submitting import new_uid
    from zhoudao.counter.applications.models import PaperState
    from zhoudao.counter.catalog.schema import Channel

    seen = Handed(PaperState.SEEN)
    request = Request(
        ITEM, world.version, ANSWERS, new_uid(), Channel.WINDOW, world.districts[0], world.person.pk,
        papers={"photo": seen, "proof": seen},
    )  # fmt: skip
    return actions.submit(clerk, request, key=request.uid).number


def insert_a_word() -> str:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_word VALUES ('word')")
    return ""


def insert_plainly(world: World) -> str:
    from django.db import transaction

    from zhoudao.core import clock
    from zhoudao.counter.applications.models import Application, Event, Paper, Submission

    now, uid = clock.now(), secrets.token_hex(16)
    with transaction.atomic():
        application = Application.objects.create(
            number=f"P{uid[:20]}", uid=uid, item=ITEM, item_version=1, applicant_kind="person",
            applicant=f"resident:{world.person.pk}", resident=world.person, channel="window",
            district=world.districts[0], received_at=now, status="submitted", promised_workdays=2, due_at=now,
        )  # fmt: skip
        Paper.objects.bulk_create(
            Paper(uid=uid, material=material, state="seen", at=now) for material in ("photo", "proof")
        )
        Submission.objects.create(application=application, key=uid, body=uid, sent_at=now)
        Event.objects.create(application=application, verb="submit", after="submitted", role="clerk", at=now)
    return application.number


def together(work: Callable[[int], str], workers: int, seconds: float) -> dict[str, Any]:
    """Do ``work`` as often as it goes for so long: in as many threads on SQLite, which one process writes, and in as
    many processes on PostgreSQL, each clerk with a connection of their own."""
    from django.db import connection, connections

    def one(number: int) -> list[tuple[str, float]]:
        done, end = [], time.perf_counter() + seconds
        try:
            while (start := time.perf_counter()) < end:
                done.append((work(number), time.perf_counter() - start))
        finally:
            connections.close_all()
        return done

    in_threads = connection.vendor == "sqlite"
    connections.close_all()
    start = time.perf_counter()
    if in_threads:
        with ThreadPoolExecutor(workers) as pool:
            done = [each for found in pool.map(one, range(workers)) for each in found]
    else:
        done = forked(one, workers)
    spent = time.perf_counter() - start
    return {
        "a_second": len(done) / spent,
        **milliseconds([took for _, took in done]),
        "answers": [answer for answer, _ in done],
    }


def forked(one: Callable[[int], list[tuple[str, float]]], workers: int) -> list[tuple[str, float]]:
    """Each worker in a process of its own, forked, so that all of them have the world at hand."""
    fork = multiprocessing.get_context("fork")
    pipes = [fork.Pipe(duplex=False) for _ in range(workers)]
    started = [
        fork.Process(target=lambda number, out: out.send(one(number)), args=(number, out))
        for number, (_, out) in enumerate(pipes)
    ]
    for process in started:
        process.start()
    done = [each for into, _ in pipes for each in into.recv()]
    for process in started:
        process.join()
    return done


# Certificates ------------------------------------------------------------------------------------------------------


ISSUED = 200


def certificates(world: World) -> dict[str, Any]:
    """Applications approved beforehand, then handed over one after another."""
    from zhoudao.counter.applications import actions

    clerk, reviewer = world.actors["clerk"][0], world.actors["reviewer"][0]
    waiting = []
    for _ in range(ISSUED):
        number = submit_one(world, clerk)
        actions.accept(clerk, number, 1)
        actions.approve(reviewer, number, 2)
        waiting.append(number)
    took = []
    for number in waiting:
        start = time.perf_counter()
        actions.issue(reviewer, number, 3)
        took.append(time.perf_counter() - start)
    return {"a_second": 1 / statistics.mean(took), **milliseconds(took)}


# Figures -----------------------------------------------------------------------------------------------------------


def spread(work: Callable[[], object], rounds: int) -> dict[str, float]:
    work()
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return milliseconds(took)


def milliseconds(took: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return {"p50_ms": cuts[49] * 1000, "p95_ms": cuts[94] * 1000}


def told(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def show(results: dict[str, Any]) -> None:
    for name, found in results.items():
        print(f"\n{name}")
        for size, row in found.get("lists", {}).items():
            print(
                f"  work list of {int(size):>9,}: {line(row['list'])}, {row['queries']} queries; "
                f"whole page {line(row['page'])}, {row['page_queries']} queries; plain {line(row['plain'])}"
            )
        if "submits" in found:
            row = found["submits"]
            for kind, what in (
                ("audited", f"submits, {row['clerks']} at once"),
                ("plain", f"the same rows plainly, {row['clerks']} at once"),
                ("bare", "a word and its commit, one after another"),
            ):
                print(f"  {what:42}{row[kind]['a_second']:6.0f} a second, {line(row[kind])}")
            print(f"  audit chain whole: {row['chain_whole']}")
        if "issued" in found:
            row = found["issued"]
            print(f"  issued with certificate, one by one: {row['a_second']:.0f} a second, {line(row)}")


def line(row: dict[str, float]) -> str:
    return f"p50 {row['p50_ms']:.1f} p95 {row['p95_ms']:.1f} ms"


if __name__ == "__main__":
    main()
