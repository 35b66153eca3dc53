"""Pseudonyms and networks."""

import pytest

from zhoudao.core.audit.rules import is_person, network, persons_in, pseudonym, with_pseudonyms


@pytest.mark.parametrize(
    ("origin", "kept"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("command", "command"),
        ("", ""),
        ("192.0.2", "unknown"),
        ("Alice's phone", "unknown"),
    ],
)
def test_an_address_is_cut_to_its_network(origin, kept):
    assert network(origin) == kept


def test_who_is_a_person():
    assert all(map(is_person, ["user:12", "resident:R7", "agent:4"]))
    assert not any(
        map(is_person, ["device:3", "system", "point:P001", "user:", "user#ab", "a user:12", "user:1 2"])
    )


def test_a_pseudonym_is_the_same_for_one_key_and_another_for_another():
    one = pseudonym(b"k" * 32, "user:12")
    assert one == pseudonym(b"k" * 32, "user:12") == "user#" + one[5:]
    assert len(one) == 5 + 32
    assert len({one, pseudonym(b"l" * 32, "user:12"), pseudonym(b"k" * 32, "user:13")}) == 3


def test_persons_deep_in_details():
    details = {"by": "user:1", "all": ["user:2", {"user:3": 1}], "text": "saw user:4"}
    assert persons_in(details) == {"user:1", "user:2", "user:3"}
    names = {"user:1": "A", "user:2": "B", "user:3": "C"}
    assert with_pseudonyms(details, names) == {"by": "A", "all": ["B", {"C": 1}], "text": "saw user:4"}
