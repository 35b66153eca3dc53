"""The map's page under load: searches and rankings a second on the real server, with the whole sample city.

    python benchmarks/page.py [--seconds 15] [--connections 8] [--var DIR]

Starts the platform in a home of its own (or in ``--var``, to use a city made before), asks it over loopback with wrk
for a bounded time, and stops it. The paced rows offer a little over 300 requests a second, from 64 visitors who each
wait between two requests; the others ask as fast as they are answered. Half of the requests are pages that rank 65
places for a person somewhere in the city, a quarter are pages without a place, a quarter are the interface's. The last
mix asks from another spot each time. wrk takes its share of the same processors, and so does whatever else runs: read
the times beside "elsewhere", the share of the machine that neither of the two had, and the processor time a request
takes. Needs wrk (Debian: apt install wrk).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

WORDS = (
    "身份证丢了",
    "办护照要带什么",
    "年检",
    "居住证",
    "驾驶证到期",
    "shenfenzheng",
    "lost ID card",
    "港澳通行证",
)
PLACES = (
    (122.106, 30.028),
    (122.198, 29.994),
    (122.301, 29.951),
    (122.21, 30.244),
    (122.45, 30.72),
    (122.11, 29.72),
)
READY_SECONDS = 600
WARM_SECONDS = 6
LUA = """
local paths = {{ {paths} }}
local at = 0
math.randomseed(os.time())
request = function()
  at = at % #paths + 1
  if {fresh} then
    return wrk.format("GET", (paths[at]:gsub("lon=([%d.]+)", function(lon)
      return string.format("lon=%.6f", tonumber(lon) + math.random() * 0.002 - 0.001)
    end)))
  end
  return wrk.format("GET", paths[at])
end
{pace}
done = function(summary, latency, requests)
  local broken = summary.errors
  local told = '{{"requests": %d, "microseconds": %d, "p50": %d, "p95": %d, "p99": %d, "status": %d, "socket": %d}}\\n'
  io.write(string.format(told, summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    latency:percentile(99), broken.status, broken.connect + broken.read + broken.write + broken.timeout))
end
"""
PACE = "delay = function() return math.random(0, {most}) end"
VISITORS, OFFERED = 64, 330
"""Visitors of a paced row, and the requests a second they would make if answers took no time."""
MIXES = ("search and soonest", "search without a place", "soonest pages", "interface", "every question new")


def paths(kind: str) -> list[str]:
    plain = [f"/search?q={quote(words)}" for words in WORDS]
    ranked = [f"{path}&lon={lon}&lat={lat}" for path in plain for lon, lat in PLACES]
    asked = [
        f"/api/v1/soonest?q={quote(words)}&lon={lon}&lat={lat}&limit=5"
        for words in WORDS
        for lon, lat in PLACES
    ]
    if kind == "search without a place":
        return plain
    if kind == "soonest pages":
        return ranked
    if kind == "interface":
        return asked
    if kind == "every question new":  # the script adds some metres to each: nothing kept answers it
        return [path for group in zip(ranked, asked, strict=True) for path in group]
    return [path for group in zip(ranked, plain * len(PLACES), ranked, asked, strict=True) for path in group]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(home: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "ZHOUDAO_VAR": str(home),
        "ZHOUDAO_API_PER_MINUTE": "0",
        "ZHOUDAO_LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "zhoudao", "run", "--port", str(port), "--size", "city"], env=environment,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit("page: the platform did not start; its message is above")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return process
        except OSError:
            time.sleep(0.5)
    raise SystemExit("page: the platform was not ready in time")


def measure(
    port: int, kind: str, seconds: int, connections: int, script: Path, paced: bool = False
) -> dict[str, float]:
    lua = LUA.format(
        paths=", ".join(json.dumps(path) for path in paths(kind)),
        fresh="true" if kind == "every question new" else "false",
        pace=PACE.format(most=2000 * VISITORS // OFFERED) if paced else "",
    )
    script.write_text(lua, encoding="utf-8")
    command = [
        "wrk",
        "-t2",
        f"-c{VISITORS if paced else connections}",
        f"-d{seconds}s",
        "-s",
        str(script),
        f"http://127.0.0.1:{port}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def processor_ms(pid: int) -> float:
    """What a process and all that it started have used of the processors so far (Linux)."""
    used, waiting = 0, [pid]
    while waiting:
        each = waiting.pop()
        fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
        for thread in Path(f"/proc/{each}/task").iterdir():
            waiting += map(int, (thread / "children").read_text(encoding="utf-8").split())
    return used * 1000 / os.sysconf("SC_CLK_TCK")


def asking_ms() -> float:
    """What the runs of wrk have used of the processors so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def busy_ms() -> float:
    """How long the machine's processors have worked for anybody so far (Linux)."""
    user, nice, system, _idle, _waiting, *more = Path("/proc/stat").read_text().split("\n")[0].split()[1:9]
    return sum(map(int, (user, nice, system, *more))) * 1000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=15, help="for each mix (at most 60)")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--var", type=Path, help="a home with a city in it")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("page: wrk is not installed (Debian: apt install wrk)")
    with tempfile.TemporaryDirectory() as scratch:
        home = options.var or Path(scratch) / "var"
        port = free_port()
        process = start(home, port)
        try:
            for kind in MIXES[1:]:  # caches filled, code compiled or loaded in every web process
                measure(port, kind, WARM_SECONDS, options.connections, Path(scratch) / "ask.lua")
            print(
                f"| asked ({options.connections} connections) | requests/s | p50 ms | p95 ms | p99 ms | errors |"
                " processor ms a request | elsewhere |"
            )
            print("|---|---:|---:|---:|---:|---:|---:|---:|")
            for kind, paced in [(MIXES[0], True), (MIXES[-1], True), *((kind, False) for kind in MIXES)]:
                used, asking, busy = processor_ms(process.pid), asking_ms(), busy_ms()
                told = measure(
                    port,
                    kind,
                    min(options.seconds, 60),
                    options.connections,
                    Path(scratch) / "ask.lua",
                    paced,
                )
                rate = told["requests"] / told["microseconds"] * 1e6
                times = " | ".join(f"{told[name] / 1000:.0f}" for name in ("p50", "p95", "p99"))
                ours = processor_ms(process.pid) - used
                each = ours / max(1, told["requests"])
                left = busy_ms() - busy - ours - (asking_ms() - asking)
                others = max(0.0, left) / (told["microseconds"] / 1000 * (os.cpu_count() or 1))
                name, broken = kind + (", paced" if paced else ""), told["status"] + told["socket"]
                print(f"| {name} | {rate:.0f} | {times} | {broken:.0f} | {each:.1f} | {others:.0%} |")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


if __name__ == "__main__":
    main()
