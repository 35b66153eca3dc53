"""Each value of a YAML file knows its line; what could be read two ways is refused or stays text."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.core.city import yaml_lines
from zhoudao.core.city.yaml_lines import BadYaml

HERE = Path("pack/x.yaml")


def problem(text: str) -> str:
    with pytest.raises(BadYaml) as caught:
        yaml_lines.parse(text, HERE)
    return str(caught.value)


def test_lines_of_nested_values():
    data, line_of = yaml_lines.parse("# a note\nplaces:\n  - code: a\n\n    at: [1, 2]\n  - code: b\n", HERE)
    assert data == {"places": [{"code": "a", "at": [1, 2]}, {"code": "b"}]}
    assert line_of(["places"]) == 2
    assert line_of(["places", 0]) == 3
    assert line_of(["places", 0, "at"]) == 5
    assert line_of(["places", 1, "code"]) == 6


def test_a_value_that_is_missing_has_the_line_of_what_should_hold_it():
    _, line_of = yaml_lines.parse("places:\n  - code: a\n", HERE)
    assert line_of(["places", 0, "name", "zh"]) == 2
    assert line_of(["elsewhere"]) == 1


@pytest.mark.parametrize(
    "text", ["yes", "no", "on", "NO", "14:00", "2026-11-24", "0580", "1_000", "0x1f", "True"]
)
def test_plain_words_stay_text(text):
    assert yaml_lines.parse(f"a: {text}\n", HERE)[0] == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("null", None), ("", None), ("-3", -3), ("29.98", 29.98), ("'7'", "7")],
)
def test_json_scalars_mean_what_they_say(text, value):
    assert yaml_lines.parse(f"a: {text}\n", HERE)[0] == {"a": value}


def test_a_key_given_twice_is_refused_at_its_second_line():
    assert (
        problem("a: 1\nb:\n  c: 1\n  c: 2\n") == "pack/x.yaml:4 b.c: is given twice; expected each key once"
    )


def test_an_alias_is_refused():
    assert "pack/x.yaml:2 uses the alias *one; expected the value itself" in problem("a: &one [1]\nb: *one\n")


def test_a_tag_is_refused():
    assert problem("a: 1\nb: !!python/name:os.system ''\n").startswith("pack/x.yaml:2 b: has the tag")


def test_broken_yaml_names_the_line():
    assert problem("a: 1\nb: [1, 2\nc: 3\n").startswith("pack/x.yaml:3 can't be read as YAML")


def test_a_key_that_is_a_list_is_refused():
    assert "has a key that is not a word" in problem("? [a, b]\n: 1\n")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadYaml, match=r"none\.yaml: is not there; expected a YAML file"):
        yaml_lines.load(tmp_path / "none.yaml")


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path):
    path = tmp_path / "gb.yaml"
    path.write_bytes("a: 1\nb: 舟山\n".encode("gb18030"))
    with pytest.raises(BadYaml, match=r"gb\.yaml:2 has a byte that is not UTF-8"):
        yaml_lines.load(path)


@given(
    st.dictionaries(
        st.text("abcdefg", min_size=1), st.lists(st.integers() | st.booleans() | st.none(), max_size=4)
    )
)
def test_what_json_writes_is_read_back(value):
    import json

    assert yaml_lines.parse(json.dumps(value), HERE)[0] == value


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(BadYaml):  # and nothing else
        yaml_lines.parse(text, HERE)
