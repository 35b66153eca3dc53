"""The kiosk's hardware as the touch screen sees it: card reader, camera, printer, loudspeaker.

A maker's driver is a class with these methods, named to `zhoudao kiosk serve --bridge package.module:Class`. `Folder`
stands in for hardware: what lies in a folder is what the devices see.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from zhoudao.core.people.rules.masks import mask_document, mask_name

WORKS = 100


@dataclass(frozen=True)
class Card:
    """What the reader read. Held in memory while its holder stands there, and nowhere else."""

    kind: str
    """``resident_id`` or another kind of document the register knows."""
    number: str = field(repr=False)
    name: str = field(repr=False)

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def masked_number(self) -> str:
        return mask_document(self.number)


class Bridge(Protocol):
    """Each call answers at once: what takes time is the driver's own business."""

    def card(self) -> Card | None:
        """The card that lies on the reader."""

    def sees(self, material: str) -> bool:
        """Whether scanner or camera have this material of an item: a paper, a photo."""

    def print_slip(self, lines: Sequence[str]) -> bool:
        """Whether it was printed."""

    def say(self, words: str, language: str) -> None:
        """Speak a prompt."""

    def release(self) -> None:
        """Whoever stood there is gone: give the card back, forget what was scanned."""

    def paper(self) -> int:
        """Percent of the roll."""

    def faults(self) -> list[str]:
        """Of ``rules.SAID_BY_ITSELF``: camera, reader."""


class Folder:
    """Hardware that is files: ``card.json``, ``papers.json`` (a list of materials), ``health.json``, ``printed/``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "printed").mkdir(parents=True, exist_ok=True)

    def card(self) -> Card | None:
        held = self._read("card.json", None)
        return Card(held["kind"], held["number"], held["name"]) if held else None

    def sees(self, material: str) -> bool:
        return material in self._read("papers.json", [])

    def print_slip(self, lines: Sequence[str]) -> bool:
        if self.paper() == 0:
            return False
        number = len(list((self.folder / "printed").iterdir())) + 1
        text = "".join(f"{line}\n" for line in lines)
        (self.folder / "printed" / f"{number:05}.txt").write_text(text, encoding="utf-8")
        return True

    def say(self, words: str, language: str) -> None:
        (self.folder / "said.txt").write_text(f"{language}: {words}\n", encoding="utf-8")

    def release(self) -> None:
        for name in ("card.json", "papers.json"):
            (self.folder / name).unlink(missing_ok=True)

    def paper(self) -> int:
        return int(self._read("health.json", {}).get("paper", WORKS))

    def faults(self) -> list[str]:
        return list(self._read("health.json", {}).get("faults", []))

    def _read(self, name: str, otherwise: Any) -> Any:
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return otherwise


def bridge_of(named: str, folder: Path) -> Bridge:
    """``package.module:Class``, made without arguments; empty: a folder. Raises ValueError for what is none."""
    if not named:
        return Folder(folder)
    module, _, name = named.partition(":")
    try:
        return getattr(import_module(module), name)()
    except (ImportError, AttributeError, ValueError) as problem:
        raise ValueError(f"{named!r} is no bridge ({problem}); expected package.module:Class") from None
