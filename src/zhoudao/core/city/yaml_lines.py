"""YAML whose every value knows its line, so that an error can point at it.

Stricter than YAML 1.1: a key given twice, an alias and a tag are refused, and a plain ``yes``, ``14:00`` or
``2026-11-24`` stays text (only ``true``, ``false``, ``null`` and decimal numbers mean something else).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, get_args

import yaml
from pydantic import BaseModel, ValidationError

Place = tuple[str | int, ...]
"""The way to a value from the top of the file: keys, and positions counted from 0."""
LineOf = Callable[[Iterable[str | int]], int]
"""The 1-based line of the value at a place, or of the nearest value around it that is there."""


class Said(str):
    """A sentence in English, which remembers what was filled in, so that a page can say it in another language."""

    sentence: str
    """With {names}, as it stands among the messages to translate."""
    values: Mapping[str, object]
    given: str
    """The value it is about, shown behind it."""

    def __new__(cls, sentence: str, given: str = "", **values: object) -> Self:
        said = super().__new__(cls, (sentence.format(**values) if values else sentence) + given)
        said.sentence, said.values, said.given = sentence, values, given
        return said


@dataclass(frozen=True)
class Problem:
    """What is wrong with one value of one file."""

    path: Path
    line: int
    """1-based; 0 where a file has no lines to speak of (it is missing, say)."""
    field: str
    """The way to it, as ``districts.0.name``; empty for the file as a whole."""
    problem: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else f"{self.path}:"
        return f"{where} {self.field}: {self.problem}; expected {self.expected}".replace(" : ", " ")


class BadYaml(ValueError):
    """A file that is not the YAML we read. Its text is one line a problem."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Knows only the scalars of JSON."""

    yaml_implicit_resolvers: dict = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+(?:e[-+]?[0-9]+)?$"),
    list("-0123456789"),
)
_PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float", "str", "seq", "map")}


def load(path: Path) -> tuple[Any, LineOf]:
    """The file's content, and a function from a place in it to its line.

    Raises BadYaml when the file is missing, is not UTF-8, is not YAML, or gives a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadYaml([Problem(path, 0, "", "is not there", "a YAML file")]) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BadYaml([Problem(path, line, "", "has a byte that is not UTF-8", "a file in UTF-8")]) from None
    return parse(text, path)


def parse(text: str, path: Path) -> tuple[Any, LineOf]:
    """As ``load``, of text already read; ``path`` names it in errors."""
    loader = _Loader(text)
    try:
        _refuse_aliases(text, path)
        node = loader.get_single_node()
        lines: dict[Place, int] = {(): 1}
        data = None if node is None else _build(loader, node, (), lines, path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        line = mark.line + 1 if mark else 0
        said = Said("can't be read as YAML ({problem})", problem=Said(problem))
        raise BadYaml([Problem(path, line, "", said, "valid YAML")]) from None
    finally:
        loader.dispose()

    def line_of(place: Iterable[str | int]) -> int:
        steps = tuple(place)
        while steps not in lines:
            steps = steps[:-1]
        return lines[steps]

    return data, line_of


def _refuse_aliases(text: str, path: Path) -> None:
    """An alias makes a small file unfold into a huge one, and no line of its own could be shown."""
    if "*" not in text:
        return
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 0
            said = Said("uses the alias *{name}", name=event.anchor)
            raise BadYaml([Problem(path, line, "", said, "the value itself")])


def _build(loader: _Loader, node: yaml.Node, place: Place, lines: dict[Place, int], path: Path) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if node.tag not in _PLAIN:
        said = Said("has the tag {tag}", tag=node.tag)
        raise BadYaml([Problem(path, line, field_name(place), said, "a plain value")])
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, part, (*place, index), lines, path) for index, part in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            key_line = key_node.start_mark.line + 1
            if not isinstance(key, str | int) or isinstance(key, bool):
                raise BadYaml(
                    [
                        Problem(
                            path, key_line, field_name(place), "has a key that is not a word", "a word as key"
                        )
                    ]
                )
            if key in mapping:
                field = field_name((*place, key))
                raise BadYaml([Problem(path, key_line, field, "is given twice", "each key once")])
            lines[(*place, key)] = key_line
            mapping[key] = _build(loader, value_node, (*place, key), lines, path)
        return mapping
    return loader.construct_object(node)


def field_name(place: Iterable[str | int]) -> str:
    return ".".join(str(part) for part in place)


def problems_of(error: ValidationError, model: type[BaseModel], path: Path, line_of: LineOf) -> list[Problem]:
    """What a pydantic model refused, in our words, with the line of each value.

    The description of a model's field is what an error says was expected there.
    """
    return [_problem_of(detail, model, path, line_of) for detail in error.errors(include_url=False)]


PLAINLY = {
    "string_type": ("is no text",),
    "string_too_short": ("has fewer characters than {min_length}", "min_length"),
    "string_too_long": ("has more characters than {max_length}", "max_length"),
    "string_pattern_mismatch": ("isn't written as it should be",),
    "int_type": ("is no whole number",),
    "bool_type": ("is neither true nor false",),
    "list_type": ("is no list",),
    "dict_type": ("holds no keys and values",),
    "model_type": ("holds no keys and values",),
    "enum": ("is none of the known words",),
    "too_short": ("has {actual_length}, fewer than {min_length}", "actual_length", "min_length"),
    "too_long": ("has {actual_length}, more than {max_length}", "actual_length", "max_length"),
    "greater_than_equal": ("is less than {ge}", "ge"),
    "less_than_equal": ("is more than {le}", "le"),
}
"""What pydantic says, by its type of error, and the values it fills in."""


def _problem_of(detail: Any, model: type[BaseModel], path: Path, line_of: LineOf) -> Problem:
    place = tuple(detail["loc"])
    expected, known = _expected_at(model, place)
    problem: str
    if detail["type"] == "missing":
        problem = "is missing"
    elif detail["type"] == "extra_forbidden":
        problem, expected = "is not a known field", Said("one of {known}", known=", ".join(known))
    else:
        # A check over several fields says itself what it expected.
        sentence, values = _sentence(detail)
        sentence, _, wanted = sentence.removeprefix("Value error, ").partition("; expected ")
        expected = Said(wanted, **values) if wanted else expected
        given = detail["input"]
        shown = f" ({given!r})" if isinstance(given, str | int | float) and len(repr(given)) < 80 else ""
        problem = Said(f"{sentence[:1].lower()}{sentence[1:]}", shown, **values)
    return Problem(path, line_of(place), field_name(place), problem, expected or "another value")


def _sentence(detail: Any) -> tuple[str, dict[str, Any]]:
    """What a check says before its values are filled in, and the values: pydantic's own in plain words, or what a check
    of ours kept under ``sentence``; one that kept none is said as it is.
    """
    values = dict(detail.get("ctx") or {})
    if "sentence" in values:
        return values.pop("sentence"), values
    if detail["type"] not in PLAINLY:
        return detail["msg"], {}
    sentence, *names = PLAINLY[detail["type"]]
    return sentence, {name: values[name] for name in names}


def _expected_at(model: type[BaseModel], place: Place) -> tuple[str, list[str]]:
    """The description of the innermost field on the way, and the names of the fields beside it."""
    expected, known = (model.__doc__ or "").strip().splitlines()[:1] or [""], []
    here: type[BaseModel] | None = model
    for step in place:
        if here is None or isinstance(step, int):
            continue
        known = [field.alias or name for name, field in here.model_fields.items() if not field.exclude]
        found = next((f for name, f in here.model_fields.items() if (f.alias or name) == step), None)
        if found is None:
            break
        expected = [found.description or expected[0]]
        here = _model_in(found.annotation)
    return expected[0], known


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds: itself, or inside a list, a dict or an optional."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None
