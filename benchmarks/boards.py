"""A display board with many viewers: whether each sees every call, and how late.

    python benchmarks/boards.py [--viewers 200] [--seconds 60] [--calls 2] [--postgres URL] [--json FILE]

For SQLite, and for PostgreSQL when --postgres names a server (a database of its own is made there and dropped): the
platform with one web process; on this machine, viewers who follow one board by server-sent events, half of them in
each language; and windows that draw and call ``--calls`` tickets a second. After a third of the time half of the
viewers lose the stream, after two thirds the server is killed (kill -9) and started again. Late is from when a call was
acknowledged to when a viewer has read it: of those who were there, and of those who were away and came back.
Exits 1 when any viewer misses any call, or doesn't come back.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from windows_house import databases, run

from zhoudao.counter.windows.tests import many_viewers


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--calls", type=float, default=2, help="a second")
    parser.add_argument(
        "--postgres", default="", help="postgres://USER@HOST:PORT/DATABASE to connect to first"
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {}
    for name, environment in databases(options.postgres):
        asked = (options.viewers, options.seconds, options.calls)
        found[name] = json.loads(run(many_viewers, environment, *asked).communicate()[0])
        print(name)
        for what, value in found[name].items():
            print(f"  {what:<24} {value}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if any(
        each["errors"] or each["not_seen"] or each["never_again"] or not each["calls"]
        for each in found.values()
    ):
        sys.exit(1)


if __name__ == "__main__":
    main()
