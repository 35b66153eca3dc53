"""`zhoudao windows what-if`: past days played again with other windows."""

from __future__ import annotations

from datetime import date

import click

from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, refuse
from zhoudao.counter.windows.actions.locking import point_of
from zhoudao.counter.windows.problems import NotFound
from zhoudao.counter.windows.rules import MOST_PASSED_OVER
from zhoudao.counter.windows.whatif import queries
from zhoudao.counter.windows.whatif.playing import Line
from zhoudao.counter.windows.whatif.queries import NoHistory, WhatIf
from zhoudao.counter.windows.whatif.rules import MOST_DAYS_ON_A_PAGE, Change, read_more

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("what-if")
@click.argument("point")
@click.option("--from", "first", type=DAY, help="First day; when left out, the last seven that had a queue.")
@click.option("--to", "last", type=DAY, help="Last day; the first when left out.")
@click.option("--add", "more", multiple=True, help="One more window: KIND, KIND:SERVICE|SERVICE, KIND@HOURS.")
@click.option("--without", multiple=True, type=int, help="Number of a window nobody would have sat at.")
@click.option(
    "--turn", multiple=True, type=int, help="Number of a window that would have been of the other kind."
)
@click.option(
    "--most-passed-over", type=click.IntRange(0, 99), default=MOST_PASSED_OVER, show_default=True,
    help="Another bound than the published rule's.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def what_if(
    point: str, first: object, last: object, more: tuple[str, ...], without: tuple[int, ...],
    turn: tuple[int, ...], most_passed_over: int, as_json: bool,
) -> None:  # fmt: skip
    """Play past days of a point again with other windows: who would have waited how long."""
    try:
        change = Change(
            tuple(read_more(text) for text in more), frozenset(without), frozenset(turn), most_passed_over
        )
        begins, ends = _days(point, first, last)
        found = queries.what_if(SYSTEM, point, begins, ends, change)
    except NotFound:
        refuse(f"there is no point {point!r}")
    except NoHistory:
        refuse(f"{point} has no day in this time of which it is known who queued and who sat where")
    except ValueError as problem:
        refuse(str(problem))
    emit(found.as_data(), as_json, _lines(found))


def _days(point: str, first: object, last: object) -> tuple[date, date]:
    if first is None:
        known = queries.days_of(SYSTEM, point_of(point))[:MOST_DAYS_ON_A_PAGE]
        if not known:
            raise NoHistory(point)
        return known[-1], known[0]
    begins = first.date()  # type: ignore[attr-defined]  # click made it of the text
    return begins, last.date() if last is not None else begins  # type: ignore[attr-defined]


def _lines(found: WhatIf) -> list[str]:
    """Minutes: mean and the 95th percentile."""
    lines = [
        f"{found.point.code}, {found.days[0]} to {found.days[-1]}: {len(found.days)} days,"
        f" {found.now[0].people:,} tickets; shorter for everybody together on {found.better_on} of them",
        f"{'lane':<12}{'people':>8}{'measured':>16}{'played as it was':>20}{'then':>16}   minutes: mean, p95",
    ]
    lines += [
        f"{was.lane:<12}{was.people:>8,}{_pair(was):>16}{_pair(now):>20}{_pair(then):>16}"
        for was, now, then in found.lanes
    ]
    lines += [
        f"window {each.number:>2} {each.kind:<10} {each.called:>5} called, busy {each.share:.0%} of its time"
        for each in found.worked_then
    ]
    return lines


def _pair(line: Line) -> str:
    return f"{line.mean:.1f}, {line.p95:.1f}"
