"""Reads a pack folder into models; what can't be used is refused by file, line and field."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError, create_model

from zhoudao.core.city import shapes, yaml_lines
from zhoudao.core.city.checks import misfits
from zhoudao.core.city.shapes import City, Code, Pack
from zhoudao.core.city.yaml_lines import LineOf, Problem

Model = TypeVar("Model", bound=BaseModel)


class BadPack(ValueError):
    """A city pack that can't be used: ``FILE:LINE field: problem; expected ...``, a line a problem."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def current() -> City:
    """The city this installation serves: the pack that ``ZHOUDAO_CITY`` names. Read once."""
    from django.conf import settings

    return load(Path(settings.CITY_PACK))


@cache
def load(folder: Path) -> City:
    """city.yaml of a pack. Raises BadPack."""
    path = folder / "city.yaml"
    data, line_of = _read(path)
    if isinstance(data, dict):
        if "folder" in data:
            expected = "it left out: the folder is where the file is"
            raise BadPack(
                [Problem(path, line_of(["folder"]), "folder", "is not for the file to say", expected)]
            )
        data = {**data, "folder": folder}
    city = _validated(City, data, path, line_of)
    if city.code != folder.resolve().name:
        expected = f"{folder.resolve().name}, the folder's name"
        raise BadPack([Problem(path, line_of(["code"]), "code", f"is {city.code}", expected)])
    return city


@cache
def load_pack(folder: Path) -> Pack:
    """Every file of a pack but land.geojson (see ``land``) and the items, cross-checked. Raises BadPack."""
    city = load(folder)
    problems: list[Problem] = []
    parts: dict[str, Any] = {"city": city}
    lines: dict[str, LineOf] = {}
    for name, model in _FILES.items():
        try:
            content, line_of = read_part(folder, name)
        except BadPack as error:
            problems += error.problems
            continue
        lines[name] = line_of
        if model in _WHOLE:
            parts[_WHOLE[model]] = content
        else:
            parts.update({field: getattr(content, field) for field in model.model_fields})
    if problems:
        raise BadPack(problems)
    pack = Pack.model_construct(**parts)
    problems = misfits(pack, folder, lines)
    if problems:
        raise BadPack(problems)
    return pack


def read_part(folder: Path, name: str) -> tuple[Any, LineOf]:
    """One file of a pack as its model, and its lines. Raises BadPack."""
    path = folder / name
    data, line_of = _read(path)
    return _validated(_FILES[name], data, path, line_of), line_of


def _file(name: str, doc: str, **fields: Any) -> type[BaseModel]:
    model = create_model(name, __base__=shapes.Strict, **{key: (kind, ...) for key, kind in fields.items()})
    model.__doc__ = doc
    return model


_FILES: dict[str, type[BaseModel]] = {
    "islands.yaml": _file(
        "Islands", "islands and bridges", islands=list[shapes.Island], bridges=list[shapes.Bridge]
    ),
    "settlements.yaml": _file("Settlements", "a list: settlements", settlements=list[shapes.Settlement]),
    "piers.yaml": _file("Piers", "a list: piers", piers=list[shapes.Pier]),
    "lines.yaml": shapes.Lines,
    "names.yaml": shapes.StreetNames,
    "hours.yaml": _file("Hours", "patterns by name: hours", hours=dict[Code, str]),
    "points.yaml": _file("Points", "a list: points", points=list[shapes.PlannedPoint]),
    "phones.yaml": _file("Phones", "a list: phones", phones=list[shapes.PlannedPhone]),
    "guides.yaml": shapes.GuideNotes,
}
_WHOLE: dict[type[BaseModel], str] = {
    shapes.Lines: "lines",
    shapes.StreetNames: "names",
    shapes.GuideNotes: "guides",
}


def _read(path: Path) -> tuple[Any, LineOf]:
    try:
        return yaml_lines.load(path)
    except yaml_lines.BadYaml as error:
        raise BadPack(error.problems) from None


def _validated(model: type[Model], data: Any, path: Path, line_of: LineOf) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BadPack(yaml_lines.problems_of(error, model, path, line_of)) from None
