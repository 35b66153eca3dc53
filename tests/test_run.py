"""`zhoudao run` as people use it: from nothing, again, on a taken port, and stopped with Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from zhoudao.core.access import SIGNED_IN_ROLES

GIVE_UP_SECONDS = 600


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(var: Path) -> dict[str, str]:
    ours = {name for name in os.environ if name.startswith(("ZHOUDAO", "DATABASE"))} - {"ZHOUDAO_CITY"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"ZHOUDAO_VAR": str(var)}


@contextmanager
def running(var: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The platform, ready; killed afterwards if the test has not stopped it."""
    command = [
        sys.executable,
        "-m",
        "zhoudao",
        "run",
        "--size",
        "small",
        "--port",
        str(port),
        "--processes",
        "1",
    ]
    with (var / "output").open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(command, env=environment(var), stdout=output, stderr=output, text=True)
        try:
            wait_until_ready(process, port, var / "output")
            yield process
        finally:
            process.kill()
            process.wait()


def wait_until_ready(process: subprocess.Popen[str], port: int, output: Path) -> None:
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while "Ctrl-C stops it" not in output.read_text(encoding="utf-8"):
        assert process.poll() is None, output.read_text(encoding="utf-8")
        assert time.monotonic() < give_up, output.read_text(encoding="utf-8")
        time.sleep(0.1)


def get(port: int, path: str, language: str = "zh-hans") -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Language": language})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status, answer.read().decode()


@dataclass(frozen=True)
class Start:
    """What a first start, from nothing, showed before Ctrl-C stopped it."""

    var: Path
    port: int
    health: str
    chinese: str
    english: str
    ended_with: int
    output: str


@pytest.fixture(scope="module")
def first_start(tmp_path_factory) -> Start:
    var, port = tmp_path_factory.mktemp("var"), free_port()
    with running(var, port) as process:
        _, health = get(port, "/healthz")
        _, chinese = get(port, "/search?q=" + urllib.parse.quote("身份证丢了"))
        _, english = get(port, "/search?q=lost+my+id+card", "en")
        process.send_signal(signal.SIGINT)
        ended_with = process.wait(30)
    output = (var / "output").read_text(encoding="utf-8")
    return Start(var, port, health, chinese, english, ended_with, output)


def test_from_nothing_it_answers(first_start):
    assert json.loads(first_start.health)["status"] == "ok"
    assert "居民身份证丢失补领" in first_start.chinese
    assert "Replace a lost ID card" in first_start.english


def test_it_says_where_it_is_and_who_can_sign_in(first_start):
    assert f"http://127.0.0.1:{first_start.port}/" in first_start.output
    for role in SIGNED_IN_ROLES:
        assert role.value in first_start.output, "every role's sample sign-in is printed"


def test_it_stops_on_ctrl_c(first_start):
    assert first_start.ended_with == 0
    with pytest.raises(urllib.error.URLError):
        get(first_start.port, "/healthz")


def test_the_second_start_keeps_the_data(first_start):
    assert "making geography" in first_start.output
    with running(first_start.var, free_port()) as process:
        assert "making" not in (first_start.var / "output").read_text(encoding="utf-8")
        audit("sign-head", first_start.var)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    audit("sign-head", first_start.var)
    audit("export", first_start.var, str(first_start.var / "trail.jsonl"))
    trail = (first_start.var / "trail.jsonl").read_text(encoding="utf-8").splitlines()
    times = [json.loads(line)["at"] for line in trail]
    assert times == sorted(times), "the city's time goes on over starts, and in commands beside them"


def test_whatever_dies_is_started_again(first_start):
    port = free_port()
    with running(first_start.var, port) as process:
        for _ in range(2):  # a job worker that has only just started dies too
            until(lambda: below(process.pid, "zhoudao worker"))
            kill(below(process.pid, "zhoudao worker"))
            assert get(port, "/healthz")[0] == 200, "pages are served meanwhile"
        web = below(process.pid, "granian")
        kill(web[:1])  # the one that keeps the web processes, which would hold the port without it
        until(lambda: not any(alive(pid) for pid in web))
        until(lambda: answers(port))
        until(lambda: below(process.pid, "zhoudao worker"))
        assert process.poll() is None


def test_nothing_is_left_of_one_that_was_killed(first_start):
    port = free_port()
    with running(first_start.var, port) as process:
        until(lambda: below(process.pid, "zhoudao worker"))
        started = below(process.pid, "python")
        assert len(started) >= 4, "registers, web server, web process, job worker"
        process.kill()
        until(lambda: not any(alive(pid) for pid in started))
    with running(first_start.var, port):
        assert answers(port), "the next one starts on the same port"


def below(pid: int, words: str) -> list[int]:
    """The processes below one whose command has the words, each after its parent (Linux)."""
    found, look = [], [pid]
    while look:
        for task in Path(f"/proc/{look.pop()}/task").glob("*/children"):
            with suppress(OSError):
                look += (children := [int(word) for word in task.read_text().split()])
                found += [child for child in children if words in command_of(child)]
    return found


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def alive(pid: int) -> bool:
    """Whether it runs: one that is dead and not yet waited for has no command any more."""
    return command_of(pid) != ""


def kill(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def answers(port: int) -> bool:
    try:
        return get(port, "/healthz")[0] == 200
    except OSError:
        return False


def until(done: Callable[[], object]) -> None:
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while not done():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def audit(verb: str, var: Path, *more: str) -> None:
    subprocess.run([sys.executable, "-m", "zhoudao", "audit", verb, *more], env=environment(var), check=True)


def test_a_taken_port_is_said_in_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "zhoudao", "run", "--port", str(port)],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert f"Port {port} on 127.0.0.1 can't be used" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [], "nothing was begun"


def test_a_taken_port_is_said_before_anything_is_installed(tmp_path):
    tool = shutil.copy(Path(__file__).resolve().parent.parent / "tools" / "setup.py", tmp_path / "setup.py")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run([sys.executable, tool, "run", str(port)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"setup: Port {port} on 127.0.0.1 can't be used (Address already in use)")
    assert list(tmp_path.iterdir()) == [Path(tool)]


def test_setup_says_in_one_sentence_what_this_python_lacks(tmp_path):
    """The same script, told that it runs on an older Python."""
    setup = Path(__file__).resolve().parent.parent / "tools" / "setup.py"
    pretend = (
        "import sys, runpy; sys.version_info = (3, 9, 2); sys.argv = ['setup.py', 'run'];"
        f"runpy.run_path({str(setup)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("setup: Zhoudao needs Python 3.11 or newer")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "does not match the hash",
        ),
        ("NewConnectionError: Temporary failure in name resolution", "registry does not answer"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: No matching distribution found for numba==0.68.1", "no compiler is needed"),
    ],
)
def test_setup_turns_pips_complaints_into_one_sentence(message, sentence):
    import runpy

    why = runpy.run_path(str(Path(__file__).resolve().parent.parent / "tools" / "setup.py"))["why"]
    assert sentence in why(message)
