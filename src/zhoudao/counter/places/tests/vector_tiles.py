"""Reading vector tiles back, by the specification alone."""

from __future__ import annotations

import math
from typing import Any

from zhoudao.counter.places.layers.rules import Tile

Found = dict[str, list[tuple[dict[str, str], list[list[tuple[int, int]]]]]]


def decode(content: bytes) -> Found:
    """By layer, the features: properties and lines."""
    layers: Found = {}
    for number, layer in _fields(content):
        assert number == 3
        parts: dict[int, list[Any]] = {}
        for field, value in _fields(layer):
            parts.setdefault(field, []).append(value)
        assert parts[15] == [2]
        assert parts[5] == [4096]
        keys = [key.decode() for key in parts.get(3, [])]
        values = [dict(_fields(value))[1].decode() for value in parts.get(4, [])]
        features = []
        for feature in parts[2]:
            told = dict(_fields(feature))
            assert told[3] == 2  # a line
            tags = _numbers(told.get(2, b""))
            pairs = zip(tags[::2], tags[1::2], strict=True)
            features.append(({keys[key]: values[value] for key, value in pairs}, _lines(_numbers(told[4]))))
        layers[parts[1][0].decode()] = features
    return layers


def degrees(tile: Tile, corner: tuple[int, int]) -> tuple[float, float]:
    across = (tile.x + corner[0] / 4096) / 2**tile.zoom
    down = (tile.y + corner[1] / 4096) / 2**tile.zoom
    return across * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))


def _lines(commands: list[int]) -> list[list[tuple[int, int]]]:
    lines: list[list[tuple[int, int]]] = []
    x = y = at = 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        for _ in range(count):
            dx, dy = ((value >> 1) ^ -(value & 1) for value in commands[at : at + 2])
            x, y, at = x + dx, y + dy, at + 2
            if command == 1:
                lines.append([])
            lines[-1].append((x, y))
    return lines


def _fields(content: bytes) -> list[tuple[int, Any]]:
    found: list[tuple[int, Any]] = []
    at = 0
    while at < len(content):
        head, at = _varint(content, at)
        value, at = _varint(content, at)
        if head & 7 == 2:
            found.append((head >> 3, content[at : at + value]))
            at += value
        else:
            assert head & 7 == 0
            found.append((head >> 3, value))
    return found


def _numbers(content: bytes) -> list[int]:
    found, at = [], 0
    while at < len(content):
        value, at = _varint(content, at)
        found.append(value)
    return found


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
