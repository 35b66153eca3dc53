"""Taking in head-counts, and asking for sites that take a while to work out."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from zhoudao.core import city
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.city.shapes import CODE
from zhoudao.core.city.yaml_lines import Problem
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.counter.places.coverage import queries
from zhoudao.counter.places.coverage.models import Settlement
from zhoudao.counter.places.coverage.rules import (
    IMPORT_SETTLEMENTS,
    PLAN_KIOSKS,
    SITE_KIOSKS,
    SitesState,
)
from zhoudao.counter.places.exchange import rows
from zhoudao.counter.places.exchange.rows import Report, Row
from zhoudao.counter.places.rules import parse_position, unsafe_text

SETTLEMENTS = "settlements"
COLUMNS = ("code", "name_zh", "name_en", "district", "island", "longitude", "latitude", "population")
MOST_PEOPLE = 50_000_000
"""More than any city has: a number with digits too many."""


def import_settlements(actor: Actor, path: Path) -> Report:
    """Settlements and their head-counts from a CSV file that names them all; those it doesn't name are removed.

    All or nothing: raises Forbidden, and Refused when a row can't be used.
    """
    with act(actor, IMPORT_SETTLEMENTS, subject=f"file:{path.name}") as entry:
        entry.note(sha256=hashlib.sha256(rows.read_bytes(SETTLEMENTS, path)).hexdigest())
        table = rows.read_csv(SETTLEMENTS, path, COLUMNS)
        wanted = _checked(path, table)
        existing = {each.code: each for each in Settlement.objects.all()}
        new = [Settlement(**values) for code, values in wanted.items() if code not in existing]
        changed = [
            each
            for code, each in existing.items()
            if code in wanted and any(getattr(each, name) != value for name, value in wanted[code].items())
        ]
        for each in changed:
            for name, value in wanted[each.code].items():
                setattr(each, name, value)
        Settlement.objects.bulk_create(new)
        Settlement.objects.bulk_update(changed, COLUMNS[1:], batch_size=100)
        removed, _ = Settlement.objects.exclude(code__in=wanted).delete()
        entry.note(added=len(new), changed=len(changed), removed=removed)
    return Report(
        SETTLEMENTS,
        path,
        len(table),
        kept=len(wanted),
        added=len(new),
        changed=len(changed),
        unchanged=len(wanted) - len(new) - len(changed),
        removed=removed,
    )


def _checked(path: Path, table: list[Row]) -> dict[str, dict[str, object]]:
    """Good values by code. Raises Refused with every problem of every row."""
    wanted: dict[str, dict[str, object]] = {}
    first: dict[str, int] = {}
    problems: list[Problem] = []
    for row in table:
        found = [row.broken] if row.broken else _problems(row)
        if not row.broken:
            earlier = first.setdefault(row.values["code"], row.line)
            if earlier != row.line:
                found.append(
                    row.problem("code", f"stands in the file already, in row {earlier}", "each once")
                )
        problems += found
        if not found:
            wanted[row.values["code"]] = {
                **row.values,
                "longitude": float(row.values["longitude"]),
                "latitude": float(row.values["latitude"]),
                "population": int(row.values["population"]),
            }
    if problems:
        raise rows.refuse_all(SETTLEMENTS, path, len(table), problems)
    return wanted


def _problems(row: Row) -> list[Problem]:
    here, cells = city.current(), row.values
    districts = [district.code for district in here.districts]
    found: list[Problem] = []
    for name, most in (("code", 60), ("island", 60)):
        if (cells[name] or name == "code") and (len(cells[name]) > most or not _is_code(cells[name])):
            found.append(row.problem(name, f"is {cells[name]!r}", "a short name in lower case, as ding-hai"))
    for name, most in (("name_zh", 120), ("name_en", 160)):
        wrong = unsafe_text(cells[name])
        if not cells[name] or len(cells[name]) > most:
            found.append(row.problem(name, f"has {len(cells[name])} characters", f"1 to {most}"))
        elif wrong:
            found.append(row.problem(name, wrong, "a name"))
    if cells["district"] not in districts:
        found.append(row.problem("district", f"is {cells['district']!r}", f"one of {', '.join(districts)}"))
    position = parse_position(cells["longitude"], cells["latitude"])
    if position is None or not here.holds(position.longitude, position.latitude):
        bounds = here.bounds
        found.append(
            row.problem(
                "longitude",
                f"and latitude are {cells['longitude']!r}, {cells['latitude']!r}",
                f"degrees within {bounds.west}, {bounds.south} and {bounds.east}, {bounds.north}",
            )
        )
    if not (cells["population"].isascii() and cells["population"].isdigit()) or (
        int(cells["population"]) > MOST_PEOPLE
    ):
        found.append(row.problem("population", f"is {cells['population']!r}", f"0 to {MOST_PEOPLE:,} people"))
    return found


def _is_code(text: str) -> bool:
    return re.fullmatch(CODE, text) is not None


def ask_for_sites(actor: Actor, count: int, minutes: int, mode: str) -> None:
    """Have the sites worked out: at once where that takes a second or two, else by a worker.

    Asking again while it is worked out changes nothing. Raises Forbidden, BadPlan, NoNetwork, NoHomes.
    """
    known = queries.sites_state(actor, count, minutes, mode)
    if known in (SitesState.READY, SitesState.WORKING):
        return
    if queries.is_soon(actor):
        queries.sites(actor, count, minutes, mode)  # outside a transaction: nobody else's write waits for it
        return
    name = queries.sites_name(actor, count, minutes, mode)
    with act(actor, PLAN_KIOSKS, subject=f"sites:{count}") as entry:
        entry.note(minutes=minutes, mode=mode)
        payload = {"count": count, "minutes": minutes, "mode": mode}
        enqueue_job(SITE_KIOSKS, payload, key=queries.job_key(name, queries.tries(name) + 1))
