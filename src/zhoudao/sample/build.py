"""Making a sample: part after part in a folder beside, then put in its place at once.

An interrupted build leaves what it finished in that folder, and the next one goes on from there. A sample of
the same seed, size, pack, code and versions that is there already is kept.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from zhoudao.core import city as packs
from zhoudao.core.city import City
from zhoudao.sample import load, manifest
from zhoudao.sample.manifest import BadSample, Manifest, Origin
from zhoudao.sample.parts import Making, Part, Progress, When
from zhoudao.sample.registry import PARTS


def folder_of(city: City, seed: int, size: str) -> Path:
    """Where a sample is kept unless said otherwise."""
    from django.conf import settings

    return Path(settings.SAMPLE_DIR) / f"{city.code}-{seed}-{size}"


def build(
    city: City,
    seed: int,
    size: str,
    out: Path,
    progress: Progress,
    *,
    also: Collection[str] = (),
    fresh: bool = False,
    parts: Sequence[Part] = PARTS,
) -> Manifest:
    """Make sure that ``out`` holds the sample: every part made at build, and those on demand in ``also``.

    ``size`` is "small" or "city". ``fresh`` makes everything again. Raises BadPack and BadItems when the pack
    can't be used, OSError when the disk can't be written to; ``out`` is then as it was before.
    """
    wanted = _wanted(parts, also)
    origin = Origin.of(city, seed, size)
    with _alone(out):
        kept = None if fresh else _of_origin(out, origin)
        if kept is not None and {part.name for part in wanted} <= kept.parts:
            progress(f"{out} is there already")
            return kept
        unfinished = out.with_name(f".{out.name}.unfinished")
        begun = _begin(unfinished, out, origin, kept, fresh)
        for part in wanted:
            if part.name not in begun.parts:
                progress(f"making {part.name}")
                part.make(Making(city, seed, size, unfinished, progress))
                begun.add(unfinished, part.name, part.writes)
                begun.save(unfinished)
        _put_in_place(unfinished, out)
    return begun


def ensure_loaded(size: str, seed: int, progress: Progress) -> None:
    """Make the sample of this installation's city where it is not yet, and load it into the database."""
    city = packs.current()
    out = folder_of(city, seed, size)
    build(city, seed, size, out, progress)
    load.load(out, progress)


def _wanted(parts: Sequence[Part], also: Collection[str]) -> list[Part]:
    """Parts to make, with what they need before them. Raises KeyError for a name that is no part."""
    by_name = {part.name: part for part in parts}
    names = {part.name for part in parts if part.when is When.BUILD}
    waiting = [*names, *also]
    while waiting:
        part = by_name[waiting.pop()]
        names.add(part.name)
        waiting += [need for need in part.needs if need not in names]
    return [part for part in parts if part.name in names]


def _of_origin(folder: Path, origin: Origin) -> Manifest | None:
    """The manifest of a whole sample of this origin; None when the folder is anything else."""
    try:
        found = manifest.read_whole(folder)
    except BadSample:
        return None
    return found if found.origin == origin else None


def _begin(unfinished: Path, out: Path, origin: Origin, kept: Manifest | None, fresh: bool) -> Manifest:
    """An unfinished folder to go on in: an interrupted build's, or one with what ``out`` has, or empty."""
    interrupted = None if fresh else _of_origin(unfinished, origin)
    if interrupted is not None:
        return interrupted
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    begun = Manifest(origin)
    if kept is not None:
        for name, made in kept.files.items():
            os.link(out / name, unfinished / name)
            begun.files[name] = made
    begun.save(unfinished)
    return begun


def _put_in_place(unfinished: Path, out: Path) -> None:
    """Nobody sees half a sample: the old one steps aside and the new one takes its name."""
    earlier = out.with_name(f".{out.name}.earlier")
    shutil.rmtree(earlier, ignore_errors=True)
    if out.exists():
        out.rename(earlier)
    unfinished.rename(out)
    shutil.rmtree(earlier, ignore_errors=True)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """One build of a folder at a time; another process waits."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.with_name(f".{out.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
