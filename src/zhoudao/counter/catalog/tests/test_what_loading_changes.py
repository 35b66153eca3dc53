"""The difference between what the catalogue has and what comes, and the number that tells states apart."""

from hypothesis import given
from hypothesis import strategies as st

from zhoudao.counter.catalog.rules import Kept, compare, fingerprint

DEFINITIONS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.fixed_dictionaries({"name": st.sampled_from("xyz")})
)
KEPT = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.builds(Kept, st.fixed_dictionaries({"name": st.sampled_from("xyz")}), st.booleans()),
)


def after(kept, coming):
    """The catalogue once the changes are made."""
    changes = compare(kept, coming)
    made = dict(kept)
    for code in (*changes.added, *changes.changed):
        made[code] = Kept(coming[code])
    for code in changes.withdrawn:
        made[code] = Kept(kept[code].definition, withdrawn=True)
    return made


@given(KEPT, DEFINITIONS)
def test_after_the_changes_the_catalogue_offers_what_came_and_forgets_nothing(kept, coming):
    made = after(kept, coming)
    assert {code: one.definition for code, one in made.items() if not one.withdrawn} == coming
    assert made.keys() == kept.keys() | coming.keys()


@given(KEPT, DEFINITIONS)
def test_the_second_time_changes_nothing(kept, coming):
    again = compare(after(kept, coming), coming)
    assert not again
    assert again.unchanged == sorted(coming)


@given(KEPT, DEFINITIONS)
def test_each_item_is_told_at_most_once(kept, coming):
    changes = compare(kept, coming)
    told = [*changes.added, *changes.changed, *changes.withdrawn, *changes.unchanged]
    assert len(told) == len(set(told))


@given(DEFINITIONS, DEFINITIONS)
def test_the_fingerprint_tells_states_apart_and_fits_the_database(one, other):
    assert (fingerprint(one) == fingerprint(other)) == (one == other)
    assert fingerprint(dict(reversed(one.items()))) == fingerprint(one)
    assert 0 < fingerprint(one) < 2**60
