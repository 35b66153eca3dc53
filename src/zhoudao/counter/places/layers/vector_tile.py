"""Lines as a Mapbox Vector Tile 2.1 (https://github.com/mapbox/vector-tile-spec): the few parts that a map of
lines needs, and the Protocol Buffers they are written in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

EXTENT = 4096
"""Units across a tile."""
VERSION = 2
LINESTRING = 2
MOVE_TO, LINE_TO = 1, 2

Line = Sequence[tuple[int, int]]
"""Corners in units from the tile's west and north edges."""
Properties = dict[str, str]


def encode(layer: str, features: Iterable[tuple[Properties, Sequence[Line]]]) -> bytes:
    """One layer of lines. A feature is its properties and its parts, each of two corners or more."""
    keys: dict[str, int] = {}
    values: dict[str, int] = {}
    body = bytearray()
    for properties, lines in features:
        tags: list[int] = []
        for name, value in properties.items():
            tags += [keys.setdefault(name, len(keys)), values.setdefault(value, len(values))]
        body += _field(2, _packed(2, tags) + _number(3, LINESTRING) + _packed(4, _commands(lines)))
    table = b"".join(_field(3, name.encode()) for name in keys)
    table += b"".join(_field(4, _field(1, value.encode())) for value in values)
    content = _field(1, layer.encode()) + bytes(body) + table + _number(5, EXTENT) + _number(15, VERSION)
    return _field(3, content)


def _commands(lines: Sequence[Line]) -> list[int]:
    """Every part begins where the one before it ended: coordinates are steps from the last corner."""
    commands: list[int] = []
    at_x = at_y = 0
    for line in lines:
        for number, (x, y) in enumerate(line):
            if number == 0:
                commands.append(MOVE_TO | 1 << 3)
            elif number == 1:
                commands.append(LINE_TO | (len(line) - 1) << 3)
            commands += [_zigzag(x - at_x), _zigzag(y - at_y)]
            at_x, at_y = x, y
    return commands


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _packed(field: int, values: Iterable[int]) -> bytes:
    return _field(field, b"".join(_varint(value) for value in values))
