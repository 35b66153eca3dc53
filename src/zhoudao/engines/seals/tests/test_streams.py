"""Sealed streams: what went in comes out, and nothing altered, cut, moved or repeated opens."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.engines.seals.streams import HEADER_BYTES, SEGMENT, TAG_BYTES, CannotOpen, seal, unseal

KEY = bytes(range(32))


def sealed(content: bytes, key: bytes = KEY, place: str = "a") -> bytes:
    into = BytesIO()
    seal([content], into, key, place)
    return into.getvalue()


def opened(token: bytes, key: bytes = KEY, place: str = "a") -> bytes:
    return b"".join(unseal(BytesIO(token), key, place))


@given(st.binary(max_size=3000), st.integers(1, 500))
def test_what_went_in_comes_out_however_it_was_cut(content, step):
    into = BytesIO()
    told = seal([content[at : at + step] for at in range(0, len(content), step)], into, KEY, "a")
    assert told.size == len(content)
    assert opened(into.getvalue()) == content


@pytest.mark.parametrize("size", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 2 * SEGMENT + 7])
def test_sizes_around_a_segment(size):
    content = bytes(size)
    assert opened(sealed(content)) == content


@given(st.binary(min_size=1, max_size=200), st.data())
def test_one_changed_bit_is_found(content, data):
    token = bytearray(sealed(content))
    at = data.draw(st.integers(0, len(token) - 1))
    token[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CannotOpen):
        opened(bytes(token))


def test_segments_cut_off_moved_or_repeated_are_found():
    token = sealed(bytes(3 * SEGMENT))
    piece = SEGMENT + TAG_BYTES
    parts = [token[HEADER_BYTES + at * piece : HEADER_BYTES + (at + 1) * piece] for at in range(3)]
    head = token[:HEADER_BYTES]
    for other in ([0, 1], [0], [], [1, 0, 2], [0, 1, 2, 2], [0, 0, 1, 2]):
        with pytest.raises(CannotOpen):
            opened(head + b"".join(parts[at] for at in other))


def test_another_key_or_another_place_does_not_open():
    token = sealed(b"content")
    with pytest.raises(CannotOpen):
        opened(token, key=bytes(32))
    with pytest.raises(CannotOpen):
        opened(token, place="b")


def test_the_same_content_is_never_sealed_alike():
    assert sealed(b"content") != sealed(b"content")
