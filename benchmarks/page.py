"""The map's page under load: searches and rankings a second on the real server, with the whole sample city.

    python benchmarks/page.py [--seconds 15] [--connections 8] [--var DIR]

Starts the platform in a home of its own (or in ``--var``, to use a city made before), asks it over loopback with wrk
for a bounded time, and stops it. Half of the requests are pages that rank 65 places for a person somewhere in the
city, a quarter are pages without a place, a quarter are the interface's. Needs wrk (Debian: apt install wrk).
"""

from __future__ import annotations

import argparse
import json
import os
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
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency, requests)
  local broken = summary.errors
  local told = '{{"requests": %d, "microseconds": %d, "p50": %d, "p95": %d, "p99": %d, "status": %d, "socket": %d}}\\n'
  io.write(string.format(told, summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    latency:percentile(99), broken.status, broken.connect + broken.read + broken.write + broken.timeout))
end
"""
MIXES = ("search and soonest", "search without a place", "soonest pages", "interface")


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


def measure(port: int, kind: str, seconds: int, connections: int, script: Path) -> dict[str, float]:
    script.write_text(LUA.format(paths=", ".join(json.dumps(path) for path in paths(kind))), encoding="utf-8")
    command = [
        "wrk",
        "-t2",
        f"-c{connections}",
        f"-d{seconds}s",
        "-s",
        str(script),
        f"http://127.0.0.1:{port}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


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
            )
            print("|---|---:|---:|---:|---:|---:|")
            for kind in MIXES:
                told = measure(
                    port, kind, min(options.seconds, 60), options.connections, Path(scratch) / "ask.lua"
                )
                rate = told["requests"] / told["microseconds"] * 1e6
                times = " | ".join(f"{told[name] / 1000:.0f}" for name in ("p50", "p95", "p99"))
                print(f"| {kind} | {rate:.0f} | {times} | {told['status'] + told['socket']:.0f} |")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


if __name__ == "__main__":
    main()
