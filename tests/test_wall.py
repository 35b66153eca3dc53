"""The wall: over every route and every job, no statement of one half names a table of the other.

The guard stands in each request and each job (`zhoudao.core.wall`), so every test that opens a page holds the wall as
well. Here the routes of the counter and of the house are walked by every role that may use them, with their statements
written down (those of the desk in ``test_wall_at_the_desk.py``), and the guard itself is tried.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.test_routes import ROUTES, browser_of  # noqa: F401  fixtures

from zhoudao.core.access import Role
from zhoudao.core.outbox import actions, delivery, jobs
from zhoudao.core.wall.halves import Half, house_tables, of_address, of_module, tables_of
from zhoudao.core.wall.middleware import WallMiddleware
from zhoudao.core.wall.standing import WallBreached, standing, within
from zhoudao.counter.applications.models import Application
from zhoudao.desk.cases.models import Case, CaseKey


def tables_in(statements: list[dict[str, str]]) -> set[str]:
    """Tables of either half that statements name."""
    known = {name for half in Half for name in tables_of(half)}
    words = {word for each in statements for word in re.findall(r"\w+", each["sql"])}
    return known & words


def ask(client: Client, name: str, **arguments: object) -> set[str]:
    """Ask for a route (or post to it, empty); the tables of either half that its statements named."""
    address = reverse(name, kwargs={**ROUTES[name].arguments, **arguments})
    with CaptureQueriesContext(connection) as told:
        answer = client.post(address) if ROUTES[name].posted else client.get(address)
        if getattr(answer, "is_async", False):
            async_to_sync(_beginning)(answer.streaming_content)  # a board's events: they never end
        elif getattr(answer, "streaming", False):
            b"".join(answer)
    return tables_in(told.captured_queries)


async def _beginning(pieces: AsyncIterator[bytes]) -> None:
    async for _ in pieces:
        return


def half_of(name: str) -> Half | None:
    arguments = {key: 1 if value == "staff" else value for key, value in ROUTES[name].arguments.items()}
    return of_address(reverse(name, kwargs=arguments))


ABOVE_BOTH = frozenset({"keys", "metrics", "readyz", "state"})
"""The administrators' view of the whole house: whether its keys open what either half has sealed, and how much each
seals. Numbers only."""


def walk(names: list[str], browser_of) -> set[str]:  # noqa: F811
    """The tables that these routes named, each asked for by every role that may."""
    seen: set[str] = set()
    clients: dict[Role, Client] = {}
    for name in names:
        for role in sorted(ROUTES[name].who - {Role.DEVICE, Role.SYSTEM}):
            clients[role] = clients.get(role) or browser_of(role)
            staff = {key: 1 for key, value in ROUTES[name].arguments.items() if value == "staff"}
            seen |= ask(clients[role], name, **staff)
    return seen


def test_every_address_of_the_counter_names_no_table_of_the_desk(browser_of):  # noqa: F811
    walked = [name for name in sorted(ROUTES) if half_of(name) is Half.COUNTER]
    seen = walk(walked, browser_of)
    assert len(walked) > 60
    assert seen & tables_of(Half.DESK) == set()
    assert len(seen & tables_of(Half.COUNTER)) > 10, "the walk reached the counter's tables"


def test_the_houses_own_pages_name_no_table_of_either_half(browser_of):  # noqa: F811
    house = [name for name in sorted(ROUTES) if half_of(name) is None]
    assert set(house) >= ABOVE_BOTH
    last = ["people:sign_out"]
    assert walk([name for name in house if name not in {*ABOVE_BOTH, *last}] + last, browser_of) == set()


@pytest.mark.parametrize(
    ("half", "model"), [(Half.COUNTER, Case), (Half.COUNTER, CaseKey), (Half.DESK, Application)]
)
def test_the_guard_refuses_a_statement_that_names_the_others_table(db, half, model):
    with within(half), pytest.raises(WallBreached, match=model._meta.db_table):
        model.objects.exists()
    with within(half.other):
        assert not model.objects.exists()
    with within(None):
        assert not model.objects.exists()


def test_a_join_and_a_raw_statement_are_refused_too(db):
    with within(Half.COUNTER), connection.cursor() as cursor:
        with pytest.raises(WallBreached):
            cursor.execute("SELECT u.id FROM people_user u WHERE u.id IN (SELECT user_id FROM cases_member)")
        with pytest.raises(WallBreached):
            cursor.executemany("DELETE FROM cases_case WHERE id = %s", [(1,), (2,)])


def test_one_half_never_calls_the_other(db):
    with within(Half.DESK), pytest.raises(WallBreached), within(Half.COUNTER):
        pass
    assert standing() is None
    with within(Half.DESK), within(Half.DESK), within(None):
        assert standing() is Half.DESK


def test_a_request_stands_in_the_half_that_answers_it(rf: RequestFactory):
    stood = []

    def answer(request):
        stood.append(standing())
        raise LookupError

    for path in ("/desk/cases/", "/", "/api/v1/points", "/account/", "/no-such-page"):
        with pytest.raises(LookupError):
            WallMiddleware(answer)(rf.get(path))
    assert stood == [Half.DESK, Half.COUNTER, Half.COUNTER, None, None]
    assert standing() is None, "and nobody stands there afterwards"


def test_a_job_stands_in_the_half_of_its_room(db, monkeypatch):
    stood = []
    for name in ("places.forget_help", "cases.wipe", "outbox.prune"):
        found = jobs.find(name)

        def note(function=found.function):
            stood.append((function.__module__, standing()))

        note.__module__ = found.function.__module__
        monkeypatch.setitem(jobs._jobs, name, replace(found, function=note))
        actions.enqueue_job(name)
    while delivery.deliver_next():
        pass
    assert {half for _, half in stood} == {Half.COUNTER, Half.DESK, None}
    assert all(of_module(module) is half for module, half in stood)


def test_every_room_is_in_one_half_or_the_houses():
    assert tables_of(Half.COUNTER) & tables_of(Half.DESK) == set()
    assert {"people_user", "audit_auditrow", "django_session"} <= house_tables()
    rooms = {name.split(".")[1] for name in settings.ROOMS}
    assert rooms <= {"core", "counter", "desk", "operations"}
