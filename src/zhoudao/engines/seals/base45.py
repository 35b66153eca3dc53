"""Base45 (RFC 9285), strictly: bytes to characters that a QR code keeps in its dense alphanumeric mode.

Two bytes become three characters, a last single byte two. Every text that ``decode`` takes is the one
that ``encode`` gives for those bytes.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


class NotBase45(ValueError):
    """The text isn't Base45 of anything; says where."""


def encode(data: bytes) -> str:
    characters = []
    for at in range(0, len(data) - 1, 2):
        rest, first = divmod(data[at] << 8 | data[at + 1], 45)
        third, second = divmod(rest, 45)
        characters += [ALPHABET[first], ALPHABET[second], ALPHABET[third]]
    if len(data) % 2:
        second, first = divmod(data[-1], 45)
        characters += [ALPHABET[first], ALPHABET[second]]
    return "".join(characters)


def decode(text: str) -> bytes:
    """Raises NotBase45 for another alphabet, a length that no bytes have, or a group worth too much."""
    if len(text) % 3 == 1:
        raise NotBase45(f"{len(text)} characters; expected 3 for two bytes, 2 for a last one")
    try:
        values = [_VALUE[character] for character in text]
    except KeyError as character:
        raise NotBase45(f"{character} isn't in its alphabet") from None
    whole = len(values) - len(values) % 3
    data = bytearray()
    for at in range(0, whole, 3):
        worth = values[at] + 45 * values[at + 1] + 2025 * values[at + 2]
        if worth > 0xFFFF:
            raise NotBase45(f"characters {at + 1} to {at + 3} are worth {worth}; expected at most 65535")
        data += worth.to_bytes(2, "big")
    if whole < len(values):
        worth = values[whole] + 45 * values[whole + 1]
        if worth > 0xFF:
            raise NotBase45(f"the last two characters are worth {worth}; expected at most 255")
        data.append(worth)
    return bytes(data)
