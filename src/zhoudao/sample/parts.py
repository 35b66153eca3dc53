"""What a sample city is made of: each part, the files it writes, and what it needs made before it.

``zhoudao.sample.build`` lists them all, each after the parts it needs. Those made ``When.BUILD`` are in every
sample; those made ``When.ON_DEMAND`` are large, and made when somebody asks for them by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from zhoudao.core.city import City
from zhoudao.core.city.shapes import SampleSize
from zhoudao.sample.seeds import generator

Progress = Callable[[str], None]


class When(StrEnum):
    BUILD = "build"
    ON_DEMAND = "on-demand"


@dataclass(frozen=True)
class Making:
    """What a part is given: the city, its seed and size, and the folder with what earlier parts wrote."""

    city: City
    seed: int
    size: str
    folder: Path
    progress: Progress

    @property
    def sample(self) -> SampleSize:
        return self.city.sample[self.size]  # type: ignore[index]  # the command offers only the two sizes

    def chance(self, label: str) -> np.random.Generator:
        return generator(self.seed, label)


@dataclass(frozen=True)
class Part:
    """``make`` writes exactly the files of ``writes`` into its folder, and reads only those of ``needs``."""

    name: str
    writes: tuple[str, ...]
    make: Callable[[Making], None]
    needs: tuple[str, ...] = ()
    when: When = When.BUILD
