"""The house under test in `city_day.py`: a volume of its own, a database of its own, the platform, and what goes wrong.

Whatever is started here is ended here. Making the small volume needs root and loop devices: without them a plain folder
stands in for it, which can't be filled. PostgreSQL needs its server programs, and is run as the account `postgres`
where we are root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

READY_SECONDS = 900
VOLUME_MIB = 6 * 1024
"""Sparse: it takes on the machine's disk what is written to it. Above what the platform calls nearly full (2 GiB)."""
AS_OF = "2026-11-24T09:00:00+08:00"
JUMP_SECONDS = 600
BESIDE = Path(__file__).with_name("city_day_beside.py")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name: str) -> str:
    """One of PostgreSQL's server programs; Debian keeps them off the path."""
    found = shutil.which(name) or next(
        (str(each) for each in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        raise SystemExit(f"city_day: no {name} here: apt install postgresql, or --databases sqlite")
    return found


def quietly(*command: str | Path) -> None:
    subprocess.run([str(each) for each in command], check=True, capture_output=True)


class Volume:
    """A small disk of its own, which can be filled to the last byte; where none can be mounted, a plain folder."""

    def __init__(self, home: Path) -> None:
        self.at = home / "volume"
        self.ballast = self.at / "ballast"
        self.at.mkdir()
        self.why_not = _mount(home / "volume.img", self.at)
        """Why it is only a folder; empty for a disk of its own."""
        if self.why_not:
            print(f"no volume of its own ({self.why_not}): the disk is not filled", file=sys.stderr)

    def fill(self) -> None:
        """Until no byte is left: a large piece first, then what is between."""
        free = shutil.disk_usage(self.at).free
        with self.ballast.open("wb") as file, suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, max(0, free - 2**22))
        with (self.at / "ballast-2").open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4096)

    def empty(self) -> None:
        for name in ("ballast", "ballast-2"):
            (self.at / name).unlink(missing_ok=True)

    def close(self) -> None:
        if not self.why_not:
            quietly("umount", "-l", self.at)


def _mount(image: Path, at: Path) -> str:
    """A sparse file as a disk; what kept it from being one."""
    try:
        quietly("truncate", "-s", f"{VOLUME_MIB}M", image)
        quietly("mkfs.ext4", "-q", "-F", "-m", "0", image)
        quietly("mount", "-o", "loop", image, at)
    except FileNotFoundError as missing:
        return f"no program {missing.filename}"
    except subprocess.CalledProcessError as problem:
        return problem.stderr.decode(errors="replace").strip().splitlines()[0]
    return ""


@dataclass(frozen=True)
class Fault:
    what: str
    share: float
    """Of the run: how long it lasts."""
    begin: Callable[[], None]
    end: Callable[[], None] = lambda: None
    possible: bool = True


FAULTS = ("web", "worker", "disk", "clock", "all", "database")


class Cluster:
    """A PostgreSQL server of our own, its data on the volume."""

    def __init__(self, volume: Path) -> None:
        self.data, self.port = volume / "postgres", free_port()
        self.log = volume.parent / "postgres.log"
        self.as_who: list[str] = []
        self.one_at_a_time = threading.Lock()
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            who = pwd.getpwnam("postgres")
            os.chown(self.data, who.pw_uid, who.pw_gid)
            self.log.touch()
            os.chown(self.log, who.pw_uid, who.pw_gid)
            self.as_who = ["runuser", "-u", "postgres", "--"]
        quietly(
            *self.as_who, program("initdb"), "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8"
        )
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n"
            )
            settings.write("max_wal_size = 256MB\n")
        self.start()
        quietly(
            program("createdb"),
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "postgres",
            "-T",
            "template0",
            "zhoudao",
        )

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/zhoudao"

    def control(self, *verb: str) -> bool:
        command = [*self.as_who, program("pg_ctl"), "-D", str(self.data), "-l", str(self.log), "-w", *verb]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def start(self) -> None:
        if not self.control("start"):
            raise SystemExit(f"city_day: PostgreSQL did not start; see {self.log}")

    def restart(self) -> None:
        """As after a power cut: nothing is written out first."""
        with self.one_at_a_time:
            self.control("stop", "-m", "immediate")
            self.start()

    def keep(self) -> None:
        """What systemd does: start it again if it ended, as on a full disk it may."""
        with self.one_at_a_time:
            if not self.control("status"):
                self.control("start")

    def close(self) -> None:
        self.control("stop", "-m", "fast")


class House:
    """`zhoudao run`, started again whenever it ends, as a supervisor would."""

    def __init__(self, kind: str, size: str, sample: Path | None, processes: int) -> None:
        self.ending = ExitStack()
        self.stopping = threading.Event()
        self.starts = 0
        self.kind = kind
        home = Path(self.ending.enter_context(tempfile.TemporaryDirectory(prefix="zhoudao-day-")))
        home.chmod(0o711)  # the account postgres has to get through to its data
        self.volume = Volume(home)
        self.ending.callback(self.volume.close)
        self.cluster = Cluster(self.volume.at) if kind == "postgresql" else None
        if self.cluster:
            self.ending.callback(self.cluster.close)
        self.var = self.volume.at / "var"
        if sample:
            shutil.copytree(sample, self.var / "sample")
        beside = home / "beside"
        beside.mkdir()
        shutil.copy(BESIDE, beside / "sitecustomize.py")
        self.offset, self.transactions = beside / "offset", beside / "transactions"
        self.output = home / "output"
        self.port = free_port()
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("ZHOUDAO_", "DATABASE_")) and name != "PYTHONDONTWRITEBYTECODE"
            },
            "ZHOUDAO_VAR": str(self.var),
            "ZHOUDAO_KEYS": str(home / "keys" / "keys.json"),
            "ZHOUDAO_API_PER_MINUTE": "0",
            "ZHOUDAO_LOG_LEVEL": "ERROR",
            "DATABASE_URL": self.cluster.url if self.cluster else f"sqlite:///{self.var}/zhoudao.sqlite3",
            "CITY_DAY": str(beside),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(beside), os.environ.get("PYTHONPATH", "")])),
        }
        self.command = ["run", "--port", str(self.port), "--size", size, "--processes", str(processes)]

    def open(self) -> None:
        """Start, wait until it answers, and keep it from now on."""
        self.process = self._start()
        self.keeper = threading.Thread(target=self._keep, daemon=True)
        self.keeper.start()
        self.ending.callback(self._stop)
        until = time.monotonic() + READY_SECONDS
        while not self.answers():
            if time.monotonic() > until:
                raise SystemExit(f"city_day: no start\n{self.output.read_text()[-3000:]}")
            time.sleep(0.5)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                return True
        except (OSError, HTTPException):
            return False

    def zhoudao(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "zhoudao", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True)

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        with self.output.open("ab") as output:
            command = [sys.executable, "-m", "zhoudao", *self.command]
            return subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)

    def _keep(self) -> None:
        while not self.stopping.wait(0.5):
            if self.cluster:
                self.cluster.keep()
            if self.process.poll() is not None:
                self.stopping.wait(1.0)
                self.process = self._start()

    def _stop(self) -> None:
        self.stopping.set()
        self.keeper.join()
        self.process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        for pid in family(self.process.pid):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        self.ending.close()

    # What goes wrong ------------------------------------------------------------------------------------------------

    def fault(self, name: str) -> Fault:
        """One of FAULTS."""
        volume = self.volume
        full = f"the disk is full{volume.why_not and f' ({volume.why_not})'}"
        return {
            "web": Fault("a web process is killed", 0.02, lambda: self._kill("granian")),
            "worker": Fault("the job worker is killed", 0.02, lambda: self._kill("zhoudao worker")),
            "disk": Fault(full, 0.08, volume.fill, volume.empty, possible=not volume.why_not),
            "clock": Fault("the clock jumps back ten minutes, and on again", 0.08, self._jump, self._jump_on),
            "all": Fault("everything is killed at once", 0.02, self._kill_all),
            "database": Fault("the database restarts", 0.02, self._restart_database),
        }[name]

    def _kill(self, named: str) -> None:
        """One process, by the number it has below ours: with no chance to tidy up."""
        below = [pid for pid in family(self.process.pid) if named in command_of(pid)]
        if not below:
            raise SystemExit(f"city_day: no process {named!r} to kill")
        os.kill(below[-1], signal.SIGKILL)

    def _kill_all(self) -> None:
        for pid in [self.process.pid, *family(self.process.pid)]:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def _jump(self) -> None:
        self.offset.write_text(f"{-JUMP_SECONDS}")

    def _jump_on(self) -> None:
        self.offset.write_text("0")

    def _restart_database(self) -> None:
        """SQLite has no server: its database restarts with the processes that hold it open."""
        if self.cluster:
            self.cluster.restart()
        else:
            self._kill_all()


def family(pid: int) -> list[int]:
    """The processes below one, each after its parent (Linux)."""
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        with suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                below = [int(word) for word in (task / "children").read_text().split()]
                found += below
                waiting += below
    return found


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
