"""Make .venv in this checkout and install what the lock file names. Standard library only; any Python 3 can start it.

    python3 tools/setup.py run [PORT]    what the platform needs; a port that is taken is said before anything is done
    python3 tools/setup.py dev           that, and what the tests and checks need

Each thing that can be missing is said in one plain sentence.
"""

import ctypes
import hashlib
import os
import platform
import shutil
import socket
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
ROOM_NEEDED_MIB = 1500


def main():
    # type: () -> None
    kind = sys.argv[1] if len(sys.argv) > 1 else ""
    port = sys.argv[2] if len(sys.argv) == 3 else ""
    if kind not in LOCKS or len(sys.argv) > 3:
        stop("usage: python3 tools/setup.py run [PORT] | dev")
    if sys.version_info < (3, 11):
        stop("Zhoudao needs Python 3.11 or newer, and this is %s: install it, or say where it is with "
             "'make %s PYTHON=/path/to/python3.11'." % (platform.python_version(), "test" if kind == "dev" else "run"))
    if port:
        refuse_taken(port)
    say_what_is_missing()
    wanted = fingerprint(kind)
    if installed("dev") == fingerprint("dev") or installed(kind) == wanted:
        return
    make_environment()
    install(kind)
    stamp(kind).write_text(wanted)


def refuse_taken(port):
    # type: (str) -> None
    if not port.isdigit() or not 0 < int(port) < 65536:
        stop("PORT is %r; expected a number from 1 to 65535." % port)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            stop("Port %s on 127.0.0.1 can't be used (%s): choose another with 'make run PORT=8001'."
                 % (port, error.strerror))


def say_what_is_missing():
    # type: () -> None
    """A library that no package brings along. All but one detector works without it."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        say("libgomp.so.1 is missing on this machine: everything works but the ranking of customs declarations, whose "
            "tests are skipped. On Debian: apt install libgomp1.")


def make_environment():
    # type: () -> None
    if python().exists():
        return
    free_mib = shutil.disk_usage(str(CHECKOUT)).free // 2**20
    if free_mib < ROOM_NEEDED_MIB:
        stop("Only %d MiB are free here; setting up needs %d MiB: make room and try again."
             % (free_mib, ROOM_NEEDED_MIB))
    say("making .venv")
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(str(VENV), ignore_errors=True)
        stop("This Python can't make virtual environments: install its venv module (on Debian: "
             "apt install python3-venv) and try again.")


def install(kind):
    # type: (str) -> None
    lock = CHECKOUT / LOCKS[kind]
    count = sum(1 for line in lock.read_text(encoding="utf-8").splitlines() if line[:1].isalnum())
    say("installing %d packages, each checked against its hash (a minute or two)" % count)
    # Ready-made packages only: no compiler is ever needed, and nothing runs while it installs.
    pip("install", "--require-hashes", "--only-binary", ":all:", "-r", str(lock))
    pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(CHECKOUT))


def pip(*arguments):
    # type: (str) -> None
    command = [str(python()), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        stop(why(done.stderr), details=done.stderr)


def why(message):
    # type: (str) -> str
    """pip's long complaint as one sentence."""
    if "HASHES" in message:
        return "A package does not match the hash in the lock file: nothing was installed; check the registry you use."
    if "Temporary failure in name resolution" in message or "NewConnectionError" in message or "timed out" in message:
        return "The package registry does not answer: check the network, or point pip at your mirror, and try again."
    if "No space left on device" in message:
        return "The disk is full: make room and try again."
    if "No matching distribution" in message:
        return ("The registry has no ready-made package for this machine (Python %s, %s), and Zhoudao builds none "
                "from source, so that no compiler is needed." % (platform.python_version(), platform.machine()))
    return "pip could not install the packages."


def fingerprint(kind):
    # type: (str) -> str
    digest = hashlib.sha256(sys.version.encode())
    for name in (LOCKS[kind], "pyproject.toml"):
        digest.update((CHECKOUT / name).read_bytes())
    return digest.hexdigest()


def stamp(kind):
    # type: (str) -> Path
    return VENV / ("installed-" + kind)


def installed(kind):
    # type: (str) -> str
    return stamp(kind).read_text() if stamp(kind).exists() else ""


def python():
    # type: () -> Path
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def say(message):
    # type: (str) -> None
    sys.stderr.write("setup: %s\n" % message)
    sys.stderr.flush()


def stop(message, details=""):
    # type: (str, str) -> None
    if details:
        sys.stderr.write(details[-2000:] + "\n")
    say(message)
    sys.exit(2)


if __name__ == "__main__":
    main()
