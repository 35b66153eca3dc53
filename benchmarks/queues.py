"""Queues under many clients at once, on both databases: nothing twice, nothing lost, the order of the rule.

    python benchmarks/queues.py [--clients 64] [--seconds 60] [--people 50] [--postgres URL] [--json FILE]

For SQLite, and for PostgreSQL when --postgres names a server (databases of their own are made there and dropped):

- ``--clients`` clients for ``--seconds`` seconds, each with a connection of its own: half draw tickets, half call them.
  Afterwards every call is replayed from the events alone against the published rule;
- the same again, killed (kill -9) in the middle: every ticket that had been acknowledged must be there;
- ``--people`` people race for the last half hour of a window: one wins, the others are told that it is taken.

Exits 1 when a number or a call is there twice, a call is out of order, a ticket is lost, or not exactly one wins.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from windows_house import Environment, databases, run

from zhoudao.counter.windows.tests import many_bookers, many_clients

NOTHING = ("repeated", "called_twice", "out_of_order")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument(
        "--postgres", default="", help="postgres://USER@HOST:PORT/DATABASE to connect to first"
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for part, shown in (
        ("together", lambda environment: together(environment, options.clients, options.seconds)),
        ("killed", lambda environment: killed(environment, options.clients, options.seconds / 2)),
        ("race", lambda environment: race(environment, options.people)),
    ):
        for name, environment in databases(options.postgres):
            result = shown(environment)
            found.setdefault(name, {})[part] = result
            print(
                f"{name:<11} {part:<9} {'as it should be' if result['good'] else 'WRONG'}  {json.dumps(result)}"
            )
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if not all(result["good"] for parts in found.values() for result in parts.values()):
        sys.exit(1)


def together(environment: Environment, clients: int, seconds: float) -> dict[str, Any]:
    said, _ = run(many_clients, environment, clients, 0, seconds).communicate()
    *codes, last = said.splitlines()
    found = json.loads(last)
    good = found["whole"] and not found["errors"] and found["tickets"] == len(codes) == len(set(codes)) > 0
    return {**found, "good": good and not any(found[name] for name in NOTHING)}


def killed(environment: Environment, clients: int, after: float) -> dict[str, Any]:
    """``after`` seconds from the first ticket on."""
    working = run(many_clients, environment, clients, 0, 10 * after + 60)
    assert working.stdout is not None
    first = working.stdout.readline()
    time.sleep(after)
    working.kill()
    rest = working.stdout.read().split("\n")[:-1]  # said before the end came; a line cut short is none
    working.wait()
    told = {code for code in (first.strip(), *rest) if code}
    found = json.loads(run(many_clients, environment, "--check").communicate()[0])
    lost = told - set(found.pop("codes"))
    good = found["whole"] and bool(told) and not lost and not any(found[name] for name in NOTHING)
    return {"acknowledged": len(told), "lost": len(lost), **found, "good": good}


def race(environment: Environment, people: int) -> dict[str, Any]:
    found = json.loads(run(many_bookers, environment, people).communicate()[0])
    good = found["won"] == found["kept"] and len(found["won"]) == 1 and found["taken"] == people - 1
    return {
        "won": len(found["won"]), "taken": found["taken"], "other": found["other"],
        "good": good and not found["other"],
    }  # fmt: skip


if __name__ == "__main__":
    main()
