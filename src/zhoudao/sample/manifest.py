"""MANIFEST.json: what a sample folder holds, and from what it was made."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from zhoudao.core.city import City
from zhoudao.sample import tables

FILE = "MANIFEST.json"


class BadSample(ValueError):
    """A folder that is no whole sample. Its text names the file and says what to do."""


@dataclass(frozen=True)
class Origin:
    """What decides every byte of a sample."""

    city: str
    seed: int
    size: str
    as_of: str
    pack_sha256: str
    """Of the city pack: its files' paths and contents."""
    code_sha256: str
    """Of this package: a changed generator makes another sample."""
    versions: dict[str, str]

    @classmethod
    def of(cls, city: City, seed: int, size: str) -> Origin:
        here = Path(__file__).parent
        return cls(
            city=city.code,
            seed=seed,
            size=size,
            as_of=city.as_of.isoformat(),
            pack_sha256=_sha256_of_all(city.folder, city.folder.rglob("*")),
            code_sha256=_sha256_of_all(
                here, (path for path in here.rglob("*.py") if "tests" not in path.relative_to(here).parts)
            ),
            versions={
                "zhoudao": version("zhoudao"),
                "python": ".".join(platform.python_version_tuple()[:2]),
                "numpy": version("numpy"),
                "shapely": version("shapely"),
            },
        )


@dataclass(frozen=True)
class Made:
    """One file of a part."""

    part: str
    bytes: int
    sha256: str
    rows: int | None
    """Of a CSV file, without its header."""


@dataclass
class Manifest:
    origin: Origin
    files: dict[str, Made] = field(default_factory=dict)

    @property
    def parts(self) -> set[str]:
        return {made.part for made in self.files.values()}

    def add(self, folder: Path, part: str, names: tuple[str, ...]) -> None:
        """Take in the files a part wrote. Raises FileNotFoundError for one it did not."""
        for name in names:
            path = folder / name
            rows = tables.count(path) if path.suffix == ".csv" else None
            self.files[name] = Made(part, path.stat().st_size, sha256(path), rows)

    def save(self, folder: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True)
        beside = folder / f".{FILE}"
        beside.write_text(text + "\n", encoding="utf-8")
        beside.replace(folder / FILE)

    def damage(self, folder: Path) -> str:
        """What is wrong with the files beside it; empty when each is as it was made."""
        for name, made in self.files.items():
            path = folder / name
            if not path.is_file():
                return f"{path} is not there"
            if path.stat().st_size != made.bytes or sha256(path) != made.sha256:
                return f"{path} is not as it was made"
        return ""


def read(folder: Path) -> Manifest:
    """Raises BadSample when the folder has no manifest, or one that can't be read."""
    path = folder / FILE
    todo = "build a sample with `zhoudao sample build`, or name the folder of one"
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = {name: Made(**made) for name, made in data["files"].items()}
        return Manifest(Origin(**data["origin"]), files)
    except FileNotFoundError:
        raise BadSample(f"{path} is not there; {todo}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSample(f"{path} can't be read as a manifest ({error}); {todo}") from None


def read_whole(folder: Path) -> Manifest:
    """The manifest of a folder whose every file is as it was made. Raises BadSample."""
    manifest = read(folder)
    if damage := manifest.damage(folder):
        raise BadSample(f"{damage}; build it again with `zhoudao sample build --fresh`")
    return manifest


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256_of_all(folder: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{sha256(path)}\n".encode())
    return digest.hexdigest()
