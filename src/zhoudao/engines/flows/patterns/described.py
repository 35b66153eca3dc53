"""The patterns that are written in the pattern language, one YAML file each in the folder beside."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from zhoudao.engines.detection import Detector
from zhoudao.engines.flows.language import detector_of, read


@cache
def described() -> tuple[Detector, ...]:
    """A detector a file, by name."""
    folder = files("zhoudao.engines.flows.patterns") / "descriptions"
    texts = [file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".yaml")]
    return tuple(sorted((detector_of(read(text)) for text in texts), key=lambda each: each.name))
