"""The words of the rooms that the screen uses, compiled where they are older than their source."""

from __future__ import annotations

from zhoudao.core.look.translations import Room, compile_room, is_stale
from zhoudao.counter.kiosks.machine.screen.settings import ROOMS


def compile_words() -> None:
    for folder in ROOMS:
        room = Room(folder.name, folder, "zh-hans")
        if is_stale(room):
            compile_room(room)
