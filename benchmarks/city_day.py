"""A city's busiest day in an hour while things go wrong: how long people wait, and whether anything is lost.

    python benchmarks/city_day.py [--minutes 60] [--rate 1] [--databases sqlite,postgresql] [--size city] [--json FILE]
    python benchmarks/city_day.py --minutes 5 --rate 0.3 --size small --databases sqlite    # quickly

For each database the platform is started as an installation runs it (`zhoudao run`, two web processes), on a small
volume of its own. People come at the rates of `city_day_people.AN_HOUR`: searches, soonest service, tickets,
applications with their papers, officers' work lists and steps, windows, kiosks, an analyst importing. ``--minutes`` is
how much of that hour is lived, ``--rate`` the share of its people who come. Meanwhile, one after another, at 2/15,
4/15, … 12/15 of the time: a web process and the job worker are killed (kill -9), the volume is filled to the last byte,
the clock jumps back ten minutes and on again, everything is killed at once, the database restarts (PostgreSQL as after
a power cut, SQLite with the processes that hold it open). ``--faults worker,disk`` takes only some of them.

Afterwards everything that anybody was told is counted in the database, and the audit chain is walked. Exits 1 when
anything is lost or doubled, when the house did not answer again after a fault, or when somebody who came after the last
fault left without an answer.

The people take their share of the same processors. The volume needs root and loop devices: without them the disk is not
filled, and the output says so. PostgreSQL needs its server programs (Debian: apt install postgresql), and its data lies
on the same volume.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from city_day_house import FAULTS, Fault, House
from city_day_people import AN_HOUR, Crowd
from city_day_person import Told, as_json
from city_day_watch import Watch

SEED = 20261124
DRAIN_SECONDS = 240
RECOVERY_SECONDS = 20
"""After a fault has ended, answers count as disturbed for so long."""
LONGEST_SECONDS = 600
"""A house that doesn't answer again within it has not recovered."""
CALM_SECONDS = 30
"""After it has answered again, before the next fault or the end; of a short run a tenth."""
KIOSKS = 6
COUNT = Path(__file__).with_name("city_day_count.py")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--size", choices=["small", "city"], default="city")
    parser.add_argument(
        "--sample", type=Path, help="the folder `sample` of a home with that size built, to save its making"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--faults", default=",".join(FAULTS), help="which, in this order; or none")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--output", type=Path, help="a folder that keeps what the house said")
    options = parser.parse_args()
    options.faults = [] if options.faults == "none" else options.faults.split(",")
    if strange := set(options.faults) - set(FAULTS):
        parser.error(
            f"--faults: no {', '.join(sorted(strange))}; expected none, or some of {', '.join(FAULTS)}"
        )
    with tempfile.TemporaryDirectory(prefix="zhoudao-day-sample-") as home:
        sample = options.sample or _built(Path(home), options.size)
        results = {kind: day(kind, options, sample) for kind in options.databases.split(",")}
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    lost = sum(wrong for found in results.values() for *_, wrong in found["counts"])
    print("\nnothing lost, doubled or unanswered" if not lost else f"\n{lost} LOST, DOUBLED OR UNANSWERED")
    sys.exit(1 if lost else 0)


def _built(home: Path, size: str) -> Path:
    """The sample's files, made once for all databases."""
    said("making the sample")
    command = [sys.executable, "-m", "zhoudao", "sample", "build", "--size", size, "--no-load"]
    subprocess.run(command, env={**os.environ, "ZHOUDAO_VAR": str(home)}, check=True, capture_output=True)
    return home / "sample"


def day(kind: str, options: argparse.Namespace, sample: Path) -> dict[str, Any]:
    house = House(kind, options.size, sample, options.processes)
    try:
        said(f"{kind}: starting")
        house.open()
        told = Told()
        crowd = Crowd(
            f"http://127.0.0.1:{house.port}",
            json.loads(house.zhoudao("sample", "sign-ins", "--json").stdout),
            next(house.var.glob("sample/*/residents.csv")),
            inside(house, "case")["number"],
            told,
            SEED,
        )
        said(f"{kind}: people sign in")
        crowd.gather(inside(house, "kiosks", str(KIOSKS)))
        marks = inside(house, "before")
        seconds = options.minutes * 60
        told.began = time.monotonic()
        watch = Watch(house, told.began)
        watch.start()
        faults = [house.fault(name) for name in options.faults]
        with ThreadPoolExecutor(1) as beside:
            trouble = beside.submit(disturb, house, told, seconds, [each for each in faults if each.possible])
            crowd.live(options.rate, lambda: trouble.done() and time.monotonic() - told.began > seconds)
            lived = time.monotonic() - told.began
            windows = trouble.result()
        watch.stop()
        said(f"{kind}: the day is over after {lived:.0f} s; the outbox empties")
        still_open = sum(kiosk.empty_journal() for kiosk in crowd.free["kiosk's application"])
        drained = drain(house, crowd)
        result = {
            "minutes": options.minutes,
            "rate": options.rate,
            "actions": {name: figures(name, told, windows) for name in AN_HOUR},
            "faults": [
                (*window, watch.silent(window[1], then))
                for window, then in zip(windows, [*(each[1] for each in windows[1:]), lived], strict=False)
            ],
            "not_tried": [each.what for each in faults if not each.possible],
            "refused": dict(told.refused),
            "starts": house.starts,
            "load": [statistics.mean(watch.loads), max(watch.loads)],
            "longest_transactions": longest_transactions(house),
            "drained_seconds": drained,
            "counts": [*count(house, marks, told), *answered(house, told, windows, still_open)],
        }
        show(kind, result)
        return result
    except BaseException:
        said(house.output.read_text(encoding="utf-8", errors="replace")[-3000:])
        raise
    finally:
        if options.output:
            options.output.mkdir(parents=True, exist_ok=True)
            shutil.copy(house.output, options.output / f"{kind}.log")
        house.close()


Window = tuple[str, float, float, bool]
"""A fault: its name, when it began, when the house answered again, and whether it did."""


def disturb(house: House, told: Told, seconds: float, faults: list[Fault]) -> list[Window]:
    """One fault after another, evenly over the run; each and when it was is remembered."""
    windows: list[Window] = []
    for place, fault in enumerate(faults, 1):
        time.sleep(max(0.0, told.began + seconds * place / (len(faults) + 1.5) - time.monotonic()))
        since = time.monotonic() - told.began
        said(f"{house.kind}: {since:.0f} s: {fault.what}")
        fault.begin()
        try:
            time.sleep(seconds * fault.share)
        finally:
            fault.end()
        ended = time.monotonic()
        while not (again := house.answers()) and time.monotonic() - ended < LONGEST_SECONDS:
            time.sleep(0.2)
        windows.append((fault.what, since, time.monotonic() - told.began, again))
        time.sleep(min(CALM_SECONDS, seconds / 10))
    return windows


def answered(house: House, told: Told, windows: list[Window], still_open: int) -> list[list[Any]]:
    """Whether the house came back each time, and everybody was answered once it had."""
    silent = sum(1 for *_, again in windows if not again)
    last = max((until for _, _, until, _ in windows), default=0.0)
    left = sum(due > last for waits in told.given_up.values() for due in waits)
    asked = sum(due > last for answers in told.asked.values() for due, _ in answers)
    return [
        ["faults after which it answers again", len(windows), len(windows) - silent, silent],
        ["people answered who came after the last fault", asked + left, asked, left],
        ["kiosks' applications without a receipt", 0, still_open, still_open],
        ["it answers at the end", 1, int(house.answers()), int(not house.answers())],
    ]


def inside(house: House, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, str(COUNT), *arguments], env=house.environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"city_day: counting failed\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def drain(house: House, crowd: Crowd) -> float:
    """Until the outbox is empty and the last ledger is made; the seconds it took, at most DRAIN_SECONDS."""
    since = time.monotonic()
    asked = False
    while time.monotonic() - since < DRAIN_SECONDS:
        left = inside(house, "waiting")
        if not left["cleaning"] and not asked:
            crowd.clean_once_more()
            asked = True
        elif not left["waiting"] and not left["cleaning"]:
            break
        time.sleep(2)
    return time.monotonic() - since


def count(house: House, marks: dict[str, int], told: Told) -> list[list[Any]]:
    given = house.output.with_name("told.json")
    given.write_text(f'{{"marks": {json.dumps(marks)}, "told": {as_json(told)}}}', encoding="utf-8")
    found = inside(house, "after", str(given))
    chain = house.zhoudao("audit", "verify")
    return [*found, ["audit chain whole", 1, int(not chain.returncode), int(bool(chain.returncode))]]


def longest_transactions(house: House) -> list[str]:
    """Seconds, and where each was begun: on SQLite everybody who writes waits for them."""
    lines = house.transactions.read_text().splitlines() if house.transactions.exists() else []
    return sorted(lines, key=lambda line: -float(line.split()[0]))[:5]


def figures(name: str, told: Told, windows: list[Window]) -> dict[str, float]:
    """p50 and p95 in quiet and in all, from when each was due; milliseconds."""
    asked = told.asked[name]

    def disturbed(due: float, took: float) -> bool:
        return any(since - took <= due <= until + RECOVERY_SECONDS for _, since, until, _ in windows)

    quiet = [took for due, took in asked if not disturbed(due, took)]
    return {
        "done": len(asked),
        "p50_quiet": quantile(quiet, 50),
        "p95_quiet": quantile(quiet, 95),
        "p95": quantile([took for _, took in asked], 95),
        "slowest": max((took for _, took in asked), default=0.0) * 1000,
        "asked_again": told.troubles[name],
        "given_up": len(told.given_up[name]),
    }


def quantile(took: list[float], percent: int) -> float:
    if len(took) < 2:
        return 1000 * sum(took)
    return statistics.quantiles(took, n=100, method="inclusive")[percent - 1] * 1000


def show(kind: str, result: dict[str, Any]) -> None:
    print(
        f"\n{kind}: {result['minutes']:g} minutes of the hour, {result['rate']:g} of its people;"
        f" load of the machine {result['load'][0]:.1f} on average, {result['load'][1]:.1f} at most"
    )
    print(
        "| action | an hour | done | p50 ms, quiet | p95, quiet | p95, all | slowest s | asked again | given up |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, row in result["actions"].items():
        print(
            f"| {name} | {AN_HOUR[name] * result['rate']:,.0f} | {row['done']:,} |"
            f" {row['p50_quiet']:.0f} | {row['p95_quiet']:.0f} | {row['p95']:.0f} |"
            f" {row['slowest'] / 1000:.1f} | {row['asked_again']} | {row['given_up']} |"
        )
    for name, since, until, _, silent in result["faults"]:
        print(
            f"- {since:.0f} s: {name}; answers again {until - since:.1f} s later, longest silence {silent:.1f} s"
        )
    for what in result["not_tried"]:
        print(f"- NOT TRIED: {what}")
    for what, times in sorted(result["refused"].items()):
        print(f"- refused {times} times: {what}")
    for line in result["longest_transactions"]:
        print(f"- a transaction of {line.replace(' ', ' s: ', 1)}")
    print(f"- started {result['starts']} times; outbox empty {result['drained_seconds']:.0f} s after the end")
    print("\n| counted afterwards | told | found | wrong |")
    print("|---|---:|---:|---:|")
    for what, expected, found, wrong in result["counts"]:
        print(f"| {what} | {expected:,} | {found:,} | {wrong} |")


def said(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
