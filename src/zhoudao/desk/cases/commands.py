"""`zhoudao cases`: the register of cases, on the command line. Whoever acts is named, a member, and in the trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from django.core.files.base import File

from zhoudao.core.access import Actor, Forbidden
from zhoudao.core.commands import emit, refuse
from zhoudao.core.look.refusals import Refusal

DAY = click.DateTime(["%Y-%m-%d"])
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
as_user = click.option(
    "--as",
    "username",
    required=True,
    help="User name of the officer who acts; the trail keeps it.",
)


@contextmanager
def acting(username: str, number: str = "", purpose: str = "") -> Iterator[Actor]:
    """The officer of that name; with ``number``, at work in that case for as long as this lasts, for ``purpose``.

    A sitting that lives already (in a browser) is used and left as it is. What is refused ends with 2 and a sentence.
    """
    from zhoudao.core.people.models import User
    from zhoudao.desk.cases import actions, gate
    from zhoudao.desk.cases.rules import Purpose

    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        refuse(f"{username}: no active account has this user name; see `zhoudao people`")
    actor = user.as_actor("command")
    entered = False
    try:
        if number:
            try:
                gate.seated(actor, number)
            except gate.NotEntered:
                actions.enter(actor, number, Purpose(purpose))
                entered = True
        yield actor
    except Forbidden as problem:
        refuse(f"{username}: {problem}")
    except (gate.NoSuchCase, gate.NotEntered):
        refuse(f"{number}: {username} is member of no such case; see `zhoudao cases list --as {username}`")
    except Refusal as problem:
        refuse(" ".join(filter(None, (str(problem.what), str(problem.todo)))))
    finally:
        if entered:
            actions.leave(actor, number)


@click.group()
def cases() -> None:
    """Cases: list, open and look at them, as one of their members."""


@cases.command("list")
@as_user
@click.option("--closed", is_flag=True, help="Those that are closed instead.")
@as_json
def list_(username: str, closed: bool, as_json: bool) -> None:
    """The cases that an officer is a member of, the newest first."""
    from zhoudao.desk.cases import queries

    with acting(username) as actor:
        rows = [{**_case(row.case), "duty": row.duty.value, "expired": row.expired}
                for row in queries.cases_of(actor, closed)]  # fmt: skip
    emit(
        rows, as_json, (f"{row['number']}  {row['duty']:11} {row['basis']:9} {row['title']}" for row in rows)
    )


@cases.command("open")
@as_user
@click.option("--title", required=True, help="Name of the case; kept sealed.")
@click.option(
    "--offence", required=True, help="Suspected offence, as a code: underground_bank, false_invoices, ..."
)
@click.option(
    "--basis",
    type=click.Choice(["accepted", "filed"]),
    default="accepted",
    show_default=True,
    help="accepted (受案): may query; filed (立案): may freeze as well.",
)
@click.option("--document", required=True, help="Number of the document the case rests on, as printed.")
@click.option("--issued-on", type=DAY, help="Day of that document.")
@click.option(
    "--scan",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Scan of it: PDF, JPEG or PNG.",
)
@click.option("--expires-on", type=DAY, required=True, help="Last day of the basis; a year ahead at most.")
@click.option("--purpose", required=True, help="What the case is to find out.")
@as_json
def open_(
    username: str, title: str, offence: str, basis: str, document: str, issued_on: datetime | None, scan: Path | None,
    expires_on: datetime, purpose: str, as_json: bool,
) -> None:  # fmt: skip
    """Open a case on a document; whoever opens it leads it."""
    from zhoudao.desk.cases import actions
    from zhoudao.desk.cases.actions import Paper
    from zhoudao.desk.cases.rules import Basis, Offence

    if offence not in [each.value for each in Offence]:
        refuse(f"--offence: {offence} is none; expected one of {', '.join(Offence)}")
    with acting(username) as actor:
        opened = actions.open_case(
            actor,
            title=title,
            offence=Offence(offence),
            basis=Basis(basis),
            purpose=purpose,
            expires_on=expires_on.date(),
            paper=Paper(document, _day(issued_on), _scan(scan)),
        )
    emit(_case(opened), as_json, [f"case {opened.number} is open; {username} leads it"])


@cases.command()
@click.argument("number")
@as_user
@as_json
def show(number: str, username: str, as_json: bool) -> None:
    """One case: basis, members, documents, and its requests with the gaps in their answers."""
    from zhoudao.desk.cases import queries

    with acting(username, number, "review") as actor:
        found = queries.overview(actor, number)
        _, asked = queries.retrievals(actor, number)
    data = {
        **_case(found.here.case),
        "purpose": str(found.here.case.purpose),
        "members": [{"user": each.user.username, "duty": each.duty} for each in found.members],
        "requests": [_request(row) for row in asked],
    }
    lines = [f"{data['number']} {data['title']}: {data['basis']} until {data['expires_at']}"]
    lines += [f"  {member['duty']:11} {member['user']}" for member in data["members"]]
    lines += [
        f"  request {row['number']}: {row['addressee']}, {row['gaps']} gaps" for row in data["requests"]
    ]
    emit(data, as_json, lines)


def _request(row: Any) -> dict[str, Any]:
    return {"number": row.retrieval.number, "addressee": str(row.retrieval.addressee), "gaps": len(row.gaps)}


def _case(case: Any) -> dict[str, Any]:
    return {
        "number": case.number,
        "title": str(case.title),
        "offence": case.offence,
        "basis": case.basis,
        "expires_at": case.expires_at.isoformat(),
        "closed": case.closed_at is not None,
        "held": bool(case.held),
    }


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _scan(path: Path | None) -> Any:
    return File(path.open("rb"), path.name) if path else None
