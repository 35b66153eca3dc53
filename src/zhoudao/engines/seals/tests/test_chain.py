"""The chain as a whole: whatever is done to it, the first bad row is named."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.seals import chain
from zhoudao.engines.seals.chain import GENESIS, Fault, Head, Row

MIDDLE = Row._fields[1:-2]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
contents = st.fixed_dictionaries(dict.fromkeys(MIDDLE, texts))


def made_of(rows):
    return list(chain.link(rows, (0, GENESIS)))


@settings(deadline=None)
@given(st.lists(contents, max_size=6))
def test_a_linked_chain_is_whole(rows):
    linked = made_of(rows)
    last = (len(linked), linked[-1].hash) if linked else (0, GENESIS)
    verdict = chain.check(linked, [Head(last[0], last[1], last[0], "t")], end=last)
    assert verdict == chain.Verdict(len(linked), last, 1 if linked else 0, None)


@settings(deadline=None)
@given(st.lists(contents, min_size=2, max_size=6), st.data())
def test_any_edit_of_any_field_is_found_at_its_row(rows, data):
    linked = made_of(rows)
    place = data.draw(st.integers(0, len(linked) - 1))
    name = data.draw(st.sampled_from([*MIDDLE, "previous", "hash"]))
    other = data.draw(texts.filter(lambda text: text != getattr(linked[place], name)))
    linked[place] = linked[place]._replace(**{name: other})
    assert chain.check(linked).problem.sequence == place + 1


@settings(deadline=None)
@given(st.lists(contents, min_size=2, max_size=6), st.data())
def test_any_deletion_or_move_is_found(rows, data):
    linked = made_of(rows)
    end = (len(linked), linked[-1].hash)
    first, second = sorted(
        data.draw(st.lists(st.integers(0, len(linked) - 1), min_size=2, max_size=2, unique=True))
    )
    moved = list(linked)
    moved[first], moved[second] = moved[second], moved[first]
    assert chain.check(moved, end=end).problem.sequence == first + 1
    fewer = linked[:first] + linked[first + 1 :]
    assert chain.check(fewer, end=end).problem == chain.Problem(
        Fault.MISSING, first + 1, chain.check(fewer, end=end).problem.message
    )


@settings(deadline=None)
@given(contents, contents)
def test_two_rows_never_share_an_encoding(one, other):
    hashes = [next(chain.link([row], (0, GENESIS))).hash for row in (one, other)]
    assert (hashes[0] == hashes[1]) == (one == other)


def test_the_encoding_is_the_one_that_is_written_down():
    row = Row(
        1, "2026-11-24T01:00:00.000000Z", "system", "system", "", "a.b", "", "{}", "", "done", GENESIS, ""
    )
    assert chain.netstrings(["1", "舟到", ""]) == b"1:1,6:\xe8\x88\x9f\xe5\x88\xb0,0:,"
    assert chain.row_hash(row) == "2ebf0d57eeb3aec63d7123c0c6eb5a0a679c695a3d792552ca22911c712d98f8"


def test_canonical_json():
    value = {
        "b": {3, 1},
        "a": [Decimal("1.50"), date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC), "舟", None, True],
    }
    assert (
        chain.canonical_json(value)
        == '{"a":["1.50","2026-01-02","2026-01-02T00:00:00.000000Z","舟",null,true],"b":[1,3]}'
    )
    with pytest.raises(TypeError, match="bytes can't be written as JSON"):
        chain.canonical_json({"a": b""})
    with pytest.raises(ValueError, match="not JSON compliant"):
        chain.canonical_json(float("nan"))
