"""Arrays in a folder: one .npy file each, opened by memory-mapping, with a manifest of hashes; swapped as a
whole.

A folder holds builds, each in a subfolder named by its content, and a file `current` that names the one in
use. A build is written beside the others and becomes current by replacing that one file, so a reader sees
the old build or the new one, and a build that fails changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.problems import BadNetwork, Problem

FORMAT = 1
"""Raised whenever arrays change their meaning; a network of another format is not opened."""
CURRENT = "current"
MANIFEST = "manifest.json"
TEXTS = "texts.json"

T = TypeVar("T")


class Draft:
    """A build being written. Use as a context manager; what is not published is thrown away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Draft:
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob(".draft-*"):
            if not _alive(int(left.name.split("-")[1])):  # its build was killed
                shutil.rmtree(left, ignore_errors=True)
        self.path = Path(tempfile.mkdtemp(prefix=f".draft-{os.getpid()}-", dir=self.folder))
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def allocate(self, name: str, shape: tuple[int, ...], kind: type) -> NDArray:
        """Room for an array, straight in its file."""
        if 0 in shape:  # nothing can be mapped of an empty file
            return np.empty(shape, dtype=kind)
        return np.lib.format.open_memmap(self.path / f"{name}.npy", mode="w+", dtype=kind, shape=shape)

    def publish(self, arrays: dict[str, NDArray], texts: dict[str, Any], about: dict[str, Any]) -> Path:
        """Write what is not yet written, the manifest last, and make this build the current one."""
        same: dict[str, str] = {}
        written: dict[int, str] = {}
        for name, values in arrays.items():
            if id(values) in written:
                same[name] = written[id(values)]
                continue
            written[id(values)] = name
            file = self.path / f"{name}.npy"
            if not file.exists():  # else it was allocated in place
                np.save(file, values, allow_pickle=False)
        (self.path / TEXTS).write_text(
            json.dumps(texts, ensure_ascii=False, sort_keys=True), encoding="utf-8"
        )
        files = {
            file.name: {"bytes": file.stat().st_size, "sha256": sha256(file)}
            for file in sorted(self.path.iterdir())
        }
        manifest = json.dumps(
            {"format": FORMAT, "about": about, "files": files, "same": same}, ensure_ascii=False, indent=1
        )
        (self.path / MANIFEST).write_text(manifest, encoding="utf-8")
        build = self.folder / hashlib.sha256(manifest.encode()).hexdigest()[:16]
        if not build.exists():
            self.path.chmod(0o755)  # mkdtemp made it private; other processes must read it
            os.replace(self.path, build)
        pointer = self.folder / f".{CURRENT}-{os.getpid()}"
        pointer.write_text(build.name, encoding="utf-8")
        os.replace(pointer, self.folder / CURRENT)
        for other in self.folder.iterdir():  # readers that have an old build open keep what they mapped
            if other.is_dir() and other != build and not other.name.startswith("."):
                shutil.rmtree(other, ignore_errors=True)
        return build


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def current(folder: Path) -> Path:
    """The build in use. Raises BadNetwork when there is none."""
    try:
        return folder / (folder / CURRENT).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadNetwork(
            [Problem(str(folder / CURRENT), None, "", "no network here", "one made by a build")]
        ) from error


def open_build(
    build: Path, verify: bool = False
) -> tuple[dict[str, NDArray], dict[str, Any], dict[str, Any]]:
    """The arrays (mapped, read-only), texts and description of a build.

    Sizes are always checked, hashes when ``verify``. Raises BadNetwork when anything is missing, torn or of
    another format.
    """
    try:
        manifest = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadNetwork([Problem(f"{build.name}/{MANIFEST}", None, "", str(error), "a manifest")]) from error
    if manifest.get("format") != FORMAT:
        found = manifest.get("format")
        raise BadNetwork(
            [Problem(f"{build.name}/{MANIFEST}", None, "format", f"{found}", f"{FORMAT}; build it again")]
        )
    problems = [
        Problem(f"{build.name}/{name}", None, "", "missing or torn", f"{facts['bytes']} bytes, as written")
        for name, facts in manifest["files"].items()
        if not _whole(build / name, facts, verify)
    ]
    if problems:
        raise BadNetwork(problems)
    arrays = {name[:-4]: _mapped(build / name) for name in manifest["files"] if name.endswith(".npy")}
    arrays.update({name: arrays[first] for name, first in manifest["same"].items()})
    texts = json.loads((build / TEXTS).read_text(encoding="utf-8"))
    return arrays, texts, manifest["about"]


def _whole(file: Path, facts: dict[str, Any], verify: bool) -> bool:
    if not file.is_file() or file.stat().st_size != facts["bytes"]:
        return False
    return not verify or sha256(file) == facts["sha256"]


def _mapped(file: Path) -> NDArray:
    """A plain read-only array over the mapped file (an np.memmap would make every kernel call slower)."""
    values = np.load(file, mmap_mode="r", allow_pickle=False)
    return values.view(np.ndarray) if values.size else np.array(values)


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pack(prefix: str, thing: Any) -> dict[str, NDArray]:
    """The arrays of a dataclass and of the dataclasses in it, by dotted name."""
    arrays: dict[str, NDArray] = {}
    for one in fields(thing):
        value = getattr(thing, one.name)
        if isinstance(value, np.ndarray):
            arrays[f"{prefix}.{one.name}"] = value
        elif is_dataclass(value):
            arrays.update(pack(f"{prefix}.{one.name}", value))
    return arrays


def frozen(thing: T) -> T:
    """Make the arrays of a dataclass read-only, as they will be once mapped: kernels are compiled for one
    kind."""
    for values in pack("", thing).values():
        values.setflags(write=False)
    return thing


def unpack(kind: type[T], prefix: str, arrays: dict[str, NDArray]) -> T:
    """The dataclass that `pack` took apart; every field of it must be an array or such a dataclass."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for one in fields(kind):  # type: ignore[arg-type]
        hint = hints[one.name]
        name = f"{prefix}.{one.name}"
        values[one.name] = (
            unpack(hint, name, arrays) if isinstance(hint, type) and is_dataclass(hint) else arrays[name]
        )
    return kind(**values)
