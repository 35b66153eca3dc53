"""What a simulation saw, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ROWS = {
    "people": "people who came",
    "heartbeats": "heartbeats taken",
    "requests": "requests",
    "requests_lost": "  lost on the way there",
    "answers_lost": "  lost on the way back",
    "no_answer": "  lost without our doing",
    "clock_refusals": "  refused: the clock was off",
}
RECONCILED = {
    "wanted": "applications promised to people",
    "on_platform": "applications on the platform",
    "lost": "  lost",
    "doubled": "  doubled",
    "other_number": "  with another number on the slip",
    "refused": "refused: not an item of kiosks",
    "refused_wrongly": "  refused, and should not have been",
    "taken_wrongly": "  taken, and should not have been",
    "unanswered": "still without an answer",
}


def as_lines(seen: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{seen['kiosks']} kiosks, {seen['minutes']:g} minutes, {100 * seen['loss']:g} % lost each way,"
        f" seed {seen['seed']}, {seen['database']}, {seen['seconds']:g} s with handing in"
    )
    for name, words in ROWS.items():
        yield _row(words, seen[name])
    for moment, number in seen["power_cuts"].items():
        yield _row("power cuts" if moment == "all" else f"  {moment}", number)
    yield _row("answers: median, 95 %, 99 %", " / ".join(f"{ms} ms" for ms in seen["answer_ms"].values()))
    yield ""
    for name, words in RECONCILED.items():
        yield _row(words, seen["reconciled"][name])
    yield "nothing lost, nothing doubled" if seen["ok"] else "THE TWO DISAGREE"


def _row(words: str, figure: object) -> str:
    return f"{words:<38}{figure:>12}" if isinstance(figure, int) else f"{words:<38}{figure}"
