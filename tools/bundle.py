"""Make an installer for a network without internet: dist/zhoudao-<version>-<arch>.tar.gz.

    python3 tools/bundle.py [x86_64|aarch64]

It holds what is committed (nothing else of this checkout), every package of requirements.lock as a ready-made wheel
for that kind of machine, each checked against its hash, and ``install.sh``. Standard library only.
"""

import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PLATFORMS = {
    "x86_64": ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_27_x86_64"],
    "aarch64": ["manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64", "manylinux_2_27_aarch64"],
}
PYTHON = "3.11"


def main() -> None:
    arch = sys.argv[1] if len(sys.argv) > 1 else platform.machine()
    if arch not in PLATFORMS or len(sys.argv) > 2:
        stop(f"usage: python3 tools/bundle.py [{'|'.join(PLATFORMS)}]")
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    name = f"zhoudao-{version}-{arch}"
    with tempfile.TemporaryDirectory(prefix="zhoudao-bundle-", dir=made(CHECKOUT / "dist")) as work:
        folder = Path(work) / name
        say("copying what is committed")
        copy_committed(folder / "app")
        say(f"fetching wheels for {arch}, each checked against its hash")
        fetch_wheels(folder / "wheels", arch)
        (folder / "VERSION").write_text(version + "\n")
        (folder / "ARCH").write_text(arch + "\n")
        shutil.copy2(folder / "app" / "deploy" / "install.sh", folder / "install.sh")
        (folder / "SHA256SUMS").write_text("".join(sums(folder)))
        archive = CHECKOUT / "dist" / f"{name}.tar.gz"
        say(f"packing {archive}")
        with tarfile.open(archive, "w:gz", compresslevel=1) as packed:  # wheels are compressed already
            packed.add(folder, name)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_suffix(".gz.sha256").write_text(f"{digest}  {archive.name}\n")
    print(f"{archive} {archive.stat().st_size / 2**20:.0f} MiB sha256 {digest}")


def copy_committed(folder: Path) -> None:
    packed = run(["git", "-C", str(CHECKOUT), "archive", "--format=tar", "HEAD"])
    with tempfile.TemporaryFile() as file:
        file.write(packed)
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            archive.extractall(made(folder), filter="data")


def fetch_wheels(folder: Path, arch: str) -> None:
    platforms = [f"--platform={each}" for each in PLATFORMS[arch]]
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    abis = ["--implementation=cp", "--abi=cp311", "--abi=abi3", "--abi=none"]
    wanted = [f"--python-version={PYTHON}", *abis, *platforms]
    where = ["--dest", str(made(folder)), "--requirement", str(CHECKOUT / "requirements.lock")]
    run([sys.executable, "-m", "pip", "download", *options, *wanted, *where])


def sums(folder: Path) -> list[str]:
    """Lines as sha256sum writes them, for every file but the list itself."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]


def run(command: list[str]) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        stop(f"{' '.join(command[:4])} failed: {done.stderr.decode(errors='replace').strip()[-800:]}")
    return done.stdout


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def say(message: str) -> None:
    print(f"bundle: {message}", file=sys.stderr)


def stop(message: str) -> None:
    print(f"bundle: {message}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
